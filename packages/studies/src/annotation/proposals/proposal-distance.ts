/** How far a drawing lies from the proposal that it began with. */
import { borderDistance, type Polygon, scalePolygon } from "@malleolus/geometry";
import type { ImageRecord, Outline } from "@malleolus/schema";
import { outlinePolygons } from "../outline-polygons.ts";
import { borderOf } from "./shape-border.ts";

export function polygonsOf(
  outlines: readonly Outline[],
  structure: string,
  facts: ImageRecord,
): Polygon[] {
  return outlines
    .filter((outline) => outline.structure === structure)
    .flatMap((outline) => outlinePolygons(outline, facts));
}

/** Mean distance of the borders in millimetres; null where either is empty, or the spacing is unknown. */
export function distanceMm(
  one: readonly Polygon[],
  other: readonly Polygon[],
  { pixelSpacingMm }: ImageRecord,
): number | null {
  if (pixelSpacingMm === null || one.length === 0 || other.length === 0) return null;
  const [row, column] = pixelSpacingMm;
  const [a, b] = [one, other].map((rings) =>
    borderOf(rings).map((ring) => scalePolygon(ring, column, row)),
  );
  return borderDistance(a, b)?.mean ?? null;
}
