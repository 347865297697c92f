/** What a run holds while it trains: the network, its optimiser, its radiographs, its records. */

import { freeModel, type ImageBatch } from "@malleolus/networks";
import type { RunDirectory } from "@malleolus/runs";
import { libtorchVersion, nn, threads } from "@malleolus/torch";
import { hasObjects } from "./data-set.ts";
import { activationsOf, initializeModel, measuredBatches, newModel } from "./initialize.ts";
import { type Loader, openLoader } from "./loader/loader.ts";
import { newOptimizer } from "./optimizer.ts";
import { openRecords, type Records } from "./run/records.ts";
import { type Learner, loadTraining } from "./run/training-state.ts";
import { sampler } from "./sampler.ts";
import type { TrainingOptions } from "./training-options.ts";
import { weightAverage } from "./weight-average.ts";

export interface Session {
  readonly learner: Learner;
  readonly loader: Loader;
  readonly records: Records;
  /** Steps that are done at its beginning. */
  readonly step: number;
  close(): Promise<void>;
}

const BATCHES_AHEAD = 4;

/** Begins a run, or opens it as its latest checkpoint left it. */
export async function openSession(run: RunDirectory, options: TrainingOptions): Promise<Session> {
  const { recipe, device, set } = options;
  const { latest } = run;
  const step = latest?.checkpoint.step ?? 0;
  const model = newModel(recipe, device);
  const optimizer = newOptimizer(nn.parameters(model), recipe.optimizer);
  const loader = openTrainingLoader(options, step);
  const closing: (() => void)[] = [];
  const close = async () => {
    await loader.close();
    for (const action of closing) action();
    optimizer.free();
    freeModel(model);
  };
  try {
    const shown: ImageBatch[] = [];
    closing.push(() => {
      for (const { tensor } of shown) tensor.free();
    });
    const activations = () => activationsOf(model, shown[0], recipe);
    // Before the average, which begins at the initial weights.
    const begin = async () => {
      shown.push(...(await measuredBatches(set, recipe, device)));
      const weights = initializeModel(model, recipe, options.weights, shown);
      for (const { tensor } of shown.splice(1)) tensor.free();
      return weights;
    };
    const weights = latest === null ? await begin() : null;
    if (latest !== null) shown.push(...(await measuredBatches(set, recipe, device, 2)));

    const average =
      recipe.weightAverage === null
        ? null
        : weightAverage(nn.parameters(model), recipe.weightAverage.decay);
    if (average !== null) closing.push(() => average.free());
    const learner: Learner = { model, optimizer, average };
    if (latest !== null) loadTraining(latest.checkpoint, learner);

    const records = openRecords(run, options, learner, activations);
    closing.push(() => records.close());
    records.emit(
      latest === null
        ? {
            event: "start",
            format: "malleolus-events-1",
            images: set.images.length,
            imagesWithObjects: set.images.filter(hasObjects).length,
            classes: set.classes,
            tuning: options.tuning?.images.map(({ fileName }) => fileName) ?? null,
            device,
            dtype: recipe.dtype,
            threads: threads(),
            libtorch: libtorchVersion(),
            weights,
            activations: activations(),
          }
        : { event: "resume", step, checkpoint: latest.checkpoint.path },
    );
    return { learner, loader, records, step, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openTrainingLoader({ recipe, set, workers }: TrainingOptions, firstStep: number): Loader {
  const { seed, batchSize, steps } = recipe;
  const { maskCollimation } = recipe.preprocess;
  const input = { ...recipe.input, maskCollimation };
  const classes = set.images.map(({ target }) => target.classes);
  const take = sampler(classes, { seed, batchSize, sampling: recipe.sampling });
  return openLoader({
    request(step, slot) {
      const { path, width, height, target } = set.images[take(step, slot)];
      return { image: { path, width, height, target }, input, seed, step, slot };
    },
    batchSize,
    firstStep,
    steps,
    workers,
    ahead: BATCHES_AHEAD,
  });
}
