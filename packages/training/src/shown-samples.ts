/** What a training shows its network, without a network: for people who look at it, and for another program's training. */

import type { LoadedSample } from "./augment/sample.ts";
import type { TrainingSet } from "./data-set.ts";
import { prepareSample } from "./loader/prepare-sample.ts";
import { type ShowingRecipe, sampleRequests } from "./loader/sample-requests.ts";

export interface ShownSample extends LoadedSample {
  /** Of the radiograph that it was made from. */
  readonly path: string;
}

/**
 * The batches of a training's steps, counted from 0, from `first` to the one before `end`, image by image, with their targets in the same pixels: cut, turned and resized as in
 * `train` with this recipe and set. Grey values of 0 to 255, before a mean is subtracted and before padding.
 *
 * @throws DataError and TrainingError as `train` does for a radiograph that cannot be used.
 */
export async function* shownSamples(
  recipe: ShowingRecipe,
  set: TrainingSet,
  { first = 0, end }: { readonly first?: number; readonly end: number },
): AsyncGenerator<readonly ShownSample[]> {
  const request = sampleRequests(recipe, set);
  for (let step = first; step < end; step++) {
    const requests = Array.from({ length: recipe.batchSize }, (_, slot) => request(step, slot));
    yield await Promise.all(
      requests.map(async (one) => ({ ...(await prepareSample(one)), path: one.image.path })),
    );
  }
}
