/**
 * Training, from the first step of a run (or the one after its last checkpoint) to its last.
 */
import { setImmediate } from "node:timers/promises";
import { batchImages, type ImageBatch, type Losses, type MaskRcnn } from "@malleolus/detection";
import { add, backward, libtorchVersion, nn, scope, type Tensor, threads } from "@malleolus/torch";
import type { Sample } from "./augment/sample.ts";
import type { TrainingSet } from "./data-set.ts";
import { drawsOf } from "./draws.ts";
import { TrainingError } from "./errors.ts";
import {
  activationsOf,
  batchOptions,
  inDtype,
  initialiseModel,
  measuredBatches,
  newModel,
} from "./initialise.ts";
import { type Loader, openLoader } from "./loader/loader.ts";
import { type Optimiser, optimiser } from "./optimiser.ts";
import type { Recipe } from "./recipe.ts";
import type { InitialWeights } from "./resolve-recipe.ts";
import type { Checkpoint } from "./run/checkpoint.ts";
import { type Event, type LossParts, openEvents } from "./run/events.ts";
import { openRunDirectory, type RunDirectory } from "./run/run-directory.ts";
import { loadTraining, saveTraining } from "./run/training-state.ts";
import { sampler } from "./sampler.ts";
import { learningRateAt } from "./schedule.ts";

export interface TrainingOptions {
  /** Complete: from `resolveRecipe`, for this set and these weights. */
  readonly recipe: Recipe;
  readonly set: TrainingSet;
  readonly weights: InitialWeights | null;
  readonly directory: string;
  /** Threads that decode ahead of the step; 0 decodes in between. */
  readonly workers: number;
  /** Ends the run cleanly, with a checkpoint, after the step that is going on. */
  readonly stop: AbortSignal;
  /** Everything that goes into `events.jsonl`, once it is there. */
  readonly onEvent: (event: Event) => void;
}

export interface TrainingEnd {
  readonly reason: "done" | "stopped";
  readonly checkpoint: Checkpoint;
}

const BATCHES_AHEAD = 4;

/**
 * Trains. Where the directory holds a checkpoint of this recipe, goes on from it to the same losses
 * as if nothing had been (bit for bit in float32 with one thread).
 *
 * @throws TrainingError `diverged` where a loss or gradient is no number; the last checkpoint stays.
 * @throws TrainingError and DataError for a directory, a disk or a radiograph that cannot be used.
 */
export async function train(options: TrainingOptions): Promise<TrainingEnd> {
  const { recipe, stop } = options;
  const run = openRunDirectory(options.directory, recipe);
  try {
    if (run.latest !== null && run.latest.checkpoint.step >= recipe.steps) {
      return { reason: "done", checkpoint: run.latest.checkpoint };
    }
    const session = await openSession(run, options);
    try {
      let { step } = session;
      for (; step < recipe.steps && !stop.aborted; step++) {
        const began = performance.now();
        const samples = await session.loader.next();
        const waitedMs = performance.now() - began;
        const learned = trainingStep(session, samples, recipe, step);
        const seconds = (performance.now() - began) / 1000;
        session.emit({
          event: "step",
          step: step + 1,
          ...learned,
          seconds,
          imagesPerSecond: samples.length / seconds,
          waitedMs,
          time: now(),
        });
        const isDue = (step + 1) % recipe.checkpointEverySteps === 0;
        if (isDue && step + 1 < recipe.steps) session.save(step + 1);
        // A step blocks the event loop: here it hears of signals and of the loader's threads.
        await setImmediate();
      }
      // Stopped before its first step, a resumed run stands where it stood.
      const known = run.latest?.checkpoint.step === step ? run.latest.checkpoint : null;
      const checkpoint = known ?? session.save(step);
      const reason = step === recipe.steps ? "done" : "stopped";
      session.emit({ event: "end", step, reason, time: now() });
      return { reason, checkpoint };
    } finally {
      await session.close();
    }
  } finally {
    run.close();
  }
}

/** One step: losses of a batch, part by part, their gradients, the update. */
function trainingStep(
  { model, optimise }: Pick<Session, "model" | "optimise">,
  samples: readonly Sample[],
  recipe: Recipe,
  step: number,
): { loss: number; losses: LossParts; gradientNorm: number; learningRate: number } {
  return scope(() => {
    optimise.zeroGrad();
    const size = recipe.batchSize / recipe.batchParts;
    const parts = Array.from({ length: recipe.batchParts }, (_, part) => {
      const some = samples.slice(part * size, (part + 1) * size);
      return scope(() => gradientsOf(model, some, recipe, step, part));
    });
    const losses = meanOf(parts);
    const gradientNorm = optimise.gradientNorm();
    checkFinite(step + 1, { ...losses, gradientNorm });
    const { schedule } = recipe.optimiser;
    const learningRate = learningRateAt(schedule, step, recipe.steps);
    optimise.step(learningRate, gradientNorm);
    const loss = Object.values(losses).reduce((sum, part) => sum + part, 0);
    return { loss, losses, gradientNorm, learningRate };
  });
}

