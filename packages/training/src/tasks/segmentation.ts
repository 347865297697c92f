/** Segmentation: DeepLabV3+ learns a label for every pixel, bones and fractures, and paints them. */
import { diceOf } from "@malleolus/evaluation";
import { paintLabels, placeLabels, structureMask } from "@malleolus/imaging";
import {
  deepLab,
  freeModel,
  initializeDeepLab,
  mobileNetMeans,
  placeModel,
  segmentImage,
  writeSegmenter,
} from "@malleolus/networks";
import type { RecipeOf } from "@malleolus/schema";
import { type Device, manualSeed } from "@malleolus/torch";
import { batchOptions } from "../batch.ts";
import type { TrainingSet } from "../data-set.ts";
import { mobileNetWeights, ofWeights } from "../initial-weights.ts";
import { aucWithin } from "./auc-within.ts";
import { structuresOf, structuresTarget } from "./structures-target.ts";
import type { Examination, Task } from "./task.ts";

export function segmentationTask(
  recipe: RecipeOf<"segmentation">,
  set: TrainingSet,
  device: Device,
): Task {
  const { structures } = recipe.model;
  const own = structuresOf(set, structures);
  manualSeed(recipe.seed);
  const model = deepLab(recipe.model);
  placeModel(model, device);
  return {
    model,
    initialize: (weights) =>
      ofWeights(weights, () => initializeDeepLab(model, mobileNetWeights(weights))),
    activations: (batch) => mobileNetMeans(model.backbone, batch),
    losses(images, samples, random, whole) {
      const labels = samples.map(({ image, target }) =>
        paintLabels(structuresTarget(target, own), structures, image),
      );
      return { ...model.losses(images, labels, random, whole) };
    },
    examine(tuning): Examination {
      const ofTuning = structuresOf(tuning, structures);
      const found = new Map(structures.map(({ name }) => [name, [] as number[]]));
      const parts = structures.filter(({ within }) => within !== null);
      const told = new Map(parts.map(({ name }) => [name, [] as number[]]));
      return {
        look(image, sample) {
          const options = batchOptions(recipe, device);
          const seen = segmentImage(model, sample.image, recipe.preprocess, options);
          const placed = placeLabels(seen, image);
          const truth = paintLabels(structuresTarget(image.target, ofTuning), structures, image);
          for (const [name, dices] of found) {
            const dice = diceOf(
              structureMask(truth, structures, name),
              structureMask(placed, structures, name),
            );
            if (dice !== null) dices.push(dice);
          }
          const small = paintLabels(
            structuresTarget(sample.target, ofTuning),
            structures,
            sample.image,
          );
          for (const part of parts) {
            const auc = aucWithin(seen, small, structures, part);
            if (auc !== null) told.get(part.name)?.push(auc);
          }
        },
        measures() {
          const means = [...found].map(([name, dices]) => [`${name} Dice`, meanOf(dices)] as const);
          const known = means.flatMap(([, mean]) => mean ?? []);
          const aucs = parts.map(
            ({ name, within }) =>
              [`AUC ${name} in ${within}`, meanOf(told.get(name) ?? [])] as const,
          );
          return {
            "mean Dice": meanOf(known),
            ...Object.fromEntries(means),
            ...Object.fromEntries(aucs),
          };
        },
      };
    },
    write: (path) => writeSegmenter(path, model, recipe.preprocess),
    free: () => freeModel(model),
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
