/**
 * Where a pointer is on a radiograph, and how near that is on the screen: distances between places are CSS
 * pixels, so that a hand's reach is the same at every zoom.
 */
import type { PointerKind } from "../shapes/hit-test.ts";
import type { Point } from "../view/camera.ts";
import { pointAt, pointCount, type Ring } from "./ring.ts";
import type { Shape } from "./shape.ts";

export interface Place {
  readonly image: string;
  /** In pixels of the radiograph. */
  readonly at: Point;
  /** CSS pixels for each column and each row of the radiograph. */
  readonly scale: Point;
  readonly kind: PointerKind;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** CSS pixels within which a handle is hit; an edge, half of it. */
const REACH: Readonly<Record<PointerKind, number>> = { mouse: 12, pen: 16, touch: 22 };
/** An edge that is longer has a handle in its middle. */
export const MIDDLE_FROM = 40;
const SNAP_REACH = 8;

export type ScreenScale = Pick<Place, "scale">;

export function screenDistance({ scale }: ScreenScale, a: Point, b: Point): number {
  return Math.hypot((a.x - b.x) * scale.x, (a.y - b.y) * scale.y);
}

export interface NearPoint {
  readonly index: number;
  readonly distance: number;
}

/** The point of a drawing that is nearest on the screen, within reach. */
export function nearestPoint(
  place: Place,
  ring: Ring,
  reach = REACH[place.kind],
): NearPoint | null {
  let best: NearPoint | null = null;
  for (let index = 0; index < pointCount(ring); index++) {
    const distance = screenDistance(place, place.at, pointAt(ring, index));
    if (distance <= (best?.distance ?? reach)) best = { index, distance };
  }
  return best;
}

export interface NearEdge {
  /** The edge begins at this point. */
  readonly index: number;
  readonly distance: number;
  /** The nearest place on it. */
  readonly at: Point;
}

/** The edge that is nearest on the screen, within reach. */
export function nearestEdge(
  place: Place,
  { points, form }: Pick<Shape, "points" | "form">,
  reach = REACH[place.kind] / 2,
): NearEdge | null {
  let best: NearEdge | null = null;
  const count = pointCount(points);
  for (let index = 0; index < (form === "polygon" ? count : count - 1); index++) {
    const [a, b] = [pointAt(points, index), pointAt(points, (index + 1) % count)];
    const at = nearestOnSegment(place, a, b);
    const distance = screenDistance(place, place.at, at);
    if (distance <= (best?.distance ?? reach)) best = { index, distance, at };
  }
  return best;
}

/** The edge whose middle is under the pointer: only edges that are long enough to have a handle there. */
export function nearestMiddle(
  place: Place,
  { points, form }: Pick<Shape, "points" | "form">,
): NearEdge | null {
  let best: NearEdge | null = null;
  const count = pointCount(points);
  for (let index = 0; index < (form === "polygon" ? count : count - 1); index++) {
    const [a, b] = [pointAt(points, index), pointAt(points, (index + 1) % count)];
    if (screenDistance(place, a, b) <= MIDDLE_FROM) continue;
    const at = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    const distance = screenDistance(place, place.at, at);
    if (distance <= (best?.distance ?? REACH[place.kind])) best = { index, distance, at };
  }
  return best;
}

export interface ShapeHit {
  readonly id: string;
  readonly distance: number;
}

/**
 * The shape under the pointer: the nearest border, else the smallest outline around it, the upper one where
 * they are alike.
 */
export function hitShape(place: Place, shapes: readonly Shape[]): ShapeHit | null {
  let best: ShapeHit | null = null;
  for (const shape of shapes) {
    const near = nearestEdge(place, shape, REACH[place.kind]);
    if (near !== null && near.distance <= (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { id: shape.id, distance: near.distance };
    }
  }
  if (best !== null) return best;
  let least = Number.POSITIVE_INFINITY;
  for (const { id, form, points } of shapes) {
    const size = form === "polygon" && contains(points, place.at) ? extentOf(points) : Infinity;
    if (size <= least && size < Infinity) {
      least = size;
      best = { id, distance: 0 };
    }
  }
  return best;
}

/** The place on another drawing's point, else on its edge, that is within reach; the place itself else. */
export function snapped(place: Place, shapes: readonly Shape[]): Place {
  let nearest: { readonly distance: number; readonly at: Point } | null = null;
  for (const { points } of shapes) {
    const near = nearestPoint(place, points, nearest?.distance ?? SNAP_REACH);
    if (near !== null) nearest = { distance: near.distance, at: pointAt(points, near.index) };
  }
  if (nearest === null) {
    for (const shape of shapes) {
      const near = nearestEdge(place, shape, SNAP_REACH);
      if (near !== null && near.distance <= (nearest?.distance ?? SNAP_REACH)) nearest = near;
    }
  }
  return nearest === null ? place : { ...place, at: nearest.at };
}

/** Even and odd crossings of a ray to the right. */
export function contains(ring: Ring, { x, y }: Point): boolean {
  let inside = false;
  const count = pointCount(ring);
  for (let i = 0; i < count; i++) {
    const [a, b] = [pointAt(ring, i), pointAt(ring, (i + 1) % count)];
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) {
      inside = !inside;
    }
  }
  return inside;
}

function extentOf(ring: Ring): number {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < pointCount(ring); i++) {
    const { x, y } = pointAt(ring, i);
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return (right - left) * (bottom - top);
}

/** Nearest on the screen, where pixels may be higher than wide. */
function nearestOnSegment({ at, scale }: Place, a: Point, b: Point): Point {
  const [dx, dy] = [(b.x - a.x) * scale.x, (b.y - a.y) * scale.y];
  const length2 = dx * dx + dy * dy;
  const along =
    length2 === 0 ? 0 : ((at.x - a.x) * scale.x * dx + (at.y - a.y) * scale.y * dy) / length2;
  const share = Math.min(Math.max(along, 0), 1);
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}
