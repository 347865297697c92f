/** A small bone as an ellipsoid. */
import { type Bounds, ellipsoid, type Field, type Point } from "../anatomy/field.ts";

const POWER = 2.3;
const AROUND_MM = 2;

export function lump(center: Point, radii: Point): { field: Field; bounds: Bounds } {
  const at = (sign: number): Point => [
    center[0] + sign * (radii[0] + AROUND_MM),
    center[1] + sign * (radii[1] + AROUND_MM),
    center[2] + sign * (radii[2] + AROUND_MM),
  ];
  return { field: ellipsoid(center, radii, POWER), bounds: { min: at(-1), max: at(1) } };
}
