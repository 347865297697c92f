/**
 * The class of a fracture by the height of its line at the outlined bones, as a ruler would tell it. It is
 * kept beside the classifier's, so that where the two differ somebody looks; a case is never of a class by it.
 */
import { fractureLevel, weberClassAt } from "@malleolus/evaluation";
import { type Mask, rasterizePolygons } from "@malleolus/geometry";
import { FRACTURE, type ProposedShape, type Protocol } from "@malleolus/schema";

export interface HeightRule {
  readonly zonesMm: Protocol["zonesMm"];
  /** Of fractures, from the lowest to the highest. */
  readonly classes: readonly string[];
}

export interface OutlinedSize {
  readonly width: number;
  readonly height: number;
  /** [row, column]; null where the file does not say. */
  readonly pixelSpacingMm: readonly [number, number] | null;
}

/** Of a protocol whose fractures are told by three heights; null of any other. */
export function heightRuleOf({
  classes,
  noFractureClass,
  zonesMm,
}: Pick<Protocol, "classes" | "noFractureClass" | "zonesMm">): HeightRule | null {
  const fractures = classes.map(({ id }) => id).filter((id) => id !== noFractureClass);
  return fractures.length === 3 ? { zonesMm, classes: fractures } : null;
}

/** Null where it cannot be told: without a fracture, a bone, or millimetres. */
export function classByHeight(
  shapes: readonly ProposedShape[],
  { width, height, pixelSpacingMm }: OutlinedSize,
  { zonesMm, classes }: HeightRule,
): string | null {
  // Most radiographs show no fracture: nothing is painted for them.
  if (!shapes.some(({ structure }) => structure === FRACTURE)) return null;
  const maskOf = (name: string): Mask | null => {
    const shape = shapes.find(({ structure }) => structure === name);
    return shape === undefined ? null : rasterizePolygons(shape.polygons, width, height);
  };
  const outlined = {
    tibia: maskOf("tibia"),
    fibula: maskOf("fibula"),
    fracture: maskOf(FRACTURE),
    spacingMm: pixelSpacingMm,
  };
  const { level } = fractureLevel(outlined, zonesMm);
  return level === null ? null : weberClassAt(level, zonesMm, classes);
}
