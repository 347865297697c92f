/** What the preliminary networks see on a radiograph, as a study keeps it. */
import type { Model, Prelabel } from "@malleolus/schema";
import type { SeenRadiograph } from "./prelabel-radiographs.ts";

/** `classes` are the classifier's. View and side are guessed where the file does not say. */
export function prelabelOf(
  seen: Omit<SeenRadiograph<unknown>, "file">,
  image: string,
  model: Model,
  classes: readonly string[],
): Prelabel {
  const { isLowerLeg, shapes, fractureProbability } = seen.outlined;
  return {
    image,
    model,
    isLowerLeg,
    shapes: [...shapes],
    probabilities: named(seen.probabilities, classes),
    flippedProbabilities: named(seen.flippedProbabilities, classes),
    segmentation: { fractureProbability, class: seen.classByHeight },
    view: seen.view === null ? seen.projection.view : null,
    side: seen.side === null ? seen.projection.side : null,
  };
}

function named(
  probabilities: Float32Array | null,
  classes: readonly string[],
): Record<string, number> | null {
  if (probabilities === null) return null;
  // Sums of float32 may exceed 1 by a last bit.
  return Object.fromEntries(classes.map((name, i) => [name, Math.min(1, probabilities[i])]));
}
