/** Classification: MobileNetV2 learns of a whole radiograph which class it is of. */
import { aucOf } from "@malleolus/evaluation";
import {
  freeModel,
  imageClassifier,
  initializeClassifier,
  logitsOf,
  mobileNetMeans,
  placeModel,
  softmax,
  writeClassifier,
} from "@malleolus/networks";
import type { RecipeOf } from "@malleolus/schema";
import { type Device, manualSeed } from "@malleolus/torch";
import { batchOptions } from "../batch.ts";
import type { TrainingSet } from "../data-set.ts";
import { mobileNetWeights, ofWeights } from "../initial-weights.ts";
import { radiographClass } from "./radiograph-class.ts";
import type { Examination, Task } from "./task.ts";

export function classificationTask(
  recipe: RecipeOf<"classification">,
  set: TrainingSet,
  device: Device,
): Task {
  const { classes } = recipe.model;
  const classOf = radiographClass(set, classes);
  manualSeed(recipe.seed);
  const model = imageClassifier(recipe.model);
  placeModel(model, device);
  return {
    model,
    initialize(weights, shown) {
      const fit = ofWeights(weights, () => initializeClassifier(model, mobileNetWeights(weights)));
      const { whereFound } = model;
      if (whereFound !== null && fit.fresh.length > 0) whereFound.measureStandard(shown);
      return fit;
    },
    activations: (batch) => mobileNetMeans(model, batch),
    losses: (images, samples, random, whole) => ({
      ...model.losses(
        images,
        samples.map(({ objects }) => classOf(objects)),
        random,
        whole,
      ),
    }),
    examine(tuning): Examination {
      const ofTuning = radiographClass(tuning, classes);
      const seen: { readonly actual: number; readonly probabilities: Float32Array }[] = [];
      return {
        look(image, sample) {
          const options = batchOptions(recipe, device);
          const logits = logitsOf(model, sample.image, recipe.preprocess, options);
          const actual = ofTuning(image.target.classes);
          seen.push({ actual, probabilities: softmax(logits, 1) });
        },
        measures() {
          const areas = classes.map((name, index) => {
            const scores = seen.map(({ probabilities }) => probabilities[index]);
            const isActual = seen.map(({ actual }) => actual === index);
            return [`AUC ${name}`, aucOf(scores, isActual)?.auc ?? null] as const;
          });
          const known = areas.flatMap(([, area]) => area ?? []);
          const right = seen.filter(
            ({ actual, probabilities }) =>
              probabilities.indexOf(Math.max(...probabilities)) === actual,
          );
          return {
            "macro AUC":
              known.length === 0 ? null : known.reduce((sum, area) => sum + area, 0) / known.length,
            ...Object.fromEntries(areas),
            accuracy: seen.length === 0 ? null : right.length / seen.length,
          };
        },
      };
    },
    write: (path) => writeClassifier(path, model, recipe.preprocess),
    free: () => freeModel(model),
  };
}
