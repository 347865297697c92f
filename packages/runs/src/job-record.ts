/**
 * The record of a job in its folder (`record.json`), and the lock that it holds while it works: as a training is found
 * again by its folder and its lock, so is any other job.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { causeText } from "@malleolus/errors";
import { type JobRecord, jobRecordSchema, readJson } from "@malleolus/schema";
import { RunError } from "./errors.ts";
import { lockRun } from "./lock.ts";

export interface OpenJobRecord {
  /** How many radiographs are done of how many; written once a second at most. */
  progress(done: number, of: number): void;
  end(end: NonNullable<JobRecord["end"]>): void;
  /** Lets others work in the folder. */
  close(): void;
}

const STEP_MS = 1000;

/** @throws RunError `run` where another process works in this folder. */
export function openJobRecord(folder: string): OpenJobRecord {
  mkdirSync(folder, { recursive: true });
  const lock = lockRun(folder);
  let told: JobRecord["progress"] = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  const write = (end: JobRecord["end"]) => {
    const time = new Date().toISOString();
    writeRecord(folder, { format: "malleolus-job-record-1", time, progress: told, end });
  };
  write(null);
  return {
    progress(done, of) {
      told = { done, of };
      if (performance.now() - toldAt < STEP_MS && done < of) return;
      toldAt = performance.now();
      write(null);
    },
    end: write,
    close: lock.release,
  };
}

/**
 * Null before it has written any.
 *
 * @throws SchemaError for a file that is damaged.
 */
export function readJobRecord(folder: string): JobRecord | null {
  const path = join(folder, "record.json");
  if (!existsSync(path)) return null;
  return readJson(jobRecordSchema, readFileSync(path, "utf8"), path);
}

function writeRecord(folder: string, record: JobRecord): void {
  const path = join(folder, "record.json");
  try {
    writeFileSync(`${path}.tmp`, `${JSON.stringify(record)}\n`, { flush: true });
    renameSync(`${path}.tmp`, path);
  } catch (cause) {
    throw new RunError("run", `${path}: cannot be written: ${causeText(cause)}`, { cause });
  }
}
