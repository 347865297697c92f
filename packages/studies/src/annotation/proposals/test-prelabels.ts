/** What models say, for the tests. */
import type { Model, Prelabel } from "@malleolus/schema";

export const MODEL: Model = { sha256: "a1".repeat(32), name: "preliminary", version: "1" };
export const NEWER: Model = { sha256: "b2".repeat(32), name: "preliminary", version: "2" };

/** A prelabel that sees a lower leg and says nothing else. */
export function prelabelOf(image: string, changes: Partial<Prelabel> = {}): Prelabel {
  return {
    image,
    model: MODEL,
    isLowerLeg: true,
    shapes: [],
    probabilities: null,
    flippedProbabilities: null,
    segmentation: null,
    view: null,
    side: null,
    ...changes,
  };
}

/** A rectangle as a proposed shape. */
export function proposedShape(structure: string, x1: number, y1: number, x2: number, y2: number) {
  const polygons = [[x1, y1, x2, y1, x2, y2, x1, y2]];
  return { structure, polygons, line: null, score: 0.8 };
}
