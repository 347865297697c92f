/** What the figures of a test draw, for the page and for the files beside it. */
import type { Auc } from "@malleolus/schema";
import { type RocBandPoint, rocBand } from "../roc-band.ts";
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
  const { classification, outcomes, settings } = evaluation;
  const all = [
    { label: "Any fracture", ...classification.fracture },
    ...classification.classes.map((one) => ({ label: name(one.class), ...one })),
  ];
  const lines = all.flatMap(({ label, roc, auc }) =>
    roc === null ? [] : [{ name: label, points: roc, auc }],
  );
  const band = rocBand(
    outcomes.map(({ prediction }) => prediction.fractureScore),
    outcomes.map(({ truth }) => truth !== settings.noFractureClass),
    settings,
  );
  const readers = (people?.readers ?? []).flatMap(({ sensitivity, specificity }) =>
    sensitivity.share === null || specificity.share === null
      ? []
      : [{ falsePositiveRate: 1 - specificity.share, truePositiveRate: sensitivity.share }],
  );
  return { lines, band, readers };
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
