/** One step of training: losses of a batch, part by part, their gradients, the update. */

import { batchImages, type MaskRcnn } from "@malleolus/networks";
import type { LossParts, Recipe } from "@malleolus/schema";
import { backward, cat, type Device, scope, stage, type Tensor } from "@malleolus/torch";
import type { Sample } from "./augment/sample.ts";
import { drawsOf } from "./draws.ts";
import { TrainingError } from "./errors.ts";
import { batchOptions, inDtype } from "./initialise.ts";
import { lossesTensor, lossPartsOf, sumOf, totalLoss } from "./losses.ts";
import type { Optimiser } from "./optimiser.ts";
import { learningRateAt } from "./schedule.ts";

export interface StepOptions {
  readonly model: MaskRcnn;
  readonly optimise: Optimiser;
  readonly recipe: Recipe;
  readonly device: Device;
}

export interface Learned {
  readonly loss: number;
  readonly losses: LossParts;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/**
 * `step` counts from 0. All that comes back to the host is one small tensor.
 *
 * @throws TrainingError `diverged` where a loss or gradient is no number; nothing was updated then.
 */
export function trainingStep(
  options: StepOptions,
  samples: readonly Sample[],
  step: number,
): Learned {
  const { optimise, recipe } = options;
  const { batchSize, batchParts, steps } = recipe;
  return scope(() => {
    optimise.zeroGrad();
    const size = batchSize / batchParts;
    const parts = Array.from({ length: batchParts }, (_, part) => {
      const some = samples.slice(part * size, (part + 1) * size);
      return scope(() => gradientsOf(options, some, step * batchParts + part));
    });
    const norm = stage("gradient norm", () => optimise.gradientNorm().view([1]));
    const [{ names, tensor }] = parts;
    const sum = parts.slice(1).reduce((total, one) => total.add(one.tensor), tensor);
    const numbers = cat([sum.div(batchParts), norm]).toNumbers();
    const losses = lossPartsOf(names, numbers);
    const gradientNorm = numbers[numbers.length - 1];
    checkFinite(step + 1, { ...losses, gradientNorm });
    const learningRate = learningRateAt(recipe.optimiser.schedule, step, steps);
    stage("optimiser", () => optimise.step(learningRate, gradientNorm));
    return { loss: totalLoss(losses), losses, gradientNorm, learningRate };
  });
}

/** Adds a part's share of the batch's gradients to the parameters'; returns the part's losses. */
function gradientsOf(
  { model, recipe, device }: StepOptions,
  samples: readonly Sample[],
  position: number,
): { names: readonly string[]; tensor: Tensor } {
  const images = stage("batch", () =>
    batchImages(
      samples.map(({ image }) => image),
      batchOptions(recipe, device),
    ),
  );
  const targets = samples.map(({ target }) => target);
  const draw = drawsOf(recipe.seed, position);
  const losses = inDtype(recipe, () => model.losses(images, targets, draw));
  const sum = sumOf(losses);
  stage("backward", () => backward(recipe.batchParts === 1 ? sum : sum.div(recipe.batchParts)));
  return lossesTensor(losses);
}

function checkFinite(step: number, values: Readonly<Record<string, number>>): void {
  const wrong = Object.entries(values).filter(([, value]) => !Number.isFinite(value));
  if (wrong.length === 0) return;
  const named = wrong.map(([name, value]) => `${name} ${value}`).join(", ");
  throw new TrainingError(
    "diverged",
    `step ${step}: the training diverged (${named}); the weights were not touched, the last ` +
      "checkpoint is whole: lower optimiser.schedule.baseLearningRate or set optimiser.clipNorm",
  );
}
