/**
 * One process works in a run's directory, or another job's, at a time. The lock is a file that names its process;
 * one whose process has ended (power failure, kill -9) is taken over.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { causeText } from "@malleolus/errors";
import { z } from "zod";
import { RunError } from "./errors.ts";

const holderSchema = z.object({
  pid: z.int().positive(),
  /** Tells apart two processes that had one number after another; null where it is unknown. */
  startedAt: z.string().nullable(),
  host: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

export interface RunLock {
  release(): void;
}

/** @throws RunError `run` where another process holds the lock. */
export function lockRun(directory: string): RunLock {
  const path = join(directory, "lock");
  const own = join(directory, `lock.${process.pid}`);
  const text = JSON.stringify({
    pid: process.pid,
    startedAt: startTimeOf(process.pid),
    host: hostname(),
  } satisfies Holder);
  try {
    writeFileSync(own, text);
    // A link appears whole or not at all, and never replaces another one.
    while (!tryLink(own, path)) removeStale(path, directory);
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    throw new RunError("run", `${path}: cannot be written: ${causeText(cause)}`, { cause });
  } finally {
    rmSync(own, { force: true });
  }
  return {
    release() {
      if (readText(path) === text) rmSync(path, { force: true });
    },
  };
}

/** The process that works in a directory now; null where none does, or none of this machine. */
export function runProcess(directory: string): number | null {
  const text = readText(join(directory, "lock"));
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && holder.host === hostname() && isAlive(holder) ? holder.pid : null;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Takes a lock away whose process is gone; throws where it is not. */
function removeStale(path: string, directory: string): void {
  const text = readText(path);
  if (text === null) return;
  const holder = parseHolder(text);
  if (holder !== null && isAlive(holder)) {
    throw new RunError(
      "run",
      `${directory}: process ${holder.pid} on ${holder.host} is at work in this directory; ` +
        `wait for it, or stop it (if it is certain that none is: remove ${path})`,
    );
  }
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  // Between reading and renaming another process may have been quicker: then this is its lock.
  if (readText(aside) !== text) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder): boolean {
  // Another machine's processes cannot be seen: its lock counts.
  return holder.host !== hostname() || isProcessAlive(holder);
}

/**
 * Whether a process of this machine goes on: that one, and none that has its number after it. One that has ended and
 * whose parent has not asked how keeps its number, and does not go on.
 */
export function isProcessAlive({ pid, startedAt }: Pick<Holder, "pid" | "startedAt">): boolean {
  if (fieldsOf(pid)?.[0] === "Z") return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Without the right to signal it, it exists.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return startedAt === null || startedAt === startTimeOf(pid);
}

/** When a process began, to tell it from a later one of its number; null where there is no /proc, or no process. */
export function startTimeOf(pid: number): string | null {
  // Field 22 of its line, in clock ticks since boot.
  return fieldsOf(pid)?.[19] ?? null;
}

/** Of a process's line, from the third field, its state; null where there is no /proc, or no process. */
function fieldsOf(pid: number): string[] | null {
  const stat = readText(`/proc/${pid}/stat`);
  // The second field, the name in parentheses, may hold spaces.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? null;
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
