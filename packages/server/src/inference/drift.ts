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

const DAY_MS = 86_400_000;
const RECENT_DAYS = 7;

const comparedSchema = z.strictObject({
  before: z.int(),
  recent: z.int(),
  /** Kolmogorov and Smirnov's; null where one side has fewer than 20. */
  distance: z.number().nullable(),
  p: z.number().nullable(),
});

export const driftSchema = z.strictObject({
  recentDays: z.number(),
  /** Of a fracture, of each study: its probability, or the best score of a detector without a decision. */
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
});

export function driftOf(studies: readonly LiveStudy[], now: number): z.infer<typeof driftSchema> {
  const isRecent = ({ receivedAt }: LiveStudy) =>
    now - Date.parse(receivedAt) <= RECENT_DAYS * DAY_MS;
  const sides = [studies.filter((one) => !isRecent(one)), studies.filter(isRecent)];
  const compare = (valuesOf: (result: LiveResult) => readonly number[]) => {
    const [before, recent] = sides.map((side) =>
      side.flatMap(({ result }) => (result === null ? [] : valuesOf(result))),
    );
    return compared(before, recent, kolmogorovSmirnov(before, recent));
  };
  const [before, recent] = sides.map(refusedIn);
  return {
    recentDays: RECENT_DAYS,
    fracture: compare((result) => [fractureScore(result)]),
    radiographs: compare(({ predictions }) => [predictions.length]),
    size: compare(({ predictions }) =>
      predictions.map(({ width, height }) => Math.max(width, height)),
    ),
    refused: {
      before: proportionOf(before.count, before.total),
      recent: proportionOf(recent.count, recent.total),
      p: shareDifference(recent, before).exactP,
    },
  };
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
