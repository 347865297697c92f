/** Findings as the rest of the project speaks of them: names, outlines, millimetres. */
import { type Polygon, polygonSignedArea, traceMask, translatePolygon } from "@malleolus/geometry";
import type { Calibration, Finding } from "@malleolus/schema";
import type { PlacedDetection } from "./paste.ts";

/** Millimetres from row to row and from column to column, DICOM's order, and where they come from. */
export interface Spacing {
  readonly pixelSpacingMm: readonly [row: number, column: number] | null;
  readonly spacingSource: Calibration;
}

/** A finding of an instance; without a spacing its millimetres are null. */
export function toFinding(
  instance: PlacedDetection,
  classes: readonly string[],
  spacing: Spacing,
): Finding {
  const { mask, box, score, distribution } = instance;
  const polygons = traceMask(mask).map((outline) => [
    ...translatePolygon(outline, mask.left, mask.top),
  ]);
  const { pixelSpacingMm: spacingMm } = spacing;
  const known = spacingMm !== null && spacing.spacingSource !== "none" ? spacingMm : null;
  return {
    class: classes[instance.class],
    score,
    ...(distribution === undefined ? {} : { probabilities: named(distribution, classes) }),
    box,
    polygons,
    areaMm2: known === null ? null : areaMm2(polygons, known),
    lengthMm: known === null ? null : longestExtentMm(polygons, known),
    calibration: known === null ? "none" : spacing.spacingSource,
  };
}

/** The classes that are possible, with their probabilities. */
function named(distribution: Float32Array, classes: readonly string[]): Record<string, number> {
  const possible = classes.map((name, index) => [name, distribution[index]] as const);
  return Object.fromEntries(possible.filter(([, probability]) => probability > 0));
}

/** Holes turn the other way round and count negative. */
function areaMm2(polygons: readonly Polygon[], [row, column]: readonly [number, number]): number {
  const pixels = polygons.reduce((sum, polygon) => sum + polygonSignedArea(polygon), 0);
  return Math.max(0, pixels * row * column);
}

/** The greatest distance between two points of some outlines; 0 without any. */
export function longestExtentMm(
  polygons: readonly Polygon[],
  [row, column]: readonly [number, number],
): number {
  const points: Point[] = polygons.flatMap((polygon) =>
    Array.from(
      { length: polygon.length / 2 },
      (_, i): Point => [polygon[2 * i] * column, polygon[2 * i + 1] * row],
    ),
  );
  // The two furthest points are corners of the convex hull, which has few.
  const hull = convexHull(points);
  let longest = 0;
  for (const [i, [ax, ay]] of hull.entries()) {
    for (const [bx, by] of hull.slice(i + 1)) {
      longest = Math.max(longest, Math.hypot(ax - bx, ay - by));
    }
  }
  return longest;
}

type Point = readonly [x: number, y: number];

/** Andrew 1979: upper and lower chain over the points sorted by x. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...chain(sorted), ...chain(sorted.toReversed())];
}

function chain(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) {
      kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
