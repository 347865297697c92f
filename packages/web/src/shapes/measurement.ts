/**
 * What a reader measures on a radiograph: points in image pixels, and what they come to.
 *
 * Four forms are enough for all that a protocol asks: the length between two points, the distance of
 * a point from a line through two others, the angle at a corner, and the angle between two lines.
 */
import {
  measureAngle,
  measureBetweenLines,
  measureLength,
  measurePerpendicular,
} from "@malleolus/geometry";
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
  const { value, unit } = measured(form, points, spacing);
  const isAtDetector = unit === "mm" && spacing?.source === "at detector";
  return { value, unit: isAtDetector ? "mm at detector" : unit };
}

function measured(form: MeasurementForm, points: readonly Point[], spacing: Spacing | null) {
  const [a, b, c, d] = points.map(({ x, y }) => [x, y] as const);
  const millimetres = spacing === null ? null : ([spacing.rowMm, spacing.columnMm] as const);
  switch (form) {
    case "length":
      return measureLength(a, b, millimetres);
    case "perpendicular":
      return measurePerpendicular([a, b], c, millimetres);
    case "angle":
      return measureAngle(a, b, c, millimetres);
    case "between lines":
      return measureBetweenLines([a, b], [c, d], millimetres);
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
