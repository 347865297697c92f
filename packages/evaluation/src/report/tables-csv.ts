/**
 * Every figure of a report as one long table, a figure a row: test, table, row, measure, value, both ends
 * of its interval, and where it is a share what was counted of how many. Cases stand in it, too.
 */
import type { ClassResult } from "../classification.ts";
import type { Localization } from "../localization.ts";
import { analysesRows } from "./analyses-csv.ts";
import type { ReportContent, ReportedTest } from "./content.ts";
import { csvLine } from "./csv.ts";
import { estimateRow, type Row, shareRow, valueRow } from "./csv-rows.ts";
import { OUTLINE_MEASURES, type OutlineMeasures } from "./outline-measures.ts";
import type { ReaderStudyResult } from "./reader-study-result.ts";

const HEAD = ["test", "table", "row", "measure", "value", "low", "high", "count", "total"];

export function tablesCsv(content: ReportContent): string {
  const rows = [
    ...content.tests.flatMap(testRows),
    ...content.readers.flatMap(({ name, agreement, intra, measurements }) => [
      ...measurements.flatMap(({ name: what, correlation, pairs }) => [
        estimateRow("", "measurements", what, "ICC(2,1)", correlation),
        ...pairs.flatMap(({ readers: [one, other], limits }) => [
          estimateRow("", "measurements", what, `${one} less ${other}`, limits.bias),
          estimateRow("", "measurements", what, `${one} less ${other}, lower`, limits.lowerLimit),
          estimateRow("", "measurements", what, `${one} less ${other}, upper`, limits.upperLimit),
        ]),
      ]),
      ...intra.map(({ reader, kappa }) =>
        estimateRow("", "readers", `${name}: ${reader} twice`, "Cohen's kappa", kappa),
      ),
      estimateRow("", "readers", name, "Fleiss' kappa", agreement.fleissKappa),
      shareRow("", "readers", name, "unanimous", agreement.unanimous),
      ...agreement.pairs.map(({ readers, cohenKappa, kappaInterval }) =>
        estimateRow("", "readers", `${name}: ${readers.join(" and ")}`, "Cohen's kappa", {
          value: cohenKappa,
          interval: kappaInterval,
        }),
      ),
    ]),
    ...(content.readerStudy === null ? [] : readerStudyRows(content.readerStudy)),
    ...content.sets.flatMap(({ name, patients, radiographs, ambiguous, age, ...groups }) => [
      countRow(name, "all", "patients", patients),
      countRow(name, "all", "radiographs", radiographs),
      countRow(name, "all", "readers differed", ambiguous),
      ...(age === null
        ? []
        : [["", "sets", name, "median age", age.median, ...age.quartiles, age.known, patients]]),
      ...(["classes", "sex", "hospitals", "machines", "views", "visibility"] as const).flatMap(
        (group) =>
          Object.entries(groups[group]).map(([key, count]) => countRow(name, group, key, count)),
      ),
    ]),
  ];
  return [HEAD, ...rows].map(csvLine).join("");
}

function testRows(test: ReportedTest): Row[] {
  const { id, evaluation, people, outlines } = test;
  const { classification, paperRule, localization, rules, falsePositives } = evaluation;
  const { classes, counts } = classification.confusion;
  return [
    ...counts.flatMap((row, truth) =>
      row.map((count, called): Row => {
        const total = row.reduce((sum, one) => sum + one, 0);
        return [
          id,
          "confusion",
          classes[truth],
          `called ${classes[called]}`,
          count,
          null,
          null,
          count,
          total,
        ];
      }),
    ),
    shareRow(id, "classes", "all", "accuracy", classification.accuracy),
    ...(
      ["kappa", "meanSensitivity", "meanSpecificity", "meanF1", "meanAuc", "matthews"] as const
    ).map((measure) => estimateRow(id, "classes", "all", measure, classification[measure])),
    ...classRows(id, "any fracture", classification.fracture),
    ...classification.classes.flatMap((one) => classRows(id, one.class, one)),
    shareRow(id, "paper's rule", "all", "accuracy", paperRule.accuracy),
    ...rules.flatMap(({ rule, accuracy, kappa, kappaInterval, fracture }) => [
      shareRow(id, "rules", rule, "accuracy", accuracy),
      estimateRow(id, "rules", rule, "kappa", { value: kappa, interval: kappaInterval }),
      aucRow(id, "rules", rule, fracture),
    ]),
    ...localizationRows(id, "all", localization),
    ...evaluation.localizationByClass.flatMap((one) => localizationRows(id, one.class, one)),
    ...evaluation.localizationByView.flatMap((one) =>
      localizationRows(id, `${one.view ?? "unknown"} view`, one),
    ),
    ...outlineRows(id, outlines),
    ...analysesRows(test),
    estimateRow(id, "false positives", "all", "a radiograph", falsePositives.perImage),
    shareRow(
      id,
      "false positives",
      "without fracture",
      "radiographs with one",
      evaluation.falsePositiveRadiographs,
    ),
    ...(people?.readers ?? []).flatMap(({ name, accuracy, sensitivity, specificity }) => [
      shareRow(id, "readers alone", name, "accuracy", accuracy),
      shareRow(id, "readers alone", name, "sensitivity", sensitivity),
      shareRow(id, "readers alone", name, "specificity", specificity),
    ]),
    ...evaluation.outcomes.flatMap(({ patient, truth, prediction }): Row[] => [
      [id, "patients", patient, "truth", truth, null, null, null, null],
      [id, "patients", patient, "called", prediction.class, null, null, null, null],
      ...Object.entries(prediction.scores).map(
        ([name, score]): Row => [
          id,
          "patients",
          patient,
          `score ${name}`,
          score,
          null,
          null,
          null,
          null,
        ],
      ),
    ]),
    ...evaluation.fractures.map(({ image, class: name, found }): Row => {
      const what = found === null ? `${name}, missed` : `${name}, mask IoU`;
      return [id, "fractures", image, what, found?.maskIou ?? 0, null, null, null, null];
    }),
  ];
}

