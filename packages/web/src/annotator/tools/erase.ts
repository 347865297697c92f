/**
 * Rubbing out points: whatever points of a shape the pointer passes are taken away. A line falls in two
 * where its middle goes; a shape of which too little is left goes as a whole.
 */
import { type AnnotationDocument, withoutShapes, withShapes } from "../document.ts";
import { type Place, screenDistance } from "../place.ts";
import { pointAt, pointCount, type Ring, sectionOf } from "../ring.ts";
import { LEAST_POINTS, type Shape } from "../shape.ts";
import { imageView, type Step, shapesInSight, type Tool, type World } from "./tool.ts";

export type EraseState =
  | { readonly phase: "idle" }
  | {
      readonly phase: "erasing";
      readonly image: string;
      /** Of each shape, the points that go. */
      readonly gone: ReadonlyMap<string, ReadonlySet<number>>;
    };

const idle: EraseState = { phase: "idle" };
/** CSS pixels around the pointer. */
const RADIUS = 8;

export const erase: Tool<EraseState> = {
  idle,
  next(state, event, world) {
    switch (event.type) {
      case "press":
      case "drag":
        return { state: rubbed(state, event.place, world, event.type === "press") };
      case "click":
      case "drop":
        return commit(rubbed(state, event.place, world, false), world);
      case "cancel":
      case "escape":
      case "back":
      case "park":
        return { state: idle };
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase === "erasing",
  view(state, { document }) {
    if (state.phase === "idle") return null;
    const instead = new Map<string, Ring>();
    for (const [id, gone] of state.gone) {
      const shape = document.shapes.get(id);
      if (shape !== undefined) instead.set(id, without(shape.points, gone));
    }
    return imageView(state.image, { instead });
  },
  hint: () => "hint.erase",
};

function rubbed(state: EraseState, place: Place, world: World, begins: boolean): EraseState {
  if (!begins && (state.phase === "idle" || place.image !== state.image)) return state;
  const { selection } = world;
  const there = shapesInSight(world, place.image).filter(({ locked }) => !locked);
  const selected = there.filter(({ id }) => selection.ids.includes(id));
  const gone = new Map(state.phase === "idle" || begins ? [] : state.gone);
  // Where something is selected, nothing else is rubbed out by accident.
  for (const { id, points } of selected.length > 0 ? selected : there) {
    const before = gone.get(id) ?? new Set<number>();
    const now = new Set(before);
    for (let i = 0; i < pointCount(points); i++) {
      if (screenDistance(place, place.at, pointAt(points, i)) <= RADIUS) now.add(i);
    }
    if (now.size > before.size) gone.set(id, now);
  }
  return { phase: "erasing", image: place.image, gone };
}

function commit(state: EraseState, world: World): Step<EraseState> {
  if (state.phase === "idle" || state.gone.size === 0) return { state: idle };
  let { document } = world;
  for (const [id, gone] of state.gone) {
    const shape = document.shapes.get(id);
    if (shape !== undefined) document = withoutPoints(document, shape, gone, world.id);
  }
  const left = world.selection.ids.filter((id) => document.shapes.has(id));
  return {
    state: idle,
    made: { document, what: "edit.erased", image: state.image },
    selection: { ids: left, vertex: null, offer: null },
  };
}

function withoutPoints(
  document: AnnotationDocument,
  shape: Shape,
  gone: ReadonlySet<number>,
  id: string,
): AnnotationDocument {
  const least = LEAST_POINTS[shape.form];
  if (shape.form === "polygon") {
    const points = without(shape.points, gone);
    return pointCount(points) < least
      ? withoutShapes(document, [shape.id])
      : withShapes(document, [{ ...shape, points }]);
  }
  const [first, ...more] = partsOf(shape.points, gone).filter((one) => pointCount(one) >= least);
  if (first === undefined) return withoutShapes(document, [shape.id]);
  const split = more.map(
    (points, i): Shape => ({
      ...shape,
      id: `${id}-${String(shape.order).replace(".", "_")}-${i}`,
      order: shape.order + (i + 1) / 1000,
      points,
      parents: [...shape.parents, shape.id],
    }),
  );
  return withShapes(document, [{ ...shape, points: first }, ...split]);
}

/** The runs of points that stay. */
function partsOf(points: Ring, gone: ReadonlySet<number>): Ring[] {
  const parts: Ring[] = [];
  let start: number | null = null;
  for (let i = 0; i <= pointCount(points); i++) {
    const stays = i < pointCount(points) && !gone.has(i);
    if (stays) start ??= i;
    else if (start !== null) {
      parts.push(sectionOf(points, start, i - 1));
      start = null;
    }
  }
  return parts;
}

function without(points: Ring, gone: ReadonlySet<number>): Ring {
  return points.filter((_, i) => !gone.has(i >> 1));
}
