/**
 * What happened in a run: `events.jsonl`, one JSON object a line, on the disk before the next step
 * begins. A run that resumes cuts the file back to its checkpoint, so that no step stands in it
 * twice.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  writeSync,
} from "node:fs";
import { causeText, TrainingError } from "../errors.ts";
import type { LossParts } from "../losses.ts";
import type { Measures } from "../validation/metrics.ts";

/** How the initial weights fitted, by the names of parameters. */
export interface WeightsFit {
  readonly found: readonly string[];
  readonly missing: readonly string[];
  readonly leftOver: readonly string[];
  /** Of heads that are for other classes or anchors: they begin anew. */
  readonly fresh: readonly string[];
  /** Stages whose norms have statistics measured on training radiographs. */
  readonly trainedNorms: readonly string[];
}

/** All steps were made; a person ended it, and it can go on; validations did not get better any more. */
export type EndReason = "done" | "stopped" | "stopped early";

export type Event =
  | {
      readonly event: "start";
      readonly time: string;
      readonly images: number;
      readonly imagesWithObjects: number;
      readonly classes: readonly string[];
      /** File names of the radiographs that are held out of the training; null without. */
      readonly tuning: readonly string[] | null;
      readonly device: string;
      readonly dtype: string;
      readonly threads: number;
      readonly libtorch: string;
      readonly weights: WeightsFit | null;
      /** Mean absolute activation of every stage on training radiographs. */
      readonly activations: Readonly<Record<string, number>>;
    }
  | {
      readonly event: "resume";
      readonly time: string;
      readonly step: number;
      readonly checkpoint: string;
    }
  | {
      readonly event: "step";
      /** Counted from 1: after the first step, it is 1. */
      readonly step: number;
      readonly loss: number;
      readonly losses: LossParts;
      readonly learningRate: number;
      /** Before clipping. */
      readonly gradientNorm: number;
      /** The whole step, with its waiting. */
      readonly seconds: number;
      readonly imagesPerSecond: number;
      /** Of the step, the time spent waiting for radiographs. */
      readonly waitedMs: number;
      readonly time: string;
    }
  | {
      readonly event: "validation";
      readonly step: number;
      readonly measures: Measures;
      /** Means over the tuning set. */
      readonly losses: LossParts;
      /** Of all so far, by the metric that the recipe names. */
      readonly isBest: boolean;
      readonly seconds: number;
      readonly time: string;
    }
  | {
      readonly event: "checkpoint";
      readonly time: string;
      readonly step: number;
      readonly checkpoint: string;
      readonly activations: Readonly<Record<string, number>>;
    }
  | {
      readonly event: "end";
      readonly time: string;
      readonly step: number;
      readonly reason: EndReason;
    };

export interface EventLog {
  append(event: Event): void;
  /** Its size so far, for the checkpoint. */
  readonly sizeBytes: number;
  close(): void;
}

/**
 * Opens a run's events, cut back to `sizeBytes`.
 *
 * @throws TrainingError `run` where the file is shorter than that, or cannot be written.
 */
export function openEvents(path: string, sizeBytes: number): EventLog {
  const file = attempt(path, () => openSync(path, existsSync(path) ? "r+" : "w+"));
  const found = fstatSync(file).size;
  if (found < sizeBytes) {
    closeSync(file);
    throw new TrainingError(
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

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new TrainingError("run", `${path}: cannot be written: ${causeText(cause)}`, { cause });
  }
}