function classRows(id: string, name: string, result: ClassResult): Row[] {
  return [
    ...(["sensitivity", "specificity", "ppv", "npv"] as const).map((measure) =>
      shareRow(id, "classes", name, measure, result[measure]),
    ),
    aucRow(id, "classes", name, result),
  ];
}

function aucRow(id: string, table: string, row: string, { auc }: ClassResult): Row {
  return estimateRow(id, table, row, "AUC", {
    value: auc?.auc ?? null,
    interval: auc?.interval ?? null,
  });
}

function localizationRows(id: string, row: string, one: Localization): Row[] {
  return [
    shareRow(id, "localization", row, "found", one.recall),
    ...(["boxIou", "maskIou"] as const).flatMap((key) =>
      (["matched", "missedAsZero"] as const).flatMap((which) => {
        const { mean, meanInterval, median, medianInterval } = one[key][which];
        const words = which === "matched" ? "of the found" : "missed as 0";
        return [
          estimateRow(id, "localization", row, `mean ${key}, ${words}`, {
            value: mean,
            interval: meanInterval,
          }),
          estimateRow(id, "localization", row, `median ${key}, ${words}`, {
            value: median,
            interval: medianInterval,
          }),
        ];
      }),
    ),
  ];
}

function outlineRows(id: string, outlines: OutlineMeasures | null): Row[] {
  if (outlines === null) return [];
  return (["found", "missedAsZero", "annotators"] as const).flatMap((which) => {
    const means = outlines[which];
    if (means === null) return [];
    return OUTLINE_MEASURES.map((measure) =>
      estimateRow(id, "outlines", which, `mean ${measure}`, means[measure]),
    );
  });
}

function readerStudyRows({ analysis, cases }: ReaderStudyResult): Row[] {
  const { conditions, readers, aucs } = analysis;
  const questions = {
    "other readers, other patients": analysis.randomReadersAndCases,
    "these readers, other patients": analysis.fixedReaders,
    "other readers, these patients": analysis.fixedCases,
  };
  const each = conditions.flatMap((condition, i) =>
    readers.map((reader, j) => ({ name: `${condition}, ${reader}`, i, j })),
  );
  return [
    ...each.map(({ name, i, j }) => valueRow("", "reader study", name, "AUC", aucs[i][j])),
    ...Object.entries(questions).flatMap(([question, { conditions: means, differences }]) => [
      ...means.map(({ condition, auc, interval }) =>
        estimateRow("", "reader study", condition, `AUC, ${question}`, { value: auc, interval }),
      ),
      ...differences.flatMap(({ first, second, difference, interval, p, holmP }) => [
        estimateRow("", "reader study", `${first} less ${second}`, `AUC, ${question}`, {
          value: difference,
          interval,
        }),
        valueRow("", "reader study", `${first} less ${second}`, `p, ${question}`, p),
        valueRow("", "reader study", `${first} less ${second}`, `p after Holm, ${question}`, holmP),
      ]),
    ]),
    ...cases.flatMap(({ patient, hasFracture, scores }) => [
      valueRow("", "readers' scores", patient, "truth", hasFracture ? "fracture" : "none"),
      ...each.map(({ name, i, j }) => valueRow("", "readers' scores", patient, name, scores[i][j])),
    ]),
  ];
}

function countRow(set: string, group: string, key: string, count: number): Row {
  return ["", "sets", set, `${group}: ${key}`, count, null, null, count, null];
}
