/** Radiographs of the training set that are shown to the network before its first step, to measure by. */
import { batchImages, type ImageBatch } from "@malleolus/networks";
import { permutation } from "@malleolus/random";
import type { Recipe } from "@malleolus/schema";
import type { Device } from "@malleolus/torch";
import { asInDetection, batchOptions } from "./batch.ts";
import type { TrainingSet } from "./data-set.ts";
import { prepareSample } from "./loader/prepare-sample.ts";

const RADIOGRAPHS = 32;
export const RADIOGRAPHS_A_BATCH = 2;

/** As they come in prediction, in batches of two; the first ones of a shuffle. */
export async function shownBatches(
  set: TrainingSet,
  recipe: Recipe,
  device: Device,
  count: number = RADIOGRAPHS,
): Promise<ImageBatch[]> {
  const order = permutation(recipe.seed, 0, set.images.length, "measured radiographs");
  const chosen = [...order.subarray(0, count)].map((index) => set.images[index]);
  const input = asInDetection(recipe);
  const samples = await Promise.all(
    chosen.map((image, slot) => prepareSample({ image, input, seed: recipe.seed, step: 0, slot })),
  );
  const batches: ImageBatch[] = [];
  for (let i = 0; i < samples.length; i += RADIOGRAPHS_A_BATCH) {
    const images = samples.slice(i, i + RADIOGRAPHS_A_BATCH).map(({ image }) => image);
    batches.push(batchImages(images, batchOptions(recipe, device)));
  }
  return batches;
}
