/**
 * Training, from the first step of a run (or the one after its last checkpoint) to its last.
 */

import { setImmediate } from "node:timers/promises";
import { DataError } from "@malleolus/data";
import {
  type Checkpoint,
  openRunDirectory,
  recipeDifferences,
  recordSeenImages,
} from "@malleolus/runs";
import {
  checkpointRecordSchema,
  type EndReason,
  type Recipe,
  type RunStanding,
  runStandingSchema,
} from "@malleolus/schema";
import { stage, TorchError } from "@malleolus/torch";
import type { LoadedSample } from "./augment/sample.ts";
import type { TrainingSet } from "./data-set.ts";
import { TrainingError } from "./errors.ts";
import { joinedTeam } from "./parallel/joined-team.ts";
import { type Size, type Team, teamOfOne } from "./parallel/team.ts";
import { quietly, waitForLeader, whileOthersWait } from "./parallel/waiting.ts";
import type { Records } from "./run/records.ts";
import { followSession, openSession, type Session } from "./session.ts";
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
 * as if nothing had been (bit for bit in float32 with one thread). Several processes learn together what one
 * would (but for the rounding of sums in another order).
 *
 * @throws TrainingError `diverged` where a loss or gradient is no number; the last checkpoint stays. `lost` where
 *   another process of the training is gone; what was learned is in a checkpoint. `recipe` for more processes
 *   than radiographs in a part of a batch.
 * @throws RunError, TrainingError and DataError for a directory, a disk or a radiograph that cannot be
 *   used; what was learned before such a radiograph is in a checkpoint.
 */
export async function train(options: TrainingOptions): Promise<TrainingEnd> {
  const { recipe, group = null, stop } = options;
  checkProcesses(recipe, group?.size ?? 1);
  const team = group === null ? teamOfOne(stop) : joinedTeam(group, stop);
  try {
    return await (team.rank === 0 ? lead(options, team) : follow(options, team));
  } catch (error) {
    if (!isLost(error)) throw error;
    throw new TrainingError(
      "lost",
      `another of the ${team.size} processes was lost before the first step or after the last (${error.message}); ` +
        "the same command goes on from what was kept",
      { cause: error },
    );
  }
}

function checkProcesses({ batchSize, gradientAccumulation }: Recipe, processes: number): void {
  const slots = batchSize / gradientAccumulation;
  if (processes <= slots) return;
  throw new TrainingError(
    "recipe",
    `expected at most ${slots} processes, one a radiograph of a batch${
      gradientAccumulation === 1 ? "" : "'s part"
    }, got ${processes}; take fewer, or a recipe with a larger batchSize`,
  );
}

async function lead(options: TrainingOptions, team: Team): Promise<TrainingEnd> {
  const { recipe } = options;
  const run = openRunDirectory(options.directory, recipe);
  try {
    const step = run.latest?.checkpoint.step ?? 0;
    const validated = run.latest?.state.validated ?? null;
    const ended = run.latest === null ? null : endOf(recipe, step, validated);
    const images = options.set.images.map(({ fileName }) => fileName);
    const standing: RunStanding = { step, validated, ended, recipe, images };
    team.tell(standing);
    if (run.latest !== null && ended !== null) {
      const { checkpoint } = run.latest;
      team.tell(checkpoint);
      return { reason: ended, checkpoint };
    }
    const { set, tuning, weights } = options;
    const paths = { training: pathsOf(set), tuning: tuning === null ? [] : pathsOf(tuning) };
    // Every file is read for it, which takes as long as the disk likes.
    await whileOthersWait(team, () => recordSeenImages(run.path, paths, weights?.seen ?? null));
    const session = await openSession(run, options, team);
    try {
      const { step, reason } = await trainOn(session, options, (step) =>
        session.records.save(step),
      );
      const checkpoint = session.records.save(step);
      session.records.emit({ event: "end", step, reason });
      try {
        team.tell(checkpoint);
      } catch (error) {
        // All is written: one that is gone by now is missed by nobody.
        if (!isLost(error)) throw error;
      }
      return { reason, checkpoint };
    } finally {
      await session.close();
    }
  } finally {
    run.close();
  }
}

async function follow(options: TrainingOptions, team: Team): Promise<TrainingEnd> {
  const standing = runStandingSchema.parse(team.tell(null));
  checkSameWork(standing, options, team);
  const { ended } = standing;
  if (ended !== null) {
    return { reason: ended, checkpoint: checkpointRecordSchema.parse(team.tell(null)) };
  }
  await waitForLeader(team);
  const session = await followSession(options, team, standing);
  try {
    const { step, reason } = await trainOn(session, options, (step) =>
      session.records.rescue(step),
    );
    try {
      return { reason, checkpoint: checkpointRecordSchema.parse(team.tell(null)) };
    } catch (error) {
      if (!isLost(error)) throw error;
      // The leader is gone while it wrote the last checkpoint.
      const checkpoint = session.records.rescue(step);
      if (checkpoint === null) throw error;
      return { reason, checkpoint };
    }
  } finally {
    await session.close();
  }
}

