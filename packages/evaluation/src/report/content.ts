/**
 * The content of a report, all of it as values: it opens no file, asks no database and knows no clock.
 */
import type { StudyFlow } from "@malleolus/schema";
import type { ReaderAgreement } from "../agreement.ts";
import type { Evaluation } from "../evaluate.ts";

export interface ReportContent {
  readonly title: string;
  readonly subtitle: string;
  /** ISO 8601. */
  readonly generatedAt: string;
  /** Null where the radiographs are real; of simulated ones the version and seed, where they are known. */
  readonly simulated: { readonly version: string | null; readonly seed: string | null } | null;
  /** `Malleolus`, `0.1.0` and what it ran on. */
  readonly software: readonly { readonly name: string; readonly version: string }[];
  /** Names to read instead of the ids of classes, exclusion codes and hospitals. */
  readonly names: Readonly<Record<string, string>>;
  /** What had to be reached; without any there is no verdict. */
  readonly thresholds: readonly AcceptanceThreshold[];
  readonly flow: StudyFlow | null;
  readonly tests: readonly ReportedTest[];
  readonly readers: readonly ReportedReaders[];
  readonly gallery: readonly GalleryPart[];
  readonly training: TrainingCurve | null;
  readonly timings: readonly { readonly stage: string; readonly seconds: number }[];
  /** What to try next. */
  readonly commands: readonly { readonly command: string; readonly effect: string }[];
}

/**
 * A figure that has to be reached, set before anything was measured. The figure itself must reach the
 * limit, and its 95 % interval must exclude what would be no use: a test of a few tens of patients
 * reaches many a limit by luck.
 */
export interface AcceptanceThreshold {
  readonly name: string;
  /** Null where it could not be computed, which reaches nothing. */
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  readonly direction: "at least" | "at most";
  readonly limit: number;
  /** What the whole interval must lie above, or below where less is better. */
  readonly intervalLimit: number;
}

/** Whether every threshold is reached. */
export function thresholdsReached(thresholds: readonly AcceptanceThreshold[]): boolean {
  return thresholds.every(thresholdReached);
}

export function thresholdReached(threshold: AcceptanceThreshold): boolean {
  const { value, interval, direction, limit, intervalLimit } = threshold;
  if (value === null || interval === null) return false;
  const [low, high] = interval;
  return direction === "at least"
    ? value >= limit && low >= intervalLimit
    : value <= limit && high <= intervalLimit;
}

export interface ReportedTest {
  /** `Internal test`, say. */
  readonly name: string;
  /** Who was tested, and against whose truth. */
  readonly description: string;
  readonly evaluation: Evaluation;
}

export interface ReportedReaders {
  /** `Observers, before adjudication`, say. */
  readonly name: string;
  readonly agreement: ReaderAgreement;
}

/** Radiographs that were chosen in one way. */
export interface GalleryPart {
  readonly title: string;
  /** The rule by which they were chosen, so that nobody takes them for more than they are. */
  readonly chosen: string;
  readonly items: readonly GalleryItem[];
}

export interface GalleryItem {
  /** An overlay, as PNG. */
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** Classes. */
  readonly truth: string;
  readonly prediction: string;
  /** The patient's scores, by class. */
  readonly scores: Readonly<Record<string, number>>;
  /** Of the fracture on this image; null where it was missed, or there is none. */
  readonly boxIou: number | null;
}

export interface TrainingCurve {
  /** What was trained, on how much. */
  readonly description: string;
  readonly points: readonly { readonly step: number; readonly loss: number }[];
}
