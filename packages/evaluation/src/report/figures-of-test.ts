/** What the figures of a test draw, for the page and for the files beside it. */
import type { Auc } from "@malleolus/schema";
import type { RocBandPoint } from "../roc-band.ts";
import type { TestAnalyses } from "./analyses-of-test.ts";
import type { ReportedTest } from "./content.ts";
import type { ForestKind } from "./figures/forest-figure.ts";
import type { ReaderPoint, RocLine } from "./figures/roc-figure.ts";

export interface RocContent {
  /** Any fracture against none first, then every class. */
  readonly lines: readonly (RocLine & { readonly auc: Auc | null })[];
  readonly band: readonly RocBandPoint[] | null;
  readonly readers: readonly ReaderPoint[];
}

export function rocContent(
  { evaluation, people }: ReportedTest,
  name: (id: string) => string,
): RocContent {
  const { classification, rocBand: band } = evaluation;
  const all = [
    { label: "Any fracture", ...classification.fracture },
    ...classification.classes.map((one) => ({ label: name(one.class), ...one })),
  ];
  const lines = all.flatMap(({ label, roc, auc }) =>
    roc === null ? [] : [{ name: label, points: roc, auc }],
  );
  return { lines, band, readers: readerPoints(people) };
}

/** Every reader alone, who has one point. */
export function readerPoints(people: ReportedTest["people"]): ReaderPoint[] {
  return (people?.readers ?? []).flatMap(({ sensitivity, specificity }) =>
    sensitivity.share === null || specificity.share === null
      ? []
      : [{ falsePositiveRate: 1 - specificity.share, truePositiveRate: sensitivity.share }],
  );
}

/** Accuracy of every group, by what it is a group of. */
export function forestKinds(
  { subgroups }: TestAnalyses,
  name: (id: string) => string,
): ForestKind[] {
  return [...Map.groupBy(subgroups, ({ attribute }) => attribute)].map(([attribute, rows]) => ({
    name: attribute,
    rows: rows.map(({ value, patients, accuracy }) => ({
      label: value === null ? "not stated" : name(value),
      count: patients,
      value: accuracy.share,
      interval: accuracy.interval,
    })),
  }));
}
