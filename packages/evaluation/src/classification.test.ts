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

test("classify: without patients of a class there is no mean, with one class alone no correlation", () => {
  const [first] = cases;
  const outcomes = outcomesOf(first).filter(({ truth }) => truth !== "weber-a");
  assert.equal(classify(outcomes, classes, "none", options).meanAuc.value, null);
  const alone = outcomes.filter(({ truth }) => truth === "none");
  assert.equal(classify(alone, classes, "none", options).matthews.value, null);
});
