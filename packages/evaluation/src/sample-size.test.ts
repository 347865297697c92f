import assert from "node:assert/strict";
import { test } from "node:test";
import { proportionOf } from "./proportion.ts";
import { aucOf } from "./roc.ts";
import { hanleyMcNeilVariance, patientsForProportion, positivesForAuc } from "./sample-size.ts";

test("patientsForProportion: the fewest whose Wilson interval is that narrow", () => {
  const width = (count: number, total: number) => {
    const [low, high] = proportionOf(count, total).interval ?? [0, 1];
    return high - low;
  };
  // A half of an even number of patients is a whole number of them.
  for (const wanted of [0.1, 0.2, 0.37]) {
    const patients = patientsForProportion(0.5, wanted);
    const even = patients + (patients % 2);
    assert.ok(width(even / 2, even) <= wanted);
    const fewer = even - 2;
    assert.ok(width(fewer / 2, fewer) > wanted, `${patients} for ${wanted}`);
  }
  assert.ok(patientsForProportion(0.9, 0.1) < patientsForProportion(0.5, 0.1));
  assert.equal(patientsForProportion(0.5, 0.999), 1);
});

test("hanleyMcNeilVariance: by hand", () => {
  // Of 0.9 with 10 and 20: Q1 0.9 / 1.1, Q2 1.62 / 1.9.
  const expected = (0.09 + 9 * (0.9 / 1.1 - 0.81) + 19 * (1.62 / 1.9 - 0.81)) / 200;
  assert.ok(Math.abs(hanleyMcNeilVariance(0.9, 10, 20) - expected) < 1e-15);
});

/** How wide the interval of an area is whose scores are spread as Hanley and McNeil take them to be. */
function widthOfArea(auc: number, positives: number, negatives: number): number {
  // Exponential ones, at even quantiles.
  const scores = (count: number, mean: number) =>
    Array.from({ length: count }, (_, i) => -mean * Math.log(1 - (i + 0.5) / count));
  const all = [...scores(positives, auc / (1 - auc)), ...scores(negatives, 1)];
  const known = aucOf(
    all,
    all.map((_, i) => i < positives),
  );
  const [low, high] = known?.interval ?? [0, 1];
  return high - low;
}

test("positivesForAuc: the interval that a report gives the area of as many is that narrow", () => {
  for (const [auc, width, ratio] of [
    [0.95, 0.08, 0.5],
    [0.9, 0.1, 1],
    [0.8, 0.15, 3],
  ]) {
    const positives = positivesForAuc(auc, width, ratio);
    const reached = widthOfArea(auc, positives, Math.ceil(positives * ratio));
    assert.ok(Math.abs(reached / width - 1) < 0.03, `${auc}: ${positives}, ${reached}`);
  }
  assert.ok(positivesForAuc(0.9, 0.1, 4) < positivesForAuc(0.9, 0.1, 1));
});

test("positivesForAuc: at least two of each, without whom no area has an interval", () => {
  assert.equal(positivesForAuc(0.9, 0.999, 1), 2);
  assert.equal(positivesForAuc(0.9, 0.999, 4), 2);
  assert.equal(positivesForAuc(0.9, 0.999, 0.25), 8);
});

test("patientsForProportion, positivesForAuc: what no study can tell is refused", () => {
  const wanted = /expected what 1000000000 patients can tell, .* take a wider interval/;
  assert.throws(() => patientsForProportion(0.9, 1e-9), wanted);
  assert.throws(() => patientsForProportion(0.9, Number.MIN_VALUE), wanted);
  assert.throws(() => positivesForAuc(0.9, 1e-9, 1), wanted);
  assert.throws(() => positivesForAuc(0.9, 0.5, 1e-12), wanted);
  // A hundredth of a percent still takes fewer.
  assert.ok(patientsForProportion(0.9, 1e-4) < 1e9);
});

test("patientsForProportion, positivesForAuc: what are no shares is refused", () => {
  for (const wrong of [0, 1, -0.1, Number.NaN]) {
    assert.throws(() => patientsForProportion(wrong, 0.1), /expected a share between 0 and 1/);
    assert.throws(() => patientsForProportion(0.5, wrong), /expected a width between 0 and 1/);
    assert.throws(() => positivesForAuc(wrong, 0.1, 1), /expected a auc between 0 and 1/);
  }
  for (const ratio of [0, -1, Number.NaN]) {
    assert.throws(() => positivesForAuc(0.9, 0.1, ratio), /some negatives for every positive/);
  }
});
