/**
 * A process of the command line that works for the server and does not belong to it: it goes on when the server ends,
 * and is found again by its folder. `job.json` says what was asked, `log` what the process said, `exit` how it ended.
 *
 * It works at a lower priority, so that whoever reads meanwhile does not wait.
 */
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isProcessAlive, startTimeOf } from "@malleolus/runs";
import { readJson } from "@malleolus/schema";
import { z } from "zod";
import { ServerError } from "../errors.ts";

const jobSchema = z.strictObject({
  format: z.literal("malleolus-job-1"),
  /** Behind the program's name. */
  args: z.array(z.string()),
  dataset: z.string().nullable(),
  who: z.string(),
  at: z.string(),
  /** Null until it has one, and where the server ended before it could write it down. */
  process: z.strictObject({ pid: z.int().positive(), startedAt: z.string().nullable() }).nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export type NewJob = Pick<Job, "args" | "dataset" | "who">;

export interface JobEnd {
  /** Its exit code; null for one that ended without a word: killed, or with the machine. */
  readonly code: number | null;
}

const LOWER = "10";
/**
 * The shell outlives a polite signal to its group, to write down how the program ended. `exit` appears whole: it is
 * what says that a job is over.
 */
const SCRIPT = `trap : INT TERM
nice -n ${LOWER} "$@"
code=$?
printf %s "$code" > exit.part && mv exit.part exit`;

/** Starts a program in a job's folder, or starts it again there. `program` are its words. */
export function startJob(folder: string, program: readonly string[], given: NewJob): Job {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, "exit"), { force: true });
  const job: Job = {
    format: "malleolus-job-1",
    ...given,
    at: new Date().toISOString(),
    process: null,
  };
  writeJob(folder, job);
  const log = openSync(join(folder, "log"), "w");
  try {
    const child = spawn("/bin/sh", ["-c", SCRIPT, "sh", ...program, ...given.args], {
      cwd: folder,
      detached: true,
      stdio: ["ignore", log, log],
    });
    child.on("error", () => undefined);
    child.unref();
    const { pid } = child;
    if (pid === undefined) return job;
    const started = { ...job, process: { pid, startedAt: startTimeOf(pid) } };
    writeJob(folder, started);
    return started;
  } finally {
    closeSync(log);
  }
}

export function hasJob(folder: string): boolean {
  return existsSync(join(folder, "job.json"));
}

/** Null where the folder holds none. */
export function readJob(folder: string): Job | null {
  if (!hasJob(folder)) return null;
  const path = join(folder, "job.json");
  return readJson(jobSchema, readFileSync(path, "utf8"), path);
}

export function isJobAlive({ process }: Job): boolean {
  return process !== null && isProcessAlive(process);
}

/** How a job that is no longer alive ended. */
export function jobEnd(folder: string): JobEnd {
  const path = join(folder, "exit");
  return { code: existsSync(path) ? Number(readFileSync(path, "utf8")) : null };
}

/**
 * Asks a process to end at its next safe point, and no more than once: asked again, a training ends at once and loses
 * what it has not kept. A negative number is a group: a job's program and all that it started. `folder` is the job's,
 * `which` tells this start of it from others.
 *
 * @throws ServerError `state` for another user's.
 */
export function stopProcess(pid: number, folder: string, which: string): void {
  const asked = join(folder, "stopping");
  if (existsSync(asked) && readFileSync(asked, "utf8") === which) return;
  try {
    process.kill(pid, "SIGINT");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    // It ended by itself meanwhile.
    if (code === "ESRCH") return;
    if (code !== "EPERM") throw error;
    throw new ServerError("state", "It belongs to another user of this machine; stop it there.");
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(asked, which);
}

/** The last lines that a job said; empty before it said any. */
export function logLines(folder: string, most: number): string[] {
  const path = join(folder, "log");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "").slice(-most);
}

/** When a job last said something, in milliseconds. */
export function lastWordMs(folder: string): number {
  const path = join(folder, "log");
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function writeJob(folder: string, job: Job): void {
  const path = join(folder, "job.json");
  writeFileSync(`${path}.part`, `${JSON.stringify(job, null, 2)}\n`, { flush: true });
  renameSync(`${path}.part`, path);
}
