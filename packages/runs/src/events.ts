/**
 * The events of a run: `events.jsonl`, one JSON object a line, on the disk before the next step begins.
 * A run that resumes cuts the file back to its checkpoint, so that no step stands in it twice.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { causeText } from "@malleolus/errors";
import { type RunEvent, readJson, runEventSchema } from "@malleolus/schema";
import { RunError } from "./errors.ts";

export interface EventLog {
  append(event: RunEvent): void;
  /** Its size so far, for the checkpoint. */
  readonly sizeBytes: number;
  close(): void;
}

/**
 * Opens a run's events, cut back to `sizeBytes`.
 *
 * @throws RunError `run` where the file is shorter than that, or cannot be written.
 */
export function openEvents(path: string, sizeBytes: number): EventLog {
  const file = attempt(path, () => openSync(path, existsSync(path) ? "r+" : "w+"));
  const found = fstatSync(file).size;
  if (found < sizeBytes) {
    closeSync(file);
    throw new RunError(
      "run",
      `${path}: expected at least ${sizeBytes} bytes as the checkpoint says, got ${found}; ` +
        "put the file back, or train into another directory",
    );
  }
  let size = sizeBytes;
  attempt(path, () => {
    ftruncateSync(file, sizeBytes);
    fdatasyncSync(file);
  });
  return {
    append(event) {
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      attempt(path, () => {
        let written = 0;
        while (written < line.length) {
          written += writeSync(file, line, written, line.length - written, size + written);
        }
        fdatasyncSync(file);
      });
      size += line.length;
    },
    get sizeBytes() {
      return size;
    },
    close: () => closeSync(file),
  };
}

/**
 * The events of a run of this version, to its last whole line.
 *
 * @throws SchemaError for a line that is damaged or of another version, with its number.
 */
export function readEvents(path: string): RunEvent[] {
  return wholeLines(path).map((line, i) =>
    readJson(runEventSchema, line, `${path}, line ${i + 1}`),
  );
}

/** The size of a run's events before the first one that is not to be kept, or that is damaged. */
export function eventsSizeWhile(path: string, isKept: (event: RunEvent) => boolean): number {
  let size = 0;
  for (const line of existsSync(path) ? wholeLines(path) : []) {
    const event = runEventSchema.safeParse(parsedOrNull(line));
    if (!event.success || !isKept(event.data)) break;
    size += Buffer.byteLength(line) + 1;
  }
  return size;
}

function parsedOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The last line may be about to be written. */
function wholeLines(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new RunError("run", `${path}: cannot be written: ${causeText(cause)}`, { cause });
  }
}
