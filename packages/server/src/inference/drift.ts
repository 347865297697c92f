/**
 * Whether what comes and what is said of it changes: the studies of the last days against those before them. It tells
 * that something changed, a detector, a device or the patients, and not what.
 */
import {
  kolmogorovSmirnov,
  proportionOf,
  type SampleDistance,
  shareDifference,
} from "@malleolus/evaluation";
import { proportionSchema } from "@malleolus/schema";
import { z } from "zod";
import type { LiveResult, LiveStudy } from "./inbox/live-study.ts";
import { isKeptApart } from "./silent-study.ts";

const DAY_MS = 86_400_000;
const RECENT_DAYS = 7;
/** Of the series, back from now; what is kept longer is not in it. */
const MOST_WEEKS = 13;
/** Below it a week's figures would be single patients'. */
const LEAST_OF_WEEK = 20;

const comparedSchema = z.strictObject({
  before: z.int(),
  recent: z.int(),
  /** Kolmogorov and Smirnov's; null where one side has fewer than 20. */
  distance: z.number().nullable(),
  p: z.number().nullable(),
});

const quartilesSchema = z.tuple([z.number(), z.number(), z.number()]).nullable();

const weekSchema = z.strictObject({
  /** Its first moment; the last week ends now. */
  from: z.string(),
  studies: z.int(),
  refused: z.int(),
  /** Of the studies with a result, lower quartile, median and upper quartile; null below twenty of them. `fracture` without those kept apart. */
  fracture: quartilesSchema,
  size: quartilesSchema,
});
export type DriftWeek = z.infer<typeof weekSchema>;

export const driftSchema = z.strictObject({
  recentDays: z.number(),
  /**
   * Of a fracture, of each study: its probability, or the best score of a detector without a decision. What is kept apart
   * is left out: whoever asks before and after a study could tell what was said of it.
   */
  fracture: comparedSchema,
  /** Radiographs that were looked at, of each study. */
  radiographs: comparedSchema,
  /** Longer side in pixels, of each radiograph. */
  size: comparedSchema,
  /** Of studies that were looked at, or refused, those refused; with Fisher's p. */
  refused: z.strictObject({
    before: proportionSchema,
    recent: proportionSchema,
    p: z.number(),
  }),
  /** The oldest first; no week before the first study. */
  weeks: z.array(weekSchema),
});
export type Drift = z.infer<typeof driftSchema>;

export function driftOf(studies: readonly LiveStudy[], now: number): Drift {
  const isRecent = ({ receivedAt }: LiveStudy) =>
    now - Date.parse(receivedAt) <= RECENT_DAYS * DAY_MS;
  const sides = [studies.filter((one) => !isRecent(one)), studies.filter(isRecent)];
  const compare = (
    valuesOf: (result: LiveResult) => readonly number[],
    isAsked: (study: LiveStudy) => boolean = () => true,
  ) => {
    const [before, recent] = sides.map((side) =>
      resultsOf(side.filter(isAsked)).flatMap((result) => valuesOf(result)),
    );
    return compared(before, recent, kolmogorovSmirnov(before, recent));
  };
  const [before, recent] = sides.map(refusedIn);
  return {
    recentDays: RECENT_DAYS,
    fracture: compare(
      (result) => [fractureScore(result)],
      (study) => !isKeptApart(study),
    ),
    radiographs: compare(({ predictions }) => [predictions.length]),
    size: compare(sizes),
    refused: {
      before: proportionOf(before.count, before.total),
      recent: proportionOf(recent.count, recent.total),
      p: shareDifference(recent, before).exactP,
    },
    weeks: weeksOf(studies, now),
  };
}

function weeksOf(studies: readonly LiveStudy[], now: number): DriftWeek[] {
  const weekMs = RECENT_DAYS * DAY_MS;
  const weekOf = ({ receivedAt }: LiveStudy) =>
    Math.max(0, Math.ceil((now - Date.parse(receivedAt)) / weekMs) - 1);
  const byWeek = Map.groupBy(studies, weekOf);
  const count = Math.min(MOST_WEEKS, Math.max(0, ...[...byWeek.keys()].map((week) => week + 1)));
  return Array.from({ length: count }, (_, i) => {
    const ago = count - 1 - i;
    const own = byWeek.get(ago) ?? [];
    const results = resultsOf(own);
    const told = resultsOf(own.filter((study) => !isKeptApart(study)));
    return {
      from: new Date(now - (ago + 1) * weekMs).toISOString(),
      studies: own.length,
      refused: own.filter(({ state }) => state === "refused").length,
      fracture: told.length >= LEAST_OF_WEEK ? quartiles(told.map(fractureScore)) : null,
      size: results.length >= LEAST_OF_WEEK ? quartiles(results.flatMap(sizes)) : null,
    };
  });
}

function resultsOf(studies: readonly LiveStudy[]): LiveResult[] {
  return studies.flatMap(({ result }) => (result === null ? [] : [result]));
}

function sizes({ predictions }: LiveResult): number[] {
  return predictions.map(({ width, height }) => Math.max(width, height));
}

/** The nearest of the values each. */
function quartiles(values: readonly number[]): [number, number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  return [at(0.25), at(0.5), at(0.75)];
}

function compared(
  before: readonly number[],
  recent: readonly number[],
  result: SampleDistance | null,
): z.infer<typeof comparedSchema> {
  const { distance, p } = result ?? { distance: null, p: null };
  return { before: before.length, recent: recent.length, distance, p };
}

function refusedIn(studies: readonly LiveStudy[]) {
  const count = studies.filter(({ state }) => state === "refused").length;
  const looked = studies.filter(({ state, result }) => state !== "refused" && result !== null);
  return { count, total: count + looked.length };
}

function fractureScore({ answer, predictions }: LiveResult): number {
  if (answer !== null) return answer.fractureProbability;
  return Math.max(0, ...predictions.flatMap(({ findings }) => findings.map(({ score }) => score)));
}
