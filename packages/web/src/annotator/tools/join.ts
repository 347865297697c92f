/**
 * Several shapes of one structure become one: outlines that overlap or touch their common border, two
 * lines one line from end to end. What would be made is shown first.
 */
import { unionOutline } from "@malleolus/geometry";
import { withoutShapes, withShapes } from "../document.ts";
import { hitShape, type Place } from "../place.ts";
import { pointAt, pointCount, type Ring, reversed, rounded } from "../ring.ts";
import type { Shape } from "../shape.ts";
import {
  imageView,
  type Selection,
  type Step,
  shapesInSight,
  type Tool,
  type World,
} from "./tool.ts";

export type JoinState =
  | { readonly phase: "idle" }
  | {
      readonly phase: "preview";
      readonly targets: readonly string[];
      readonly image: string;
      readonly points: Ring;
      readonly form: Shape["form"];
    };

const idle: JoinState = { phase: "idle" };

export const join: Tool<JoinState> = {
  idle,
  next(state, event, world) {
    switch (event.type) {
      case "click":
        return { state: idle, selection: added(event.place, world) };
      case "finish":
        return state.phase === "preview" ? commit(state, world) : preview(world);
      case "back":
      case "cancel":
      case "escape":
      case "park":
        return { state: idle };
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase === "preview",
  view(state, { document }) {
    if (state.phase === "idle") return null;
    const { points, form, targets } = state;
    return imageView(state.image, {
      structure: document.shapes.get(targets[0])?.structure ?? "",
      paths: [{ points, isClosed: form === "polygon", look: "drawn" }],
    });
  },
  hint: ({ phase }) => (phase === "idle" ? "hint.join" : "hint.join preview"),
};

/** Each click takes one more, or lets it go: Shift is not needed where joining is all that is done. */
function added(place: Place, world: World): Selection {
  const { selection } = world;
  const hit = hitShape(place, shapesInSight(world, place.image));
  if (hit === null) return selection;
  const { ids } = selection;
  const isIn = ids.includes(hit.id);
  const next = isIn ? ids.filter((id) => id !== hit.id) : [...ids, hit.id];
  return { ids: next, vertex: null, offer: null };
}

function preview({ document, selection }: World): Step<JoinState> {
  const shapes = selection.ids.flatMap((id) => document.shapes.get(id) ?? []);
  const [first] = shapes;
  if (first === undefined || shapes.length < 2) return { state: idle, said: "said.join which" };
  const { image, structure, form } = first;
  const isAlike = shapes.every(
    (one) => one.image === image && one.structure === structure && one.form === form && !one.locked,
  );
  if (!isAlike) return { state: idle, said: "said.join alike" };
  const rings = shapes.map(({ points }) => points);
  const points = form === "polygon" ? unionOutline(rings) : joinedLines(rings);
  if (points === null) return { state: idle, said: "said.join apart" };
  const targets = shapes.map(({ id }) => id);
  return { state: { phase: "preview", targets, image, points: rounded(points), form } };
}

/** From line to line, each time by the ends that are nearest. */
function joinedLines([first, ...rest]: readonly Ring[]): Ring {
  return rest.reduce((line, next) => {
    const ways = [
      [line, next],
      [line, reversed(next)],
      [reversed(line), next],
      [reversed(line), reversed(next)],
    ] as const;
    const [nearest] = ways.toSorted((a, b) => gapOf(a) - gapOf(b));
    return [...nearest[0], ...nearest[1]];
  }, first);
}

function gapOf([one, other]: readonly [Ring, Ring]): number {
  const [end, start] = [pointAt(one, pointCount(one) - 1), pointAt(other, 0)];
  return Math.hypot(end.x - start.x, end.y - start.y);
}

function commit(
  { targets, points, image }: Extract<JoinState, { phase: "preview" }>,
  { document, id }: World,
): Step<JoinState> {
  const shapes = targets.flatMap((one) => document.shapes.get(one) ?? []);
  const [first] = shapes;
  if (first === undefined || shapes.length < targets.length) return { state: idle };
  const offers = new Set(shapes.map(({ offer }) => offer));
  const whole: Shape = {
    ...first,
    id,
    points,
    doubtful: shapes.some(({ doubtful }) => doubtful),
    parents: shapes.flatMap((one) => [...one.parents, one.id]),
    offer: [...offers].find((offer) => offer !== null) ?? null,
  };
  return {
    state: idle,
    made: {
      document: withShapes(withoutShapes(document, targets), [whole]),
      what: "edit.joined",
      image,
    },
    selection: { ids: [id], vertex: null, offer: null },
  };
}
