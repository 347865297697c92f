/**
 * Checkpoints of a run: `checkpoints/step-000123/` with the detector (`model.safetensors`), what
 * training goes on from and the run's state. The tensors are training's, which writes and reads them.
 *
 * A directory is written aside, flushed to the disk and only then named: what is called `step-…`
 * is whole, whenever the process or the machine ended. There is no pointer to the latest that
 * could be wrong: the one with the highest step is. Its state says which one is the best.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { causeText } from "@malleolus/errors";
import {
  bestCheckpointSchema,
  type CheckpointState,
  checkpointStateSchema,
} from "@malleolus/schema";
import { RunError } from "./errors.ts";

const KEPT = 2;
const FILES = ["model.safetensors", "optimizer.safetensors", "state.json"];

export interface Checkpoint {
  readonly path: string;
  readonly step: number;
}

/** Whole checkpoints of a run by ascending step; none where it has none. */
export function listCheckpoints(runDirectory: string): Checkpoint[] {
  const folder = join(runDirectory, "checkpoints");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const step = /^step-(\d+)$/.exec(name)?.[1];
      return step === undefined ? [] : [{ path: join(folder, name), step: Number(step) }];
    })
    .filter(({ path }) => FILES.every((file) => existsSync(join(path, file))))
    .sort((a, b) => a.step - b.step);
}

/** The checkpoint with the highest step. */
export function latestCheckpoint(runDirectory: string): Checkpoint | null {
  return listCheckpoints(runDirectory).at(-1) ?? null;
}

/** The best by the recipe's metric; null where nothing was validated, or it is gone. */
export function bestCheckpoint(runDirectory: string): Checkpoint | null {
  const checkpoints = listCheckpoints(runDirectory);
  const latest = checkpoints.at(-1);
  if (latest === undefined) return null;
  const state = bestCheckpointSchema.safeParse(readJsonOrNull(join(latest.path, "state.json")));
  const step = state.data?.validated?.best?.step;
  return checkpoints.find((one) => one.step === step) ?? null;
}

function readJsonOrNull(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** @throws RunError `checkpoint` for a state that is not one. */
export function readState(checkpoint: Checkpoint): CheckpointState {
  const path = join(checkpoint.path, "state.json");
  try {
    return checkpointStateSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new RunError(
      "checkpoint",
      `${path}: expected a checkpoint of this version, got something else; ` +
        `remove ${checkpoint.path} to go on from the one before`,
      { cause },
    );
  }
}

/**
 * Writes a checkpoint and removes all but the last two and the best one. `writeTensors` fills the
 * directory it is given with the safetensors files.
 *
 * @throws RunError `checkpoint` where it cannot be written, a full disk for one; what stood
 *   there before still does.
 */
export function writeCheckpoint(
  runDirectory: string,
  state: Omit<CheckpointState, "format">,
  writeTensors: (directory: string) => void,
): Checkpoint {
  const folder = join(runDirectory, "checkpoints");
  const name = `step-${String(state.step).padStart(6, "0")}`;
  const path = join(folder, name);
  const aside = join(folder, `.${name}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    removeUnfinished(folder);
    mkdirSync(aside);
    writeTensors(aside);
    writeFileSync(join(aside, "state.json"), stateText(state), { flush: true });
    flushDirectory(aside);
    // A run that went back before a checkpoint (its newer ones were removed) writes it again.
    rmSync(path, { recursive: true, force: true });
    renameSync(aside, path);
    flushDirectory(folder);
    const best = state.validated?.best?.step;
    for (const old of listCheckpoints(runDirectory).slice(0, -KEPT)) {
      if (old.step !== best) rmSync(old.path, { recursive: true, force: true });
    }
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true });
    throw new RunError(
      "checkpoint",
      `${path}: cannot be written: ${firstCauseText(cause)}; earlier checkpoints are untouched`,
      { cause },
    );
  }
  return { path, step: state.step };
}

/**
 * Writes another state into a checkpoint whose tensors stay.
 *
 * @throws RunError `checkpoint` where it cannot be written; what stood there before still does.
 */
export function rewriteState(checkpoint: Checkpoint, state: Omit<CheckpointState, "format">): void {
  const path = join(checkpoint.path, "state.json");
  const aside = `${path}.tmp`;
  try {
    writeFileSync(aside, stateText(state), { flush: true });
    renameSync(aside, path);
    flushDirectory(checkpoint.path);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw new RunError(
      "checkpoint",
      `${path}: cannot be written: ${firstCauseText(cause)}; the state before is untouched`,
      { cause },
    );
  }
}

function stateText(state: Omit<CheckpointState, "format">): string {
  return `${JSON.stringify({ format: "malleolus-checkpoint-1", ...state } satisfies CheckpointState)}\n`;
}

/** The system's own words: packages between it and us have said the path already. */
function firstCauseText(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error
    ? firstCauseText(error.cause)
    : causeText(error);
}

/** What a process left behind that ended while it wrote. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^\.step-\d+\.tmp$/.test(name)) rmSync(join(folder, name), { recursive: true });
  }
}

/** A name is only on the disk once its directory is. */
export function flushDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
