/** One step of training: the losses of a batch, part by part, their gradients, the update. */

import { batchImages } from "@malleolus/networks";
import { randomStreams } from "@malleolus/random";
import type { LossParts, Recipe } from "@malleolus/schema";
import { backward, cat, type Device, scope, stage, type Tensor } from "@malleolus/torch";
import type { LoadedSample } from "./augment/sample.ts";
import { batchOptions, inDtype } from "./batch.ts";
import { TrainingError } from "./errors.ts";
import { lossesTensor, lossPartsOf, sumOf, totalLoss } from "./losses.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Size, Team } from "./parallel/team.ts";
import { learningRateAt } from "./schedule.ts";
import type { Task } from "./tasks/task.ts";

export interface StepOptions {
  readonly team: Team;
  readonly task: Task;
  readonly optimizer: Optimizer;
  readonly recipe: Recipe;
  readonly device: Device;
}

export interface StepResult {
  readonly loss: number;
  readonly losses: LossParts;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/**
 * `step` counts from 0; `samples` are this process's share of the batch, and `sizes` those of the whole batch's
 * parts. All that comes back to the host is one small tensor. Whatever the processes exchange they exchange before
 * the update: where one is lost, the others' weights are those of the step before.
 *
 * @throws TrainingError `diverged` where a loss or gradient is no number; nothing was updated then.
 */
export function trainingStep(
  options: StepOptions,
  samples: readonly LoadedSample[],
  sizes: readonly Size[],
  step: number,
): StepResult {
  const { optimizer, recipe, team } = options;
  const { batchSize, gradientAccumulation, steps } = recipe;
  return scope(() => {
    optimizer.zeroGrad();
    const { count } = team.share(batchSize / gradientAccumulation);
    const parts = Array.from({ length: gradientAccumulation }, (_, part) => {
      const some = samples.slice(part * count, (part + 1) * count);
      if (part === gradientAccumulation - 1) team.expectGradients();
      const position = step * gradientAccumulation + part;
      return scope(() => gradientsOf(options, some, sizes[part], position));
    });
    stage("gradient exchange", () => team.addGradients());
    const norm = stage("gradient norm", () => optimizer.gradientNorm().view([1]));
    const [{ names, tensor }] = parts;
    const sum = parts.slice(1).reduce((total, one) => total.add(one.tensor), tensor);
    const whole = team.total(sum.div(gradientAccumulation));
    const numbers = team.agree(cat([whole, norm]).toNumbers());
    const losses = lossPartsOf(names, numbers);
    const gradientNorm = numbers[numbers.length - 1];
    checkFinite(step + 1, { ...losses, gradientNorm });
    const learningRate = learningRateAt(recipe.optimizer.schedule, step, steps);
    stage("optimizer", () => optimizer.step(learningRate, gradientNorm));
    return { loss: totalLoss(losses), losses, gradientNorm, learningRate };
  });
}

/** Adds a part's share of the batch's gradients to the parameters'; returns the part's losses. */
function gradientsOf(
  { task, recipe, device, team }: StepOptions,
  samples: readonly LoadedSample[],
  atLeast: Size,
  position: number,
): { names: readonly string[]; tensor: Tensor } {
  const images = stage("batch", () =>
    batchImages(
      samples.map(({ image }) => image),
      { ...batchOptions(recipe, device), atLeast },
    ),
  );
  const slots = recipe.batchSize / recipe.gradientAccumulation;
  const { first } = team.share(slots);
  const random = randomStreams(recipe.seed, position);
  const losses = inDtype(recipe, () =>
    task.losses(
      images,
      samples,
      // An image draws by its place in the whole batch.
      (purpose, index) => random(purpose, first + index),
      team.whole(slots),
    ),
  );
  const sum = sumOf(losses);
  stage("backward", () =>
    backward(recipe.gradientAccumulation === 1 ? sum : sum.div(recipe.gradientAccumulation)),
  );
  return lossesTensor(losses);
}

function checkFinite(step: number, values: Readonly<Record<string, number>>): void {
  const wrong = Object.entries(values).filter(([, value]) => !Number.isFinite(value));
  if (wrong.length === 0) return;
  const named = wrong.map(([name, value]) => `${name} ${value}`).join(", ");
  throw new TrainingError(
    "diverged",
    `step ${step}: the training diverged (${named}); the weights were not touched, the last ` +
      "checkpoint is whole: lower optimizer.schedule.baseLearningRate or set optimizer.clipNorm",
  );
}
