/** The lines of the long table that are not of a test's main figures: what `analyses-of-test.ts` adds to them. */
import type { Calibration } from "../calibration/calibration.ts";
import type { ReportedTest } from "./content.ts";
import { estimateRow, type Row, shareRow, valueRow } from "./csv-rows.ts";
import type { AreasBeside } from "./readers-beside.ts";
import { UNKNOWN } from "./set-description.ts";

export function analysesRows({ id, evaluation, analyses, levels }: ReportedTest): Row[] {
  const points = evaluation.operatingPoints.flatMap(({ chosen, sensitivity, specificity }) => {
    const row = `${chosen.wanted.atLeast} ${chosen.wanted.share}`;
    return [
      valueRow(id, "operating points", row, "probability from", chosen.probability),
      shareRow(id, "operating points", row, "tuning: sensitivity", chosen.sensitivity),
      shareRow(id, "operating points", row, "tuning: specificity", chosen.specificity),
      shareRow(id, "operating points", row, "sensitivity", sensitivity),
      shareRow(id, "operating points", row, "specificity", specificity),
    ];
  });
  const byMillimetres =
    levels === null
      ? []
      : [
          shareRow(id, "millimetres", "all", "right by millimetres", levels.geometry),
          shareRow(id, "millimetres", "all", "right by the network", levels.network),
          estimateRow(id, "millimetres", "all", "kappa", levels.comparison.agreement),
        ];
  if (analyses === null) return [...points, ...byMillimetres];
  const { calibration, decisionCurve, subgroups, radiographs, oddsGaps } = analyses;
  const { errorsByAgreement, readers } = analyses;
  return [
    ...points,
    ...byMillimetres,
    ...(calibration === null
      ? []
      : [
          ...calibrationRows(id, "fitted", calibration.fitted),
          ...(calibration.scores === null ? [] : calibrationRows(id, "scores", calibration.scores)),
        ]),
    ...(decisionCurve ?? []).flatMap(({ threshold, model, everybody }) => [
      estimateRow(id, "net benefit", `${threshold}`, "by the detector", model),
      estimateRow(id, "net benefit", `${threshold}`, "treat everybody", everybody),
    ]),
    ...[...subgroups, ...radiographs].flatMap(
      ({ attribute, value, accuracy, sensitivity, specificity, auc }, i) => {
        const row = `${attribute}: ${value ?? UNKNOWN}`;
        const table = i < subgroups.length ? "groups" : "radiographs alone";
        return [
          shareRow(id, table, row, "accuracy", accuracy),
          shareRow(id, table, row, "sensitivity", sensitivity),
          shareRow(id, table, row, "specificity", specificity),
          estimateRow(id, table, row, "AUC", areaOf(auc)),
        ];
      },
    ),
    ...oddsGaps.flatMap(({ attribute, ...rates }) =>
      (["truePositiveRate", "falsePositiveRate"] as const).flatMap((rate) => {
        const { gap, byChance, p } = rates[rate];
        const words = rate === "truePositiveRate" ? "true positives" : "false positives";
        return [
          valueRow(id, "equalised odds", attribute, `${words}: gap`, gap),
          valueRow(id, "equalised odds", attribute, `${words}: by chance`, byChance),
          valueRow(id, "equalised odds", attribute, `${words}: p`, p),
        ];
      }),
    ),
    ...(errorsByAgreement === null
      ? []
      : [
          shareRow(id, "errors", "readers differed", "wrong", errorsByAgreement.disagreed),
          shareRow(id, "errors", "readers agreed", "wrong", errorsByAgreement.unanimous),
        ]),
    ...(readers?.readers ?? []).flatMap(({ name, detector, right }) => [
      shareRow(id, "readers beside", name, "detector's accuracy", detector),
      valueRow(id, "readers beside", name, "McNemar's exact p", right.exactP),
    ]),
    ...(readers === null || readers.areas === null ? [] : areaRows(id, readers.areas)),
  ];
}

function calibrationRows(id: string, row: string, calibration: Calibration): Row[] {
  const { brier, logLoss, classWiseError, recalibration } = calibration;
  return [
    estimateRow(id, "calibration", row, "class-wise error", classWiseError),
    estimateRow(id, "calibration", row, "Brier", brier),
    estimateRow(id, "calibration", row, "log loss", logLoss),
    estimateRow(id, "calibration", row, "intercept", recalibration.intercept),
    estimateRow(id, "calibration", row, "slope", recalibration.slope),
  ];
}

function areaRows(id: string, areas: AreasBeside): Row[] {
  const { names, readers, detector, readersMean, difference, p } = areas;
  return [
    estimateRow(id, "reader study", "detector", "AUC", areaOf(detector)),
    ...readers.map((auc, i) => estimateRow(id, "reader study", names[i], "AUC", areaOf(auc))),
    estimateRow(id, "reader study", "readers on average", "AUC", readersMean),
    estimateRow(id, "reader study", "detector less readers", "AUC", difference),
    valueRow(id, "reader study", "detector less readers", "p", p),
  ];
}

function areaOf(area: AreasBeside["detector"] | null) {
  return { value: area?.auc ?? null, interval: area?.interval ?? null };
}
