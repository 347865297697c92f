/**
 * A folder in which a process works for the study, a training's or another job's: what is the same for all of them.
 * Its `job/` says who had it started and how it ended (job.ts), its `lock` which process works in it now. Either is
 * enough to find it again.
 */
import { join } from "node:path";
import { runProcess } from "@malleolus/runs";
import type { RunState } from "@malleolus/schema";
import { ServerError } from "../errors.ts";
import {
  hasJob,
  isJobAlive,
  type Job,
  jobEnd,
  lastWordMs,
  logLines,
  readJob,
  startJob,
  stopProcess,
} from "./job.ts";

export interface Heard {
  /** When it last wrote something into its folder; null where it has not. */
  readonly last: string | null;
  /** How it says that it ended; null while it works, and where it was cut off. */
  readonly end: string | null;
}

const STALLED_MS = 60_000;
const LOG_LINES = 200;
const KILLED = "It ended without a word: its process was killed, or the machine went off.";

export function hasWork(path: string): boolean {
  return hasJob(jobFolder(path));
}

/** Null where a terminal started it. */
export function jobOf(path: string): Job | null {
  return readJob(jobFolder(path));
}

/** Starts a program in the folder, or starts it again there. `words` are the program's, `given` what it is asked. */
export function startWork(
  path: string,
  words: readonly string[],
  given: Pick<Job, "args" | "dataset" | "who">,
): void {
  const { args, dataset, who } = given;
  startJob(jobFolder(path), words, { args, dataset, who });
}

/** Whether this very thing was started there: a server that was killed before it had answered is asked again. */
export function isSame(
  job: Job | null,
  { args, dataset, who }: Pick<Job, "args" | "dataset" | "who">,
): boolean {
  return job?.who === who && job.dataset === dataset && job.args.join("\0") === args.join("\0");
}

export function workLog(path: string): string[] {
  return logLines(jobFolder(path), LOG_LINES);
}

export function workState(path: string, job: Job | null, { last, end }: Heard): RunState {
  if (runProcess(path) !== null || (job !== null && isJobAlive(job))) {
    const heard = Math.max(Date.parse(last ?? job?.at ?? ""), lastWordMs(jobFolder(path)));
    return Date.now() - heard > STALLED_MS ? "stalled" : "running";
  }
  const { code } = job === null ? { code: null } : jobEnd(jobFolder(path));
  if (code !== null && code !== 0) return code === 130 || code === 143 ? "stopped" : "failed";
  if (end === "stopped") return "stopped";
  return end === null ? "failed" : "finished";
}

/** The first line that says what is wrong: the program's own, else the last that it said. */
export function workFailure(path: string): string {
  const { code } = jobEnd(jobFolder(path));
  if (code === null) return KILLED;
  const lines = workLog(path);
  return (
    lines.find((line) => /^(malleolus|internal|\w*Error):/i.test(line)) ?? lines.at(-1) ?? KILLED
  );
}

/** Whether its lock is held, or its job goes on that has no lock yet. A job that cannot be read has none. */
export function isAtWork(path: string): boolean {
  if (runProcess(path) !== null) return true;
  try {
    const job = jobOf(path);
    return job !== null && isJobAlive(job);
  } catch {
    return false;
  }
}

/**
 * Asks it to end at its next safe point.
 *
 * @throws ServerError `state` for one that is not at work, and for another user's.
 */
export function stopWork(path: string, id: string, state: RunState): void {
  if (state !== "running" && state !== "stalled") {
    throw new ServerError("state", `${id} is not at work: it is ${state}.`);
  }
  const job = jobOf(path);
  const started = job !== null && isJobAlive(job) ? job : null;
  // Whoever holds the lock works, also where a terminal started it; before it does, the job's group.
  const pid = runProcess(path) ?? (started?.process ? -started.process.pid : null);
  if (pid !== null) stopProcess(pid, jobFolder(path), started?.at ?? String(pid));
}

/**
 * What was asked of one that can go on.
 *
 * @throws ServerError `state` for one that cannot.
 */
export function resumable(
  path: string,
  id: string,
  { state, canResume }: { readonly state: RunState; readonly canResume: boolean },
): Job {
  const job = jobOf(path);
  if (job !== null && canResume) return job;
  const why = job === null ? "a terminal started it; go on there" : `it is ${state}`;
  throw new ServerError("state", `${id} cannot go on from here: ${why}.`);
}

function jobFolder(path: string): string {
  return join(path, "job");
}
