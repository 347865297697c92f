/**
 * A look at the radiographs that are held out: how large the losses are there, and how good the network
 * is by its task's measures. It draws nothing of training's and leaves nothing behind in the network.
 */

import { setImmediate } from "node:timers/promises";
import { batchImages } from "@malleolus/networks";
import { randomStreams } from "@malleolus/random";
import type { LossParts, Recipe, ValidationMeasures } from "@malleolus/schema";
import { type Device, noGrad, scope } from "@malleolus/torch";
import type { LoadedSample } from "../augment/sample.ts";
import { asInDetection, batchOptions, inDtype } from "../batch.ts";
import type { TrainingSet } from "../data-set.ts";
import { openLoader } from "../loader/loader.ts";
import { lossesTensor, lossPartsOf, meanLosses, totalLoss } from "../losses.ts";
import type { Task } from "../tasks/task.ts";

export interface Validation {
  readonly losses: LossParts;
  readonly measures: ValidationMeasures;
}

export interface ValidationOptions {
  readonly task: Task;
  readonly recipe: Recipe;
  readonly tuning: TrainingSet;
  readonly device: Device;
  /** Threads that decode ahead; 0 decodes in between. */
  readonly workers: number;
  /** Ends it after the radiograph that is going on. */
  readonly stop: AbortSignal;
  /** Before every radiograph. */
  readonly onImage: () => void;
}

const IMAGES_AHEAD = 4;

/**
 * Radiographs come one at a time, at the size of prediction; their draws are a function of the seed
 * and of their places, the same in every validation. Null where it was stopped.
 *
 * @throws DataError and TrainingError for a radiograph that cannot be used.
 */
export async function validate(options: ValidationOptions): Promise<Validation | null> {
  const { task, recipe, tuning, workers, stop, onImage } = options;
  // By ascending id: where scores are equal, the order decides, here as in pycocotools.
  const images = tuning.images.toSorted((a, b) => a.id - b.id);
  const input = asInDetection(recipe);
  const { seed } = recipe;
  const loader = openLoader({
    request: (step, slot) => ({ image: images[step], input, seed, step, slot }),
    slots: [0],
    firstStep: 0,
    steps: images.length,
    workers,
    ahead: IMAGES_AHEAD,
  });
  const losses: LossParts[] = [];
  const examination = task.examine(tuning);
  try {
    for (const [place, image] of images.entries()) {
      onImage();
      if (stop.aborted) return null;
      const [sample] = await loader.next();
      scope(() =>
        noGrad(() =>
          inDtype(recipe, () => {
            losses.push(lossesOf(options, sample, place));
            examination.look(image, sample);
          }),
        ),
      );
      // Computing blocks the event loop: here it hears of signals and of the loader's threads.
      await setImmediate();
    }
  } finally {
    await loader.close();
  }
  const mean = meanLosses(losses);
  return { losses: mean, measures: { ...examination.measures(), loss: totalLoss(mean) } };
}

function lossesOf(
  { task, recipe, device }: ValidationOptions,
  sample: LoadedSample,
  place: number,
): LossParts {
  const batch = batchImages([sample.image], batchOptions(recipe, device));
  const { names, tensor } = lossesTensor(
    task.losses(batch, [sample], randomStreams(recipe.seed, place)),
  );
  return lossPartsOf(names, tensor.toNumbers());
}
