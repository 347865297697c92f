import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { classify, type PatientOutcome } from "./classification.ts";

interface Golden {
  classes: string[];
  cases: {
    truth: string[];
    predicted: string[];
    scores: number[][];
    expected: {
      f1: number[];
      mcc: number[];
      macroF1: number;
      matthews: number;
      balancedAccuracy: number;
      macroAuc: number;
    };
  }[];
}
// Written by tools/golden/classification_measures.py.
const { classes, cases }: Golden = JSON.parse(
  readFileSync(new URL("./golden/classification.json", import.meta.url), "utf8"),
);
const options = { seed: 1, resamples: 200 };

function outcomesOf({ truth, predicted, scores }: Golden["cases"][number]): PatientOutcome[] {
  return truth.map((name, i) => ({
    patient: `${i}`,
    truth: name,
    ambiguous: null,
    prediction: {
      class: predicted[i],
      undecided: null,
      scores: Object.fromEntries(classes.map((one, place) => [one, scores[i][place]])),
      fractureScore: 0,
    },
  }));
}

function assertNear(actual: number | null, expected: number, what: string): void {
  const near = actual !== null && Math.abs(actual - expected) < 1e-12;
  assert.ok(near, `${what}: expected ${expected}, got ${actual}`);
}

for (const [place, one] of cases.entries()) {
  test(`classify: scikit-learn's measures of classes and of all, case ${place}`, () => {
    const { expected } = one;
    const found = classify(outcomesOf(one), classes, "none", options);
    for (const [i, { f1, matthews }] of found.classes.entries()) {
      assertNear(f1, expected.f1[i], `F1 of ${classes[i]}`);
      // scikit-learn says 0 where a class is never predicted, which is no correlation at all.
      if (one.predicted.includes(classes[i])) {
        assertNear(matthews, expected.mcc[i], `Matthews of ${classes[i]}`);
      } else {
        assert.deepEqual([matthews, expected.mcc[i]], [null, 0]);
      }
    }
    const all = [
      [found.meanF1, expected.macroF1],
      [found.matthews, expected.matthews],
      [found.meanSensitivity, expected.balancedAccuracy],
      [found.meanAuc, expected.macroAuc],
    ] as const;
    for (const [{ value, interval }, figure] of all) {
      assertNear(value, figure, "of all classes");
      assert.ok(interval !== null && interval[0] < figure && figure < interval[1]);
    }
  });
}

test("classify: each class's area, curve and number are those of the class against all others", () => {
  for (const one of cases) {
    const found = classify(outcomesOf(one), classes, "none", options);
    for (const [i, { auc, roc, patients }] of found.classes.entries()) {
      const [own, others] = [true, false].map((is) =>
        one.scores.flatMap((row, j) => ((one.truth[j] === classes[i]) === is ? [row[i]] : [])),
      );
      // Every pair of a patient of the class and one of another, a tie as half.
      const wins = own.flatMap((a) => others.map((b): number => (a > b ? 1 : a === b ? 0.5 : 0)));
      const area = wins.reduce((sum, win) => sum + win, 0) / wins.length;
      assertNear(auc?.auc ?? null, area, classes[i]);
      assert.equal(patients, own.length);
      assert.deepEqual(roc?.[0], { threshold: null, falsePositiveRate: 0, truePositiveRate: 0 });
      // Of the highest score, as many of both kinds as have it.
      const highest = Math.max(...own, ...others);
      const share = (some: readonly number[]) =>
        some.filter((score) => score === highest).length / some.length;
      assert.deepEqual(roc?.[1], {
        threshold: highest,
        falsePositiveRate: share(others),
        truePositiveRate: share(own),
      });
    }
  }
});

test("classify: a fracture against none goes by the fracture's score", () => {
  const outcome = (truth: string, fractureScore: number): PatientOutcome => ({
    patient: `${truth} ${fractureScore}`,
    truth,
    ambiguous: null,
    prediction: {
      class: fractureScore > 0 ? "weber-a" : "none",
      undecided: fractureScore === 0 ? "tie" : null,
      scores: Object.fromEntries(classes.map((name) => [name, 0])),
      fractureScore,
    },
  });
  const { fracture, undecided, patients } = classify(
    [outcome("weber-a", 2), outcome("weber-b", -1), outcome("none", 1), outcome("none", 0)],
    classes,
    "none",
    options,
  );
  // 2 stands above both, -1 below both.
  assert.equal(fracture.auc?.auc, 0.5);
  assert.deepEqual([fracture.patients, patients, undecided.tie], [2, 4, 1]);
  assert.deepEqual([fracture.sensitivity.count, fracture.specificity.count], [1, 1]);
});

test("classify: without patients of a class there is no mean, with one class alone no correlation", () => {
  const [first] = cases;
  const outcomes = outcomesOf(first).filter(({ truth }) => truth !== "weber-a");
  assert.equal(classify(outcomes, classes, "none", options).meanAuc.value, null);
  const alone = outcomes.filter(({ truth }) => truth === "none");
  assert.equal(classify(alone, classes, "none", options).matthews.value, null);
});
