/**
 * How far observers agree with each other and with themselves, from their first and independent
 * readings, before anybody adjudicates.
 *
 * A reading is a grade (a class of the protocol) or an exclusion. Exclusions have no place in the order
 * of the grades: measures that weigh by the order take the cases to which both gave a grade.
 */
import { type ChanceCorrected, chanceCorrected, type Readings } from "./chance-corrected.ts";
import { cohenKappaOf } from "./cohen-kappa.ts";
import { fleissOf } from "./fleiss.ts";
import { krippendorffAlpha } from "./krippendorff-alpha.ts";

export interface ObserverAgreement {
  readonly readers: readonly string[];
  readonly cases: number;
  /** Of all readings, whoever is missing. */
  readonly alpha: ChanceCorrected;
  /** Of the grades alone, by their order. */
  readonly ordinalAlpha: ChanceCorrected;
  /** Of all readings, over the cases that everyone has read; null for fewer than two readers. */
  readonly fleiss: ChanceCorrected | null;
  readonly pairs: readonly ObserverPair[];
  /** This or not this: of every grade and every exclusion that anyone has given. */
  readonly categories: readonly CategoryAgreement[];
}

export interface ObserverPair {
  readonly readers: readonly [string, string];
  readonly kappa: ChanceCorrected;
  /** Of the grades alone. */
  readonly linearKappa: ChanceCorrected;
  readonly quadraticKappa: ChanceCorrected;
}

export interface CategoryAgreement {
  readonly category: string;
  readonly isExclusion: boolean;
  /** Cases on which at least one reader said so. */
  readonly mentioned: number;
  readonly alpha: ChanceCorrected;
}

/** Readings of one case by one reader, with time between them and unknown to the reader. */
export interface Repeat {
  readonly reader: string;
  readonly first: string;
  readonly second: string;
}

export interface IntraObserver {
  readonly reader: string;
  readonly kappa: ChanceCorrected;
}

/**
 * `cases` holds a row a case, in it one reading a reader. `grades` are in their order.
 *
 * @throws EvaluationError `input` for a reading that is neither grade nor exclusion.
 */
export function observerAgreement(
  readers: readonly string[],
  cases: readonly Readings[],
  grades: readonly string[],
  exclusions: readonly string[],
): ObserverAgreement {
  const all = [...grades, ...exclusions];
  const graded = cases.map((row) =>
    row.map((reading) => (reading !== null && grades.includes(reading) ? reading : null)),
  );
  const pairOf = (rows: readonly Readings[], first: number, second: number) =>
    rows.map((row) => [row[first], row[second]]);
  const said = new Set(cases.flat());
  return {
    readers,
    cases: cases.length,
    alpha: krippendorffAlpha(cases, all, "nominal"),
    ordinalAlpha: krippendorffAlpha(graded, grades, "ordinal"),
    fleiss: readers.length < 2 ? null : chanceCorrected(cases, fleissOf),
    pairs: readers.flatMap((name, first) =>
      readers.slice(first + 1).map((other, rest): ObserverPair => {
        const second = first + 1 + rest;
        const ordered = pairOf(graded, first, second);
        return {
          readers: [name, other],
          kappa: cohenKappaOf(pairOf(cases, first, second), all),
          linearKappa: cohenKappaOf(ordered, grades, "linear"),
          quadraticKappa: cohenKappaOf(ordered, grades, "quadratic"),
        };
      }),
    ),
    categories: all
      .filter((category) => said.has(category))
      .map((category) => ({
        category,
        isExclusion: !grades.includes(category),
        mentioned: cases.filter((row) => row.includes(category)).length,
        alpha: krippendorffAlpha(
          cases.map((row) => row.map((one) => (one === null ? null : `${one === category}`))),
          ["true", "false"],
          "nominal",
        ),
      })),
  };
}

/**
 * Of every reader who has read something twice, in the order in which they come, the agreement with
 * themselves: Cohen's kappa, over `categories`.
 *
 * @throws EvaluationError `input` for a reading that is none of the categories.
 */
export function intraObserverAgreement(
  repeats: readonly Repeat[],
  categories: readonly string[],
): IntraObserver[] {
  return [...Map.groupBy(repeats, ({ reader }) => reader)].map(([reader, own]) => ({
    reader,
    kappa: cohenKappaOf(
      own.map(({ first, second }) => [first, second]),
      categories,
    ),
  }));
}