/** Adds a part's share of the batch's gradients to the parameters'; returns the part's losses. */
function gradientsOf(
  model: MaskRcnn,
  samples: readonly Sample[],
  recipe: Recipe,
  step: number,
  part: number,
): LossParts {
  const images = batchImages(
    samples.map(({ image }) => image),
    batchOptions(recipe),
  );
  const targets = samples.map(({ target }) => target);
  const draw = drawsOf(recipe.seed, step * recipe.batchParts + part);
  const parts = inDtype(recipe, () => model.losses(images, targets, draw));
  const losses = numbersOf(parts);
  const sum = sumOf(parts);
  backward(recipe.batchParts === 1 ? sum : sum.div(recipe.batchParts));
  return losses;
}

function meanOf(parts: readonly LossParts[]): LossParts {
  const mean = (name: keyof LossParts) =>
    parts.reduce((sum, part) => sum + part[name], 0) / parts.length;
  return {
    rpnClass: mean("rpnClass"),
    rpnBox: mean("rpnBox"),
    boxClass: mean("boxClass"),
    boxRegression: mean("boxRegression"),
    mask: mean("mask"),
  };
}

function sumOf(losses: Losses): Tensor {
  return add(
    add(add(losses.rpnClass, losses.rpnBox), add(losses.boxClass, losses.boxRegression)),
    losses.mask,
  );
}

function numbersOf(losses: Losses): LossParts {
  return {
    rpnClass: losses.rpnClass.item(),
    rpnBox: losses.rpnBox.item(),
    boxClass: losses.boxClass.item(),
    boxRegression: losses.boxRegression.item(),
    mask: losses.mask.item(),
  };
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

/** What a run holds while it trains. */
interface Session {
  readonly model: MaskRcnn;
  readonly optimise: Optimiser;
  readonly loader: Loader;
  /** Steps that are done at its beginning. */
  readonly step: number;
  readonly emit: (event: Event) => void;
  readonly save: (step: number) => Checkpoint;
  readonly close: () => Promise<void>;
}

async function openSession(run: RunDirectory, options: TrainingOptions): Promise<Session> {
  const { recipe, set, weights } = options;
  const { latest } = run;
  const step = latest?.checkpoint.step ?? 0;
  const events = openEvents(run.eventsPath, latest?.state.eventsBytes ?? 0);
  const model = newModel(recipe);
  const optimise = optimiser(nn.parameters(model), recipe.optimiser);
  const loader = openTrainingLoader(options, step);
  const kept: ImageBatch[] = [];
  const close = async () => {
    await loader.close();
    events.close();
    optimise.free();
    for (const { tensor } of kept) tensor.free();
    for (const tensor of nn.stateDict(model).values()) tensor.free();
  };
  const emit = (event: Event) => {
    events.append(event);
    options.onEvent(event);
  };
  const save = (done: number): Checkpoint => {
    const state = { step: done, eventsBytes: events.sizeBytes, recipe };
    const checkpoint = saveTraining(run.path, state, model, optimise);
    const activations = activationsOf(model, kept[0], recipe);
    emit({
      event: "checkpoint",
      step: done,
      checkpoint: checkpoint.path,
      activations,
      time: now(),
    });
    return checkpoint;
  };
  try {
    if (latest === null) {
      kept.push(...(await measuredBatches(set, recipe)));
      const report = initialiseModel(model, recipe, weights, kept);
      for (const { tensor } of kept.splice(1)) tensor.free();
      emit({
        event: "start",
        images: set.images.length,
        imagesWithObjects: set.images.filter(({ target }) => target.boxes.length > 0).length,
        classes: set.classes,
        dtype: recipe.dtype,
        threads: threads(),
        libtorch: libtorchVersion(),
        weights: report,
        activations: activationsOf(model, kept[0], recipe),
        time: now(),
      });
    } else {
      kept.push(...(await measuredBatches(set, recipe, 2)));
      loadTraining(latest.checkpoint, model, optimise);
      emit({ event: "resume", step, checkpoint: latest.checkpoint.path, time: now() });
    }
    return { model, optimise, loader, step, emit, save, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openTrainingLoader({ recipe, set, workers }: TrainingOptions, firstStep: number): Loader {
  const { seed, batchSize, steps } = recipe;
  const input = { ...recipe.input, unexposed: recipe.preprocess.unexposed };
  const classes = set.images.map(({ target }) => target.classes);
  const take = sampler(classes, { seed, batchSize, sampling: recipe.sampling });
  return openLoader({
    request: (step, slot) => ({ image: set.images[take(step, slot)], input, seed, step, slot }),
    batchSize,
    firstStep,
    steps,
    workers,
    ahead: BATCHES_AHEAD,
  });
}

function now(): string {
  return new Date().toISOString();
}
