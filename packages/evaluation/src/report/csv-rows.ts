/** Lines of the long table of a report's figures. */
import type { Estimate, Proportion } from "@malleolus/schema";
import type { CsvCell } from "./csv.ts";

/** Test, table, row, measure, value, both ends of its interval, what was counted and of how many. */
export type Row = readonly CsvCell[];

export function shareRow(
  test: string,
  table: string,
  row: string,
  measure: string,
  { share, interval, count, total }: Proportion,
): Row {
  return [
    test,
    table,
    row,
    measure,
    share,
    interval?.[0] ?? null,
    interval?.[1] ?? null,
    count,
    total,
  ];
}

export function estimateRow(
  test: string,
  table: string,
  row: string,
  measure: string,
  { value, interval }: Estimate,
): Row {
  return [
    test,
    table,
    row,
    measure,
    value,
    interval?.[0] ?? null,
    interval?.[1] ?? null,
    null,
    null,
  ];
}

/** A figure without an interval. */
export function valueRow(
  test: string,
  table: string,
  row: string,
  measure: string,
  value: CsvCell,
): Row {
  return [test, table, row, measure, value, null, null, null, null];
}
