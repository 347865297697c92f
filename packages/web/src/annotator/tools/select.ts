/**
 * Choosing: a click selects the shape or the open proposal under it, Shift adds, a click beside everything selects
 * nothing. Bodies are pinned; with Ctrl a selected shape is moved as a whole, and a point of the only selected
 * one is moved by a drag, which goes over to editing. A point of the selected proposal is dragged, too: that
 * takes the proposal and begins to mend it.
 */
import type { Offer } from "@malleolus/schema";
import { withShapes } from "../document.ts";
import { hitShape, nearestPoint, type Place } from "../place.ts";
import { moveRing, rounded } from "../ring.ts";
import { type Shape, shapesOfOffer } from "../shape.ts";
import {
  imageView,
  type Selection,
  type Step,
  shapesInSight,
  type Tool,
  type World,
} from "./tool.ts";

export type SelectState =
  | { readonly phase: "idle" }
  /** A point of the selected proposal is pressed; a drag would mend it. */
  | { readonly phase: "grasping"; readonly offer: string; readonly from: Place }
  | {
      readonly phase: "moving";
      readonly target: string;
      readonly image: string;
      readonly from: Place["at"];
      readonly by: Place["at"];
    };

const idle: SelectState = { phase: "idle" };

export const select: Tool<SelectState> = {
  idle,
  next(state, event, world) {
    switch (event.type) {
      case "press":
        return pressed(event.place, world);
      case "drag":
        return state.phase === "grasping"
          ? { state: idle, mends: { offer: state.offer, from: state.from } }
          : { state: moved(state, event.place) };
      case "drop":
        return dropped(moved(state, event.place), world);
      case "click":
        return { state: idle, selection: selected(event.place, world) };
      case "cancel":
      case "park":
        return { state: idle };
      case "escape":
        return state.phase === "moving"
          ? { state: idle }
          : { state: idle, selection: { ids: [], vertex: null, offer: null } };
      case "finish":
        return { state: idle, ...(onlySelected(world) === null ? {} : { take: "edit" as const }) };
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase === "moving",
  view(state, { document }) {
    if (state.phase !== "moving") return null;
    const shape = document.shapes.get(state.target);
    if (shape === undefined) return null;
    const instead = new Map([[shape.id, moveRing(shape.points, state.by.x, state.by.y)]]);
    return imageView(state.image, { instead });
  },
  hint: () => "hint.select",
};

/** The only shape that is selected, if it may be changed. */
export function onlySelected({ document, selection }: World): Shape | null {
  const [id] = selection.ids;
  const shape =
    selection.ids.length === 1 && id !== undefined ? document.shapes.get(id) : undefined;
  return shape === undefined || shape.locked ? null : shape;
}

function pressed(place: Place, world: World): Step<SelectState> {
  const { selection, offers } = world;
  const offer = offers.find(({ key, image }) => key === selection.offer && image === place.image);
  if (offer !== undefined) {
    const isPoint = asShapes(offer, world).some(
      ({ points }) => nearestPoint(place, points) !== null,
    );
    return { state: isPoint ? { phase: "grasping", offer: offer.key, from: place } : idle };
  }
  const shape = onlySelected(world);
  if (shape === null || shape.image !== place.image) return { state: idle };
  if (place.ctrl) {
    const isUnder = hitShape(place, [shape]) !== null;
    if (!isUnder) return { state: idle };
    const { at: from, image } = place;
    return { state: { phase: "moving", target: shape.id, image, from, by: { x: 0, y: 0 } } };
  }
  const isHandle = nearestPoint(place, shape.points) !== null;
  return isHandle ? { state: idle, take: "edit" } : { state: idle };
}

function moved(state: SelectState, { image, at }: Place): SelectState {
  if (state.phase !== "moving" || image !== state.image) return state;
  return { ...state, by: { x: at.x - state.from.x, y: at.y - state.from.y } };
}

function dropped(state: SelectState, { document }: World): Step<SelectState> {
  if (state.phase !== "moving") return { state: idle };
  const shape = document.shapes.get(state.target);
  if (shape === undefined) return { state: idle };
  const points = rounded(moveRing(shape.points, state.by.x, state.by.y));
  const changed = withShapes(document, [{ ...shape, points }]);
  return { state: idle, made: { document: changed, what: "edit.moved shape", image: state.image } };
}

function selected(place: Place, world: World): Selection {
  const { selection, hidden } = world;
  const proposed = world.offers
    .filter(({ image, structure }) => image === place.image && !hidden.has(structure))
    .flatMap((offer) => asShapes(offer, world).map((shape) => ({ ...shape, offer: offer.key })));
  const drawn = shapesInSight(world, place.image);
  // Proposals lie below what is drawn.
  const hit = hitShape(place, [...proposed, ...drawn]);
  const offer = proposed.find(({ id }) => id === hit?.id)?.offer ?? null;
  if (offer !== null) return { ids: [], vertex: null, offer };
  if (hit === null) return { ids: place.shift ? selection.ids : [], vertex: null, offer: null };
  if (!place.shift) return { ids: [hit.id], vertex: null, offer: null };
  const isIn = selection.ids.includes(hit.id);
  const ids = isIn ? selection.ids.filter((id) => id !== hit.id) : [...selection.ids, hit.id];
  return { ids, vertex: null, offer: null };
}

/** What a proposal would be once it is taken: that is what its points are. */
function asShapes(offer: Offer, { images }: World): readonly Shape[] {
  const image = images.get(offer.image);
  return image === undefined
    ? []
    : shapesOfOffer(offer, image, { id: `offer ${offer.key}`, order: 0 });
}
