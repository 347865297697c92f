import assert from "node:assert/strict";
import { test } from "node:test";
import { proportionOf } from "../proportion.ts";
import { decisionCurve, NET_BENEFIT_THRESHOLDS } from "./decision-curve.ts";
import { chooseOperatingPoint, measuredAt } from "./operating-point.ts";
import { predictiveValues } from "./predictive-values.ts";

const near = (actual: number | null | undefined, expected: number, within = 1e-12) =>
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) <= within,
    `expected ${expected}, got ${actual}`,
  );

const probabilities = [0.9, 0.6, 0.3, 0.5, 0.2, 0.1, 0.1, 0.05];
const positive = [true, true, true, false, false, false, false, false];
const options = { seed: 1, resamples: 200, prevalence: null };

test("decisionCurve: true positives less what false ones cost, by hand", () => {
  const [low, half] = decisionCurve(probabilities, positive, {
    ...options,
    thresholds: [0.2, 0.5],
  });
  // From 0.2 on: 3 hits, 2 false positives at a quarter each; from 0.5 on: 2 hits, 1 at one each.
  near(low.model.value, (3 - 2 / 4) / 8);
  near(low.everybody.value, (3 - 5 / 4) / 8);
  near(low.gain.value, (3 - 2 / 4 - (3 - 5 / 4)) / 8);
  near(half.model.value, (2 - 1) / 8);
  near(half.everybody.value, (3 - 5) / 8);
  // Nobody treated is better than everybody here.
  near(half.gain.value, 1 / 8);
  assert.ok((low.model.interval?.[0] ?? 9) < (low.model.interval?.[1] ?? 0));
});

test("decisionCurve: at another prevalence by sensitivity and specificity", () => {
  const [{ model, everybody }] = decisionCurve(probabilities, positive, {
    ...options,
    thresholds: [0.2],
    prevalence: 0.1,
  });
  near(model.value, 1 * 0.1 - (2 / 5) * 0.9 * 0.25);
  near(everybody.value, 0.1 - 0.9 * 0.25);
  // A test without patients of one kind tells nothing of another prevalence, but does of its own.
  const sound = (prevalence: number | null) =>
    decisionCurve([0.3], [false], { ...options, thresholds: [0.2], prevalence })[0].model.value;
  assert.equal(sound(0.1), null);
  near(sound(null), -0.25);
  assert.equal(decisionCurve([], [], { ...options, thresholds: [0.5] })[0].model.value, null);
  assert.deepEqual([NET_BENEFIT_THRESHOLDS[0], NET_BENEFIT_THRESHOLDS.at(-1)], [0.01, 0.99]);
});

test("decisionCurve: thresholds, prevalences and probabilities that are none are refused", () => {
  const curve = (some: number[], threshold: number, prevalence: number | null) => () =>
    decisionCurve(some, [true], { ...options, thresholds: [threshold], prevalence });
  assert.throws(curve([0.5], 1, null), /between 0 and 1, got 1/);
  assert.throws(curve([0.5], 0, null), /got 0/);
  assert.throws(curve([0.5], 0.5, 1), /got 1/);
  assert.throws(curve([1.5], 0.5, null), /from 0 to 1, got 1.5/);
  assert.throws(curve([0.5, 0.5], 0.5, null), /got 1 for 2/);
});

test("predictiveValues: Bayes at a prevalence, with an interval that holds them", () => {
  const { ppv, npv } = predictiveValues({ count: 45, total: 50 }, { count: 80, total: 100 }, 0.1);
  near(ppv.value, (0.9 * 0.1) / (0.9 * 0.1 + 0.2 * 0.9));
  near(npv.value, (0.8 * 0.9) / (0.8 * 0.9 + 0.1 * 0.1));
  for (const { value, interval } of [ppv, npv]) {
    const [low, high] = interval ?? [1, 0];
    assert.ok(low < (value ?? -1) && (value ?? 2) < high && low > 0 && high < 1);
  }
});

