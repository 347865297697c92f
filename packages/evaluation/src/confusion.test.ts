import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  accuracyOf,
  againstOne,
  type Confusion,
  classMeans,
  classMeasures,
  cohenKappa,
  confusionOf,
} from "./confusion.ts";

const { kappa: golden } = JSON.parse(
  readFileSync(new URL("./golden/metrics.json", import.meta.url), "utf8"),
);

/** The easy internal test of the paper (Table 1): 25 patients a class. */
const paper: Confusion = {
  classes: ["weber-a", "weber-b", "weber-c", "none"],
  counts: [
    [19, 0, 0, 6],
    [2, 23, 0, 0],
    [0, 3, 22, 0],
    [0, 0, 0, 25],
  ],
};

const percent = (ends: readonly number[] | null) => ends?.map((end) => Math.round(end * 1000) / 10);

test("confusionOf and cohenKappa: scikit-learn's counts and kappa", () => {
  const pairs = golden.truth.map((truth: string, i: number) => ({
    truth,
    predicted: golden.predicted[i],
  }));
  const confusion = confusionOf(pairs, golden.classes);
  assert.deepEqual(confusion.counts, golden.counts);
  assert.ok(Math.abs((cohenKappa(confusion) ?? 0) - golden.kappa) < 1e-12);
});

test("accuracyOf: 89 of 100 with Wilson's interval", () => {
  const { share, interval } = accuracyOf(paper);
  assert.equal(share, 0.89);
  assert.deepEqual(percent(interval), [81.4, 93.7]);
});

test("classMeasures: by hand, each with its own denominator", () => {
  const { sensitivity, specificity, ppv, npv } = classMeasures(paper, "weber-b");
  assert.deepEqual([sensitivity.count, sensitivity.total], [23, 25]);
  assert.deepEqual([specificity.count, specificity.total], [72, 75]);
  assert.deepEqual([ppv.count, ppv.total], [23, 26]);
  assert.deepEqual([npv.count, npv.total], [72, 74]);
  assert.deepEqual(percent(classMeasures(paper, "weber-a").sensitivity.interval), [56.6, 88.5]);
});

test("againstOne: a fracture of another class is a fracture that was found", () => {
  const fracture = againstOne(paper, "none", "fracture");
  assert.deepEqual(fracture, {
    classes: ["fracture", "none"],
    counts: [
      [69, 6],
      [0, 25],
    ],
  });
  const { sensitivity } = classMeasures(fracture, "fracture");
  assert.deepEqual(percent(sensitivity.interval), [83.6, 96.3]);
});

test("cohenKappa: by hand on the paper's matrix, and null where chance agrees always", () => {
  // Observed 0.89; every class is 25 of 100 in truth, so chance agrees in 0.25.
  assert.ok(Math.abs((cohenKappa(paper) ?? 0) - 0.64 / 0.75) < 1e-12);
  assert.equal(
    cohenKappa({
      classes: ["a", "b"],
      counts: [
        [7, 0],
        [0, 0],
      ],
    }),
    null,
  );
  assert.equal(cohenKappa({ classes: ["a"], counts: [[0]] }), null);
});

test("confusionOf: a class that is none of them is refused by name", () => {
  const pairs = [{ truth: "a", predicted: "x" }];
  assert.throws(() => confusionOf(pairs, ["a", "b"]), /expected one of a, b, got "x"/);
});

test("classMeans: the means of what is said of each class, null where one has no figure", () => {
  const three = {
    classes: ["a", "b", "c"],
    counts: [
      [3, 1, 0],
      [2, 5, 1],
      [0, 4, 7],
    ],
  };
  const each = three.classes.map((name) => classMeasures(three, name));
  const mean = (values: readonly (number | null)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / values.length;
  const means = classMeans(three);
  const near = (one: number | null, other: number) =>
    assert.ok(one !== null && Math.abs(one - other) < 1e-12, `${one} and ${other}`);
  near(means.sensitivity, mean(each.map(({ sensitivity }) => sensitivity.share)));
  near(means.specificity, mean(each.map(({ specificity }) => specificity.share)));
  near(means.f1, mean(each.map(({ f1 }) => f1)));
  const absent = (counts: number[][]) => classMeans({ classes: ["a", "b"], counts });
  // Nobody is of b, but some are called so; nobody is called b, either; all are of a.
  const called = absent([
    [3, 1],
    [0, 0],
  ]);
  assert.equal(called.sensitivity, null);
  assert.equal(called.specificity, null);
  near(called.f1, (6 / 7 + 0) / 2);
  const never = absent([
    [4, 0],
    [0, 0],
  ]);
  assert.deepEqual(never, { sensitivity: null, specificity: null, f1: null });
});