/** @throws TrainingError `recipe` where the leader was started for something else. */
function checkSameWork(leader: RunStanding, { recipe, set }: TrainingOptions, team: Team): void {
  const [difference] = recipeDifferences([leader.recipe, recipe]);
  const own = set.images.map(({ fileName }) => fileName);
  if (difference === undefined && String(own) === String(leader.images)) return;
  const what =
    difference === undefined
      ? `other radiographs (${leader.images.length} and ${own.length})`
      : `another ${difference.key} (${difference.values.map((value) => JSON.stringify(value)).join(" and ")})`;
  throw new TrainingError(
    "recipe",
    `expected processes of one training, got processes 0 and ${team.rank} with ${what}; start all with the same ` +
      "options and the same files",
  );
}

function pathsOf({ images }: TrainingSet): string[] {
  return images.map(({ path }) => path);
}

/** `rescue` keeps what was learned in so many steps where another process is lost; null where another one does. */
async function trainOn(
  session: Session,
  options: TrainingOptions,
  rescue: (step: number) => Checkpoint | null,
): Promise<{ step: number; reason: EndReason }> {
  const profiler = stepProfiler(options.profile ?? null);
  const done = { step: session.step };
  try {
    return await takeSteps(session, options, profiler, done);
  } catch (error) {
    if (!isLost(error)) throw error;
    const kept = done.step === 0 ? null : rescue(done.step);
    throw new TrainingError(
      "lost",
      `step ${done.step + 1}: another of the ${session.team.size} processes was lost (${error.message}); ` +
        (kept === null
          ? "process 0 keeps what was learned, if it is still there; "
          : `what was learned in ${kept.step} steps is in ${kept.path}; `) +
        "the same command goes on, with as many processes as there are",
      { cause: error },
    );
  } finally {
    profiler.close();
  }
}

function isLost(error: unknown): error is TorchError {
  return error instanceof TorchError && error.code === "lost";
}

/** `done` counts the steps whose update is made. */
async function takeSteps(
  session: Session,
  { recipe, device }: TrainingOptions,
  profiler: StepProfiler,
  done: { step: number },
): Promise<{ step: number; reason: EndReason }> {
  const { team, training, records } = session;
  for (;;) {
    const { step } = done;
    // A run that was stopped on the way through a validation makes up for it first.
    if (isValidationDue(recipe, step, records.validated)) await records.validate(step);
    const end = endOf(recipe, step, records.validated);
    if (end !== null) return { step, reason: end };
    if (isCheckpointDue(recipe, step)) records.save(step);
    if (team.stop.aborted) return { step, reason: "stopped" };

    profiler.before();
    const began = performance.now();
    const { samples, sizes } = await nextSamples(session, recipe, step);
    if (team.stop.aborted) return { step, reason: "stopped" };
    const waitedMs = performance.now() - began;
    const result = trainingStep({ ...training, team, recipe, device }, samples, sizes, step);
    stage("weight average", () => training.average?.update(step));
    done.step++;
    const seconds = (performance.now() - began) / 1000;
    profiler.after(waitedMs);
    const imagesPerSecond = recipe.batchSize / seconds;
    records.emit({ event: "step", step: done.step, ...result, seconds, imagesPerSecond, waitedMs });
    // A step blocks the event loop: here it hears of signals and of the loader's threads.
    await setImmediate();
  }
}

/**
 * This process's share of the next batch, and how large the whole batch's parts are. A radiograph that cannot be
 * used any more ends the run, in all processes, and takes nothing with it.
 */
async function nextSamples(
  { loader, records, team }: Session,
  { gradientAccumulation }: Recipe,
  step: number,
): Promise<{ samples: readonly LoadedSample[]; sizes: readonly Size[] }> {
  let samples: readonly LoadedSample[];
  try {
    samples = await loader.next();
  } catch (error) {
    const sizes = Array.from({ length: gradientAccumulation }, () => ({ height: 0, width: 0 }));
    quietly(() => team.meet({ sizes, hasFailed: true }));
    if (step === 0 || !isDataFault(error) || team.rank > 0) throw error;
    throw new TrainingError("data", `${error.message}; ${keep(records, step)}`, {
      cause: error,
    });
  }
  const each = samples.length / gradientAccumulation;
  const sizes = Array.from({ length: gradientAccumulation }, (_, part) =>
    largest(samples.slice(part * each, (part + 1) * each)),
  );
  const met = team.meet({ sizes, hasFailed: false });
  if (!met.hasFailed) return { samples, sizes: met.sizes };
  throw new TrainingError(
    "data",
    `step ${step + 1}: another process could not prepare a radiograph, and says which; ${keep(records, step)}`,
  );
}

/** Keeps what was learned so far, and says where. */
function keep(records: Records, step: number): string {
  if (step === 0) return "mend the file, and the same command begins";
  const { path } = records.save(step);
  return `what was learned in ${step} steps is in ${path}: mend the file, and the same command goes on`;
}

function largest(samples: readonly LoadedSample[]): Size {
  return {
    height: Math.max(...samples.map(({ image }) => image.height)),
    width: Math.max(...samples.map(({ image }) => image.width)),
  };
}

function isDataFault(error: unknown): error is Error {
  return error instanceof DataError || (error instanceof TrainingError && error.code === "data");
}

function isCheckpointDue({ checkpointEverySteps }: Recipe, step: number): boolean {
  return step > 0 && step % checkpointEverySteps === 0;
}
