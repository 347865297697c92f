/** What a study found, in the words that checklists ask for. */
import type { ReportContent, ReportedTest } from "../content.ts";
import { casesAnchor, testAnchor } from "../links.ts";
import { type Evidence, ends, RESULTS, share } from "./evidence-words.ts";

export function robustness({ tests }: ReportContent): Evidence | null {
  if (tests.length < 2) return null;
  return {
    text: tests
      .map((test) => `${test.name}: accuracy ${share(test.evaluation.classification.accuracy)}`)
      .join("; "),
    where: RESULTS,
  };
}

export function caseLevel({ tests, gallery }: ReportContent): Evidence | null {
  const test = tests.at(0);
  if (test === undefined || gallery.length === 0) return null;
  return {
    text: "Outlines of every finding beside the annotators', by patient, with the class's probabilities.",
    where: { anchor: "gallery-1", title: gallery[0].title },
  };
}

export function internalResult({ tests }: ReportContent): Evidence | null {
  return resultOf(tests.find(({ published }) => published?.startsWith("internal") === true));
}

export function externalResult({ tests }: ReportContent): Evidence | null {
  return resultOf(tests.find(({ published }) => published?.startsWith("external") === true));
}

export function performance({ tests }: ReportContent): Evidence | null {
  return resultOf(tests.at(0));
}

function resultOf(test: ReportedTest | undefined): Evidence | null {
  if (test === undefined) return null;
  const { classification, localization } = test.evaluation;
  const { auc } = classification.fracture;
  const area =
    auc === null ? "" : `, AUC for a fracture ${auc.auc.toFixed(2)}${ends(auc.interval)}`;
  const median = localization.maskIou.missedAsZero.median;
  const mask =
    median === null ? "" : `, median mask IoU ${median.toFixed(2)} with missed fractures as 0`;
  return {
    text: `${test.name}: accuracy ${share(classification.accuracy)}${area}${mask}.`,
    where: { anchor: testAnchor(test.id), title: test.name },
  };
}

export function failures({ tests }: ReportContent): Evidence | null {
  const test = tests.at(0);
  if (test === undefined) return null;
  const { accuracy } = test.evaluation.classification;
  const missed = test.evaluation.fractures.filter(({ found }) => found === null).length;
  return {
    text: `${test.name}: ${accuracy.total - accuracy.count} patients in a wrong class and ${missed} fractures missed, each listed, with a gallery of wrong cases.`,
    where: { anchor: casesAnchor(test.id), title: "The cases behind the figures" },
  };
}

export function comparator({ tests }: ReportContent): Evidence | null {
  const test = tests.at(0);
  const readers = test?.people?.readers ?? [];
  if (test === undefined || readers.length === 0) return null;
  return {
    text: `${readers.length} readers on the same patients, each alone: ${readers.map(({ name, accuracy }) => `${name} ${share(accuracy)}`).join("; ")}.`,
    where: { anchor: testAnchor(test.id), title: test.name },
  };
}

export function calibration({ tests }: ReportContent): Evidence | null {
  const known = tests.flatMap(({ id, name, analyses }) => {
    const fitted = analyses?.calibration?.fitted;
    if (fitted === undefined || fitted.brier.value === null) return [];
    const { value, interval } = fitted.brier;
    return [{ id, name, brier: `Brier score ${value.toFixed(2)}${ends(interval)}` }];
  });
  const test = known.at(0);
  if (test === undefined) return null;
  return {
    text: `Discrimination (AUC), calibration (reliability curve, class-wise error, ${test.brier}) and utility (decision curve), of ${test.name}.`,
    where: { anchor: testAnchor(test.id), title: test.name },
  };
}

export function utility({ tests }: ReportContent): Evidence | null {
  const test = tests.find(({ analyses }) => analyses !== null && analyses.decisionCurve !== null);
  const middle = test?.analyses?.decisionCurve?.find(({ threshold }) => threshold >= 0.5);
  if (test === undefined || middle === undefined || middle.gain.value === null) return null;
  return {
    text: `Net benefit of treating by the detector, less that of the better of treating everybody and nobody, at a threshold of ${middle.threshold.toFixed(2)}: ${middle.gain.value.toFixed(2)}${ends(middle.gain.interval)}; decision curve over all thresholds.`,
    where: { anchor: testAnchor(test.id), title: test.name },
  };
}

export function groups({ tests }: ReportContent): Evidence | null {
  const test = tests.find(({ analyses }) => analyses !== null && analyses.subgroups.length > 0);
  if (test === undefined || test.analyses === null) return null;
  const attributes = new Set(test.analyses.subgroups.map(({ attribute }) => attribute));
  return {
    text: `Accuracy, sensitivity, specificity and AUC by ${[...attributes].join(", ").toLowerCase()}, with intervals, and gaps of equalised odds.`,
    where: { anchor: testAnchor(test.id), title: test.name },
  };
}
