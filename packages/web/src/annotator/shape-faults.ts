/**
 * What is wrong with a drawing, and where: it crosses itself, leaves the radiograph, or encloses nothing.
 * Such a shape is kept and shown with its faults; only submitting waits until they are mended.
 */
import { lineCrossings, polygonArea, ringCrossings } from "@malleolus/geometry";
import type { Point } from "../view/camera.ts";
import { pointAt, pointCount, type Ring } from "./ring.ts";
import type { EditorImage, Shape } from "./shape.ts";

export type FaultKind = "crossing" | "outside" | "no area" | "no length";

export interface ShapeFault {
  readonly kind: FaultKind;
  /** In pixels of the radiograph. */
  readonly at: Point;
  /** The edges that cross; none of another fault. */
  readonly edges: readonly number[];
}

/** Square pixels that an outline encloses at least, and pixels that a line is long. */
const LEAST_AREA = 1;
const LEAST_LENGTH = 1;

export function faultsOf(
  { form, points }: Pick<Shape, "form" | "points">,
  image: Pick<EditorImage, "width" | "height">,
): ShapeFault[] {
  const crossings = form === "polygon" ? ringCrossings(points) : lineCrossings(points);
  const faults = crossings.map(
    ({ edges, at: [x, y] }): ShapeFault => ({ kind: "crossing", at: { x, y }, edges }),
  );
  for (let i = 0; i < pointCount(points); i++) {
    const at = pointAt(points, i);
    const isInside = at.x >= 0 && at.y >= 0 && at.x <= image.width && at.y <= image.height;
    if (!isInside) faults.push({ kind: "outside", at, edges: [] });
  }
  const at = pointAt(points, 0);
  if (form === "polygon" && crossings.length === 0 && polygonArea(points) < LEAST_AREA) {
    faults.push({ kind: "no area", at, edges: [] });
  }
  if (form === "line" && lengthOf(points) < LEAST_LENGTH) {
    faults.push({ kind: "no length", at, edges: [] });
  }
  return faults;
}

const known = new WeakMap<Shape, readonly ShapeFault[]>();

/** The same, once for each shape however often it is drawn: a shape never changes, it is replaced. */
export function knownFaultsOf(shape: Shape, image: EditorImage): readonly ShapeFault[] {
  const before = known.get(shape);
  if (before !== undefined) return before;
  const faults = faultsOf(shape, image);
  known.set(shape, faults);
  return faults;
}

function lengthOf(points: Ring): number {
  let length = 0;
  for (let i = 1; i < pointCount(points); i++) {
    const [from, to] = [pointAt(points, i - 1), pointAt(points, i)];
    length += Math.hypot(to.x - from.x, to.y - from.y);
  }
  return length;
}
