/** The agreement of readers, from their first readings. */
import type { Estimate, Proportion } from "@malleolus/schema";
import { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
import { cohenKappa, confusionOf } from "./confusion.ts";
import { EvaluationError } from "./errors.ts";
import { proportionOf } from "./proportion.ts";

/** What one reader after the other said of a case; null where one said nothing. */
export type Ratings = readonly (string | null)[];

export interface ReaderPair {
  readonly readers: readonly [string, string];
  /** Cases of the same decision, of all cases that both read. */
  readonly agreement: Proportion;
  /** Null where chance alone agrees always. */
  readonly cohenKappa: number | null;
  /** Of the bootstrap over cases. */
  readonly kappaInterval: Estimate["interval"];
}

export interface ReaderAgreement {
  readonly readers: readonly string[];
  readonly categories: readonly string[];
  readonly cases: number;
  /** Cases of one decision, of all cases that all read. */
  readonly unanimous: Proportion;
  /** Over the cases that all read, with an interval over cases; null for fewer than two readers. */
  readonly fleissKappa: Estimate;
  readonly pairs: readonly ReaderPair[];
}

/** `cases` holds a row a case, in it one rating a reader in the order of `readers`. */
export function readerAgreement(
  readers: readonly string[],
  cases: readonly Ratings[],
  options: BootstrapOptions,
): ReaderAgreement {
  const complete = cases.flatMap((row) => {
    const said = row.filter((rating) => rating !== null);
    return said.length === readers.length ? [said] : [];
  });
  const categories = [...new Set(cases.flat().filter((rating) => rating !== null))].toSorted();
  const [kappa] = bootstrap(complete, (sample) => [fleissKappa(sample)], options);
  return {
    readers,
    categories,
    cases: cases.length,
    unanimous: proportionOf(
      complete.filter((row) => row.every((rating) => rating === row[0])).length,
      complete.length,
    ),
    fleissKappa: kappa,
    pairs: readers.flatMap((_, first) =>
      readers.slice(first + 1).map((_, rest) => {
        return pairAgreement(readers, cases, categories, first, first + 1 + rest, options);
      }),
    ),
  };
}

/**
 * Agreement of several readers beyond chance (Fleiss 1971), every row with as many ratings. Null
 * without rows, for fewer than two readers, and where chance alone agrees always.
 *
 * @throws EvaluationError `input` for rows of unlike length.
 */
export function fleissKappa(rows: readonly (readonly string[])[]): number | null {
  const readers = rows[0]?.length ?? 0;
  const uneven = rows.findIndex((row) => row.length !== readers);
  if (uneven >= 0) {
    throw new EvaluationError(
      "input",
      `fleissKappa: expected ${readers} ratings in every row, got ${rows[uneven].length} in row ${uneven}`,
    );
  }
  if (readers < 2) return null;
  const totals = new Map<string, number>();
  let observed = 0;
  for (const row of rows) {
    const counts = new Map<string, number>();
    for (const rating of row) {
      counts.set(rating, (counts.get(rating) ?? 0) + 1);
      totals.set(rating, (totals.get(rating) ?? 0) + 1);
    }
    const agreeing = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
    observed += agreeing / (readers * (readers - 1)) / rows.length;
  }
  const ratings = rows.length * readers;
  const expected = [...totals.values()].reduce((sum, count) => sum + (count / ratings) ** 2, 0);
  return totals.size === 1 ? null : (observed - expected) / (1 - expected);
}

function pairAgreement(
  readers: readonly string[],
  cases: readonly Ratings[],
  categories: readonly string[],
  first: number,
  second: number,
  options: BootstrapOptions,
): ReaderPair {
  const both = cases.flatMap((row) => {
    const [truth, predicted] = [row[first], row[second]];
    return truth === null || predicted === null ? [] : [{ truth, predicted }];
  });
  const same = both.filter(({ truth, predicted }) => truth === predicted).length;
  const [kappa] = bootstrap(
    both,
    (sample) => [cohenKappa(confusionOf(sample, categories))],
    options,
  );
  return {
    readers: [readers[first], readers[second]],
    agreement: proportionOf(same, both.length),
    cohenKappa: kappa.value,
    kappaInterval: kappa.interval,
  };
}
