/**
 * What people reach on a test's patients, beside the detector: readers by their blind first readings,
 * annotators by how far two of them overlap.
 *
 * It says nothing of who is better: readers whose readings made the truth agree with it the more for
 * that, which `independent` tells.
 */
import type { Estimate, Proportion } from "@malleolus/schema";
import { type BootstrapOptions, bootstrap } from "../bootstrap.ts";
import { proportionOf } from "../proportion.ts";
import { medianOf } from "../summary.ts";

export interface PeopleOnTest {
  readonly readers: readonly ReaderResult[];
  /** Two annotators' masks of the same fracture; null where none was drawn twice. */
  readonly annotators: AnnotatorsOnTest | null;
  /** By patient: how many first readings named the true class, of those that there are. */
  readonly agreement: Readonly<Record<string, ReadingsRight>>;
}

export interface ReadingsRight {
  readonly agreeing: number;
  readonly readings: number;
  /** Classes and codes, in the order of the readers. */
  readonly said: readonly string[];
}

export interface ReaderResult {
  readonly name: string;
  /** Whether the truth was set without this reader. */
  readonly independent: boolean;
  /** Of the patients whom this reader put into a class. */
  readonly accuracy: Proportion;
  /** Fracture against none. */
  readonly sensitivity: Proportion;
  readonly specificity: Proportion;
  /** All of these are of. */
  readonly readings: readonly Reading[];
}

export interface AnnotatorsOnTest {
  readonly fractures: number;
  /** Of the masks' overlaps, with an interval over patients; a fracture that one did not draw counts 0. */
  readonly medianIou: Estimate;
  /** Of the drawn by both. */
  readonly outlinedByBoth: Proportion;
}

export interface Reading {
  readonly patient: string;
  /** The patient's class. */
  readonly truth: string;
  /** The class that the reader gave, and from 1 (possible) to 5 (certain) how surely; null if unasked. */
  readonly said: string;
  readonly certainty: number | null;
}

export function readerResult(
  name: string,
  independent: boolean,
  readings: readonly Reading[],
  noFractureClass: string,
): ReaderResult {
  const sound = readings.filter(({ truth }) => truth === noFractureClass);
  const broken = readings.filter(({ truth }) => truth !== noFractureClass);
  const share = (some: readonly Reading[], right: (one: Reading) => boolean) =>
    proportionOf(some.filter(right).length, some.length);
  return {
    name,
    independent,
    accuracy: share(readings, ({ truth, said }) => truth === said),
    sensitivity: share(broken, ({ said }) => said !== noFractureClass),
    specificity: share(sound, ({ said }) => said === noFractureClass),
    readings,
  };
}

/** Null without a fracture. */
export function annotatorsOnTest(
  overlaps: readonly { readonly patient: string; readonly iou: number }[],
  options: BootstrapOptions,
): AnnotatorsOnTest | null {
  if (overlaps.length === 0) return null;
  const byPatient = [...Map.groupBy(overlaps, ({ patient }) => patient).values()];
  const [medianIou] = bootstrap(
    byPatient,
    (sample) => [medianOf(sample.flat().map(({ iou }) => iou))],
    options,
  );
  return {
    fractures: overlaps.length,
    medianIou,
    outlinedByBoth: proportionOf(overlaps.filter(({ iou }) => iou > 0).length, overlaps.length),
  };
}
