/** Figures that had to be reached, set before anything was measured. */
import { groupKeys } from "./case-groups.ts";
import { casesAnchor, fracturesAnchor, groupAnchor } from "./links.ts";

/**
 * The figure itself must reach the limit, and its 95 % interval must exclude what would be no use: a
 * test of a few tens of patients reaches many a limit by luck.
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
  /** The place in the page that lists the cases behind the figure. */
  readonly anchor: string;
}

/** Where the page lists the cases behind a test's figures that may have a threshold. */
export function figureAnchors(test: string) {
  const group = (key: string) => groupAnchor(test, key);
  return {
    accuracy: group(groupKeys.accuracy),
    sensitivity: group(groupKeys.measure("sensitivity", "fracture")),
    auc: casesAnchor(test),
    boxIou: fracturesAnchor(test),
    falsePositiveRadiographs: group(groupKeys.falsePositivePatients),
  } as const;
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
