/**
 * A run whose leading process was lost: another one, which has the same weights, keeps them as the leader would
 * have. The lock tells whether the leader is gone, and which of the others is the first.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Checkpoint,
  eventsSizeWhile,
  openEvents,
  openRunDirectory,
  type RunDirectory,
  RunError,
  writeCheckpoint,
} from "@malleolus/runs";
import type { RunEvent, Validated } from "@malleolus/schema";
import type { TrainingOptions } from "../training-options.ts";
import { type TrainingState, writeTraining } from "./training-state.ts";

/** Where the run stands as this process knows it. */
export interface Known {
  readonly step: number;
  readonly validated: Validated | null;
  /** What its last step came to, which the leader may not have written down. */
  readonly lastStep: Extract<RunEvent, { event: "step" }> | null;
}

const [FREE_TRIES, FREE_PAUSE_MS] = [25, 200];

/** Null where the leader still has the run, or the run's folder is not on this machine. */
export function takeOver(
  { directory, recipe }: TrainingOptions,
  training: TrainingState,
  known: Known,
): Checkpoint | null {
  if (!existsSync(join(directory, "recipe.json"))) return null;
  const run = openOnceFree(directory, recipe);
  if (run === null) return null;
  try {
    const { latest } = run;
    if (latest !== null && latest.checkpoint.step >= known.step) return latest.checkpoint;
    const { step, validated } = known;
    const eventsBytes = completeEvents(run.eventsPath, known);
    return writeCheckpoint(run.path, { step, eventsBytes, validated, recipe }, (folder) =>
      writeTraining(folder, training),
    );
  } finally {
    run.close();
  }
}

/**
 * The leader's connections close a moment before it counts as gone, and another process may be before this one; a leader
 * that lives holds the run throughout, which this then waits for in vain.
 */
function openOnceFree(directory: string, recipe: TrainingOptions["recipe"]): RunDirectory | null {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; ; tries++) {
    try {
      return openRunDirectory(directory, recipe);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      if (tries === FREE_TRIES) return null;
      Atomics.wait(clock, 0, 0, FREE_PAUSE_MS);
    }
  }
}

/** The events up to what this process knows, and no further. Returns their size. */
function completeEvents(path: string, { step, validated, lastStep }: Known): number {
  let written = 0;
  const size = eventsSizeWhile(path, (event) => {
    if (event.event === "validation") return event.step <= (validated?.step ?? 0);
    if (event.event !== "step" || event.step > step) return event.event !== "step";
    written = event.step;
    return true;
  });
  const events = openEvents(path, size);
  try {
    if (lastStep !== null && lastStep.step === step && written < step) events.append(lastStep);
    return events.sizeBytes;
  } finally {
    events.close();
  }
}
