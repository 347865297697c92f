/**
 * What a reader measures on a radiograph: points in image pixels, and what they come to.
 *
 * Four forms are enough for all that a protocol asks: the length between two points, the distance of
 * a point from a line through two others, the angle at a corner, and the angle between two lines.
 */
import { type Calibration, MEASUREMENT_POINTS, type MeasurementForm } from "@malleolus/schema";
import type { Point } from "../view/camera.ts";

export interface Measurement {
  readonly id: string;
  /** The radiograph it lies on. */
  readonly image: string;
  /** Of the protocol; null for a free one. */
  readonly rule: string | null;
  readonly form: MeasurementForm;
  /** As many as the form has; fewer while it is being drawn. */
  readonly points: readonly Point[];
}

/** Millimetres of a column and a row, and where they come from; null where the file says nothing. */
export interface Spacing {
  readonly columnMm: number;
  readonly rowMm: number;
  readonly source: Exclude<Calibration, "none">;
}

export type Unit = "mm" | "mm at detector" | "px" | "degrees";

export interface MeasuredValue {
  readonly value: number;
  readonly unit: Unit;
}

/** Nothing until all points are there. */
export function measure(
  { form, points }: Pick<Measurement, "form" | "points">,
  spacing: Spacing | null,
): MeasuredValue | undefined {
  if (points.length < MEASUREMENT_POINTS[form]) return undefined;
  const [a, b, c, d] = points.map((point) => inMillimetres(point, spacing));
  switch (form) {
    case "length":
      return { value: Math.hypot(b.x - a.x, b.y - a.y), unit: unitOf(spacing) };
    case "perpendicular":
      return { value: distanceFromLine(c, a, b), unit: unitOf(spacing) };
    case "angle":
      return { value: angleAt(b, a, c), unit: "degrees" };
    case "between lines":
      return { value: angleBetween(a, b, c, d), unit: "degrees" };
  }
}

/** One decimal, as radiologists write it. */
export function formatValue({ value }: MeasuredValue): string {
  return value.toFixed(1);
}

/** The foot of the perpendicular from `point` on the line through `a` and `b`, in image pixels. */
export function footOfPerpendicular(
  point: Point,
  a: Point,
  b: Point,
  spacing: Spacing | null,
): Point {
  // Right angles are right in the patient, not where pixels are longer than wide.
  const [p, q, r] = [point, a, b].map((one) => inMillimetres(one, spacing));
  const along = { x: r.x - q.x, y: r.y - q.y };
  const squared = along.x ** 2 + along.y ** 2;
  const share = squared === 0 ? 0 : ((p.x - q.x) * along.x + (p.y - q.y) * along.y) / squared;
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}

function inMillimetres({ x, y }: Point, spacing: Spacing | null): Point {
  return spacing === null ? { x, y } : { x: x * spacing.columnMm, y: y * spacing.rowMm };
}

function unitOf(spacing: Spacing | null): Unit {
  if (spacing === null) return "px";
  return spacing.source === "calibrated" ? "mm" : "mm at detector";
}

function distanceFromLine(point: Point, a: Point, b: Point): number {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) return Math.hypot(point.x - a.x, point.y - a.y);
  const twiceArea = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
  return Math.abs(twiceArea) / length;
}

/** At a corner between the ways to two points: 0 to 180 degrees. */
function angleAt(corner: Point, a: Point, b: Point): number {
  const [from, to] = [a, b].map(({ x, y }) => Math.atan2(y - corner.y, x - corner.x));
  const turn = (Math.abs(to - from) * 180) / Math.PI;
  return turn > 180 ? 360 - turn : turn;
}

/** Between two lines, whichever way each was drawn: 0 to 90 degrees. */
function angleBetween(a: Point, b: Point, c: Point, d: Point): number {
  const cross = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x);
  const dot = (b.x - a.x) * (d.x - c.x) + (b.y - a.y) * (d.y - c.y);
  return (Math.atan2(Math.abs(cross), Math.abs(dot)) * 180) / Math.PI;
}
