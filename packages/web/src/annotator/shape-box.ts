/**
 * The box around a shape, in pixels of the radiograph: what a network learns of it besides its outline. Nobody draws
 * it; it follows what is drawn. A line counts with its width, as it is exported.
 */
import { type Box, polygonBounds } from "@malleolus/geometry";
import type { EditorImage, Shape } from "./shape.ts";

export function boxOfShape(
  { points, widthMm }: Pick<Shape, "points" | "widthMm">,
  { spacing }: Pick<EditorImage, "spacing">,
): Box {
  const [left, top, right, bottom] = polygonBounds([...points]);
  if (widthMm === null || spacing === null) return [left, top, right, bottom];
  const [x, y] = [widthMm / 2 / spacing.columnMm, widthMm / 2 / spacing.rowMm];
  return [left - x, top - y, right + x, bottom + y];
}
