/**
 * A look at the radiographs that are held out: how large the losses are there, and how well the
 * network finds what is on them, as `malleolus evaluate` measures it. It draws nothing of training's
 * and leaves nothing behind in the network.
 */

import { setImmediate } from "node:timers/promises";
import {
  averagePrecision,
  type LabeledImage,
  measureImages,
  NO_FRACTURE,
} from "@malleolus/evaluation";
import type { Detection } from "@malleolus/imaging";
import { batchImages, examineWithFlip, type MaskRcnn } from "@malleolus/networks";
import { randomStreams } from "@malleolus/random";
import type { LossParts, Recipe, ValidationMeasures } from "@malleolus/schema";
import { type Device, noGrad, scope } from "@malleolus/torch";
import type { Sample } from "../augment/sample.ts";
import type { TrainingImage, TrainingSet } from "../data-set.ts";
import { asInDetection, batchOptions, inDtype } from "../initialize.ts";
import { openLoader } from "../loader/loader.ts";
import { lossesTensor, lossPartsOf, meanLosses, totalLoss } from "../losses.ts";
import { labeledImage } from "./labeled-image.ts";

export interface Validation {
  readonly losses: LossParts;
  readonly measures: ValidationMeasures;
}

export interface ValidationOptions {
  readonly model: MaskRcnn;
  readonly recipe: Recipe;
  readonly tuning: TrainingSet;
  readonly device: Device;
  /** Threads that decode ahead; 0 decodes in between. */
  readonly workers: number;
  /** Ends it after the radiograph that is going on. */
  readonly stop: AbortSignal;
}

const IMAGES_AHEAD = 4;

/**
 * Radiographs come one at a time, at the size of detection; their draws are a function of the seed
 * and of their places, the same in every validation. Null where it was stopped.
 *
 * @throws DataError and TrainingError for a radiograph that cannot be used.
 */
export async function validate(options: ValidationOptions): Promise<Validation | null> {
  const { recipe, tuning, workers, stop } = options;
  // By ascending id: where scores are equal, the order decides, here as in pycocotools.
  const images = tuning.images.toSorted((a, b) => a.id - b.id);
  const input = asInDetection(recipe);
  const { seed } = recipe;
  const loader = openLoader({
    request: (step, slot) => ({ image: images[step], input, seed, step, slot }),
    batchSize: 1,
    firstStep: 0,
    steps: images.length,
    workers,
    ahead: IMAGES_AHEAD,
  });
  const losses: LossParts[] = [];
  const labeled: LabeledImage[] = [];
  try {
    for (const [place, image] of images.entries()) {
      if (stop.aborted) return null;
      const [sample] = await loader.next();
      const seen = look(options, sample, place);
      losses.push(seen.losses);
      labeled.push(labeledImage(image, seen.found, tuning.classes, scalesOf(sample, image)));
      // Computing blocks the event loop: here it hears of signals and of the loader's threads.
      await setImmediate();
    }
  } finally {
    await loader.close();
  }
  const mean = meanLosses(losses);
  return { losses: mean, measures: measure(labeled, tuning.classes, recipe, totalLoss(mean)) };
}

function look(
  { model, recipe, device }: ValidationOptions,
  { image, target }: Sample,
  place: number,
): { losses: LossParts; found: readonly Detection[] } {
  const random = randomStreams(recipe.seed, place);
  return scope(() =>
    noGrad(() =>
      inDtype(recipe, () => {
        const batch = batchImages([image], batchOptions(recipe, device));
        const { names, tensor } = lossesTensor(model.losses(batch, [target], random));
        const losses = lossPartsOf(names, tensor.toNumbers());
        const { testTimeFlip } = recipe.preprocess;
        const { detections: found } = examineWithFlip(
          model,
          image,
          testTimeFlip,
          batchOptions(recipe, device),
        );
        return { losses, found };
      }),
    ),
  );
}

function scalesOf({ image }: Sample, { width, height }: TrainingImage) {
  return { scaleX: image.width / width, scaleY: image.height / height };
}

function measure(
  labeled: readonly LabeledImage[],
  classes: readonly string[],
  { model }: Recipe,
  loss: number,
): ValidationMeasures {
  // An intact bone that says "no fracture" is nothing to find, unless there is nothing else.
  const others = classes.filter((name) => name !== NO_FRACTURE);
  const notObjects = others.length === 0 ? [] : [NO_FRACTURE];
  const [box, mask] = (["box", "mask"] as const).map(
    (shape) => averagePrecision(labeled, classes, shape, notObjects).averagePrecision,
  );
  const { auc } = measureImages(labeled, {
    threshold: model.roi.scoreThreshold,
    notObjects,
    groups: null,
  });
  return {
    "box AP": box.all,
    "box AP50": box.iou50,
    "mask AP": mask.all,
    "mask AP50": mask.iou50,
    "image AUC": auc?.auc ?? null,
    loss,
  };
}
