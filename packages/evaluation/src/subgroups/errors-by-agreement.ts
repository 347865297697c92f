/**
 * Does the model err on the cases on which people disagree? The paper remarks that both struggle with
 * the same ones; here it is counted and tested.
 *
 * Cases are ordered by how many of their readers said what most of them said. Two tests: of the
 * difference between cases on which all agreed and all others, and of the trend over the shares.
 */
import type { Proportion } from "@malleolus/schema";
import { type ShareDifference, shareDifference } from "../comparison/fisher-exact.ts";
import { type Trend, trendOf } from "../comparison/trend.ts";
import { EvaluationError } from "../errors.ts";
import { proportionOf } from "../proportion.ts";

export interface ReadCase {
  /** Of its first readings, at least two. */
  readonly readings: readonly string[];
  readonly modelIsRight: boolean;
}

export interface ErrorsByAgreement {
  readonly cases: number;
  /** From the least agreement to all of the readers. */
  readonly levels: readonly { readonly agreement: number; readonly errors: Proportion }[];
  readonly disagreed: Proportion;
  readonly unanimous: Proportion;
  /** Errors where they disagreed, less those where they agreed. */
  readonly difference: ShareDifference;
  /** Below 0 where errors become fewer as agreement grows. */
  readonly trend: Trend;
}

/** @throws EvaluationError `input` for a case with fewer than two readings. */
export function errorsByAgreement(cases: readonly ReadCase[]): ErrorsByAgreement {
  const alone = cases.findIndex(({ readings }) => readings.length < 2);
  if (alone >= 0) {
    throw new EvaluationError(
      "input",
      `errorsByAgreement: expected at least two readings of every case, got ` +
        `${cases[alone].readings.length} of case ${alone}`,
    );
  }
  const groups = [...Map.groupBy(cases, ({ readings }) => agreementOf(readings))]
    .map(([agreement, own]) => ({ agreement, errors: errorsOf(own) }))
    .toSorted((a, b) => a.agreement - b.agreement);
  const disagreed = errorsOf(cases.filter(({ readings }) => agreementOf(readings) < 1));
  const unanimous = errorsOf(cases.filter(({ readings }) => agreementOf(readings) === 1));
  return {
    cases: cases.length,
    levels: groups,
    disagreed,
    unanimous,
    difference: shareDifference(disagreed, unanimous),
    trend: trendOf(
      groups.map(({ agreement, errors: { count, total } }) => ({ score: agreement, count, total })),
    ),
  };
}

function errorsOf(cases: readonly ReadCase[]): Proportion {
  return proportionOf(cases.filter(({ modelIsRight }) => !modelIsRight).length, cases.length);
}

/** The share of readers who said what most said. */
export function agreementOf(readings: readonly string[]): number {
  const counts = [...Map.groupBy(readings, (reading) => reading).values()];
  return Math.max(...counts.map((own) => own.length)) / readings.length;
}