test("predictiveValues: the ends are where sensitivity less a ratio of false positives may be 0", () => {
  const [hits, falsePositives] = [proportionOf(45, 50), proportionOf(20, 100)];
  const { ppv } = predictiveValues(hits, { count: 80, total: 100 }, 0.1);
  const ratios = (ppv.interval ?? []).map((end) => (end / (1 - end)) * 9);
  const [[low, high], [least, most]] = [hits.interval ?? [0, 0], falsePositives.interval ?? [0, 0]];
  near(0.9 - ratios[0] * 0.2, Math.hypot(0.9 - low, ratios[0] * (most - 0.2)), 1e-9);
  near(ratios[1] * 0.2 - 0.9, Math.hypot(high - 0.9, ratios[1] * (0.2 - least)), 1e-9);
});

test("predictiveValues: without false positives the value is 1 and its interval is not", () => {
  const { ppv, npv } = predictiveValues({ count: 20, total: 20 }, { count: 30, total: 30 }, 0.2);
  assert.deepEqual([ppv.value, npv.value, ppv.interval?.[1]], [1, 1, 1]);
  assert.ok((ppv.interval?.[0] ?? 1) < 0.9);
  assert.equal(
    predictiveValues({ count: 0, total: 0 }, { count: 3, total: 3 }, 0.5).ppv.value,
    null,
  );
  assert.equal(
    predictiveValues({ count: 1, total: 3 }, { count: 0, total: 0 }, 0.5).npv.value,
    null,
  );
  assert.equal(
    predictiveValues({ count: 0, total: 9 }, { count: 3, total: 3 }, 0.5).ppv.value,
    null,
  );
  for (const prevalence of [0, 1, Number.NaN]) {
    assert.throws(
      () => predictiveValues({ count: 1, total: 2 }, { count: 1, total: 2 }, prevalence),
      /between 0 and 1/,
    );
  }
});

test("chooseOperatingPoint: keeps to what is wanted, and is best in the other", () => {
  const scores = [9, 8, 7, 6, 5, 4, 3, 2];
  const truths = [true, true, false, true, true, false, false, false];
  const specific = chooseOperatingPoint(scores, truths, { atLeast: "specificity", share: 0.75 });
  // One false positive of four is allowed: 7, and with it all positives down to 5; half-way to 4.
  assert.equal(specific?.threshold, 4.5);
  assert.deepEqual([specific.sensitivity.count, specific.specificity.count], [4, 3]);
  const strict = chooseOperatingPoint(scores, truths, { atLeast: "specificity", share: 0.76 });
  assert.equal(strict?.threshold, 7.5);
  const sensitive = chooseOperatingPoint(scores, truths, { atLeast: "sensitivity", share: 0.5 });
  assert.equal(sensitive?.threshold, 7.5);
  const all = chooseOperatingPoint(scores, truths, { atLeast: "sensitivity", share: 1 });
  assert.equal(all?.threshold, 4.5);
  const lowest = chooseOperatingPoint([2, 1], [false, true], { atLeast: "sensitivity", share: 1 });
  assert.equal(lowest?.threshold, 1);
});

test("chooseOperatingPoint: where the highest score is a false positive nobody may be called", () => {
  const point = chooseOperatingPoint([2, 1], [false, true], { atLeast: "specificity", share: 1 });
  assert.equal(point?.threshold, Number.POSITIVE_INFINITY);
  assert.deepEqual([point.sensitivity.count, point.specificity.count], [0, 1]);
  assert.equal(chooseOperatingPoint([1], [true], { atLeast: "specificity", share: 0.9 }), null);
  for (const share of [0, 1.1]) {
    assert.throws(
      () => chooseOperatingPoint([1, 2], [true, false], { atLeast: "specificity", share }),
      /expected a specificity above 0 and up to 1/,
    );
  }
});

test("measuredAt: a score at the threshold is positive", () => {
  const { sensitivity, specificity } = measuredAt(
    2,
    [1, 2, 3, 2, 1],
    [true, true, true, false, false],
  );
  assert.deepEqual([sensitivity.count, sensitivity.total], [2, 3]);
  assert.deepEqual([specificity.count, specificity.total], [1, 2]);
});
