/**
 * Training, from the first step of a run (or the one after its last checkpoint) to its last.
 */

import { setImmediate } from "node:timers/promises";
import { DataError } from "@malleolus/data";
import { type Checkpoint, openRunDirectory, recordSeenImages } from "@malleolus/runs";
import type { EndReason, Recipe } from "@malleolus/schema";
import { stage } from "@malleolus/torch";
import type { LoadedSample } from "./augment/sample.ts";
import type { TrainingSet } from "./data-set.ts";
import { TrainingError } from "./errors.ts";
import type { Loader } from "./loader/loader.ts";
import type { Records } from "./run/records.ts";
import { openSession, type Session } from "./session.ts";
import { type StepProfiler, stepProfiler } from "./step-profiler.ts";
import type { TrainingOptions } from "./training-options.ts";
import { trainingStep } from "./training-step.ts";
import { endOf, isValidationDue } from "./validation/best-so-far.ts";

export interface TrainingEnd {
  readonly reason: EndReason;
  /** The latest. */
  readonly checkpoint: Checkpoint;
}

/**
 * Trains. Where the directory holds a checkpoint of this recipe, goes on from it to the same losses
 * as if nothing had been (bit for bit in float32 with one thread).
 *
 * @throws TrainingError `diverged` where a loss or gradient is no number; the last checkpoint stays.
 * @throws RunError, TrainingError and DataError for a directory, a disk or a radiograph that cannot be
 *   used; what was learned before such a radiograph is in a checkpoint.
 */
export async function train(options: TrainingOptions): Promise<TrainingEnd> {
  const { recipe } = options;
  const run = openRunDirectory(options.directory, recipe);
  try {
    if (run.latest !== null) {
      const { checkpoint, state } = run.latest;
      const reason = endOf(recipe, checkpoint.step, state.validated);
      if (reason !== null) return { reason, checkpoint };
    }
    const { set, tuning, weights } = options;
    const paths = { training: pathsOf(set), tuning: tuning === null ? [] : pathsOf(tuning) };
    await recordSeenImages(run.path, paths, weights?.seen ?? null);
    const session = await openSession(run, options);
    try {
      const { step, reason } = await trainOn(session, options);
      const checkpoint = session.records.save(step);
      session.records.emit({ event: "end", step, reason });
      return { reason, checkpoint };
    } finally {
      await session.close();
    }
  } finally {
    run.close();
  }
}

function pathsOf({ images }: TrainingSet): string[] {
  return images.map(({ path }) => path);
}

async function trainOn(
  session: Session,
  options: TrainingOptions,
): Promise<{ step: number; reason: EndReason }> {
  const profiler = stepProfiler(options.profile ?? null);
  try {
    return await takeSteps(session, options, profiler);
  } finally {
    profiler.close();
  }
}

async function takeSteps(
  session: Session,
  { recipe, device, stop }: TrainingOptions,
  profiler: StepProfiler,
): Promise<{ step: number; reason: EndReason }> {
  const { training, loader, records } = session;
  for (let step = session.step; ; ) {
    // A run that was stopped on the way through a validation makes up for it first.
    if (isValidationDue(recipe, step, records.validated)) await records.validate(step);
    const end = endOf(recipe, step, records.validated);
    if (end !== null) return { step, reason: end };
    if (isCheckpointDue(recipe, step)) records.save(step);
    if (stop.aborted) return { step, reason: "stopped" };

    profiler.before();
    const began = performance.now();
    const samples = await nextSamples(loader, records, step);
    const waitedMs = performance.now() - began;
    const result = trainingStep({ ...training, recipe, device }, samples, step);
    stage("weight average", () => training.average?.update(step));
    step++;
    const seconds = (performance.now() - began) / 1000;
    profiler.after(waitedMs);
    const imagesPerSecond = samples.length / seconds;
    records.emit({ event: "step", step, ...result, seconds, imagesPerSecond, waitedMs });
    // A step blocks the event loop: here it hears of signals and of the loader's threads.
    await setImmediate();
  }
}

/** A radiograph that cannot be used any more ends the run, and takes nothing with it. */
async function nextSamples(
  loader: Loader,
  records: Records,
  step: number,
): Promise<readonly LoadedSample[]> {
  try {
    return await loader.next();
  } catch (error) {
    if (step === 0 || !isDataFault(error)) throw error;
    const { path } = records.save(step);
    throw new TrainingError(
      "data",
      `${error.message}; what was learned in ${step} steps is in ${path}: mend the file, and the same ` +
        "command goes on",
      { cause: error },
    );
  }
}

function isDataFault(error: unknown): error is Error {
  return error instanceof DataError || (error instanceof TrainingError && error.code === "data");
}

function isCheckpointDue({ checkpointEverySteps }: Recipe, step: number): boolean {
  return step > 0 && step % checkpointEverySteps === 0;
}
