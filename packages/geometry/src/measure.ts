/**
 * Lengths and angles between points of a radiograph, in millimetres where its spacing is known, else in
 * pixels. Angles take the spacing into account too: pixels need not be square.
 *
 * Not here: what a measurement means, and how it is clicked.
 */

/** `[x, y]` in pixels. */
export type Point = readonly [x: number, y: number];

/** Millimetres from row to row and from column to column, DICOM's order. */
export type Spacing = readonly [row: number, column: number];

export interface Measured {
  readonly value: number;
  readonly unit: "mm" | "px" | "degrees";
}

/** The distance of two points. */
export function measureLength(a: Point, b: Point, spacing: Spacing | null): Measured {
  const [dx, dy] = between(a, b, spacing);
  return { value: Math.hypot(dx, dy), unit: lengthUnit(spacing) };
}

/** The angle at `vertex` between the directions of two points, 0 to 180. */
export function measureAngle(a: Point, vertex: Point, b: Point, spacing: Spacing | null): Measured {
  return {
    value: angle(between(vertex, a, spacing), between(vertex, b, spacing)),
    unit: "degrees",
  };
}

/** The angle between two lines through two points each, 0 to 90: lines have no direction. */
export function measureBetweenLines(
  [a, b]: readonly [Point, Point],
  [c, d]: readonly [Point, Point],
  spacing: Spacing | null,
): Measured {
  const found = angle(between(a, b, spacing), between(c, d, spacing));
  return { value: Math.min(found, 180 - found), unit: "degrees" };
}

/** The distance of a point from the line through two others; from the first where they coincide. */
export function measurePerpendicular(
  [a, b]: readonly [Point, Point],
  point: Point,
  spacing: Spacing | null,
): Measured {
  const [lx, ly] = between(a, b, spacing);
  const [px, py] = between(a, point, spacing);
  const length = Math.hypot(lx, ly);
  const value = length === 0 ? Math.hypot(px, py) : Math.abs(lx * py - ly * px) / length;
  return { value, unit: lengthUnit(spacing) };
}

function between([ax, ay]: Point, [bx, by]: Point, spacing: Spacing | null): Point {
  const [row, column] = spacing ?? [1, 1];
  return [(bx - ax) * column, (by - ay) * row];
}

function angle([ax, ay]: Point, [bx, by]: Point): number {
  return Math.abs((Math.atan2(ax * by - ay * bx, ax * bx + ay * by) * 180) / Math.PI);
}

function lengthUnit(spacing: Spacing | null): "mm" | "px" {
  return spacing === null ? "px" : "mm";
}
