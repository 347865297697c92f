import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { calibrationChange, calibrationOf } from "./calibration.ts";
import { brierScore, checkForecasts, type Forecast, logLoss } from "./probability-scores.ts";
import { reliabilityOf, weightedExpectedError } from "./reliability.ts";

interface Golden {
  forecasts: {
    truths: number[];
    probabilities: number[][];
    logLoss: number;
    brier: number;
    /** What is said and what is seen, of the first class. */
    curve: [number[], number[]];
  }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/paired-comparisons.json", import.meta.url), "utf8"),
);

const near = (actual: number | null | undefined, expected: number, within = 1e-9) =>
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) <= within,
    `expected ${expected}, got ${actual}`,
  );

const forecast = (patient: string, truth: string, ...shares: number[]): Forecast => ({
  patient,
  truth,
  probabilities: Object.fromEntries(shares.map((share, i) => ["abc"[i], share])),
});

for (const [i, one] of golden.forecasts.entries()) {
  test(`brierScore, logLoss and reliabilityOf: scikit-learn's, case ${i}`, () => {
    const classes = one.probabilities[0].map((_, k) => `${k}`);
    const forecasts = one.truths.map((truth, j) => ({
      patient: `${j}`,
      truth: `${truth}`,
      probabilities: Object.fromEntries(one.probabilities[j].map((p, k) => [`${k}`, p])),
    }));
    near(brierScore(forecasts, classes), one.brier);
    near(logLoss(forecasts), one.logLoss);
    const { bins } = reliabilityOf(
      one.probabilities.map(([p]) => p),
      one.truths.map((truth) => truth === 0),
      { bins: 5, binning: "equal width" },
    );
    const [said, seen] = one.curve;
    assert.equal(bins.length, said.length);
    for (const [k, bin] of bins.entries()) {
      near(bin.predicted, said[k]);
      near(bin.observed.share, seen[k]);
    }
  });
}

test("reliabilityOf: the error weighs bins by their patients, by hand", () => {
  const said = [0.1, 0.1, 0.1, 0.9, 1];
  const seen = [false, false, true, true, true];
  const { bins, expectedError, greatestError } = reliabilityOf(said, seen);
  // Each of them lies on the upper border of its bin.
  assert.deepEqual(
    bins.map(({ low, high, observed: { count, total } }) => [low, high, count, total]),
    [
      [0, 0.1, 1, 3],
      [0.8, 0.9, 1, 1],
      [0.9, 1, 1, 1],
    ],
  );
  near(greatestError, 1 / 3 - 0.1);
  near(expectedError, (3 * (1 / 3 - 0.1) + 0.1) / 5);
  assert.deepEqual(reliabilityOf([], []), { bins: [], expectedError: null, greatestError: null });
});

test("reliabilityOf: bins of equal numbers never part equal probabilities", () => {
  const said = [0.4, 0.1, 0.2, 0.2, 0.2, 0.9];
  const { bins } = reliabilityOf(
    said,
    said.map((p) => p > 0.3),
    { bins: 3, binning: "equal numbers" },
  );
  assert.deepEqual(
    bins.map(({ low, high, observed: { total } }) => [low, high, total]),
    [
      [0.1, 0.2, 4],
      [0.4, 0.9, 2],
    ],
  );
});

test("brierScore and logLoss: certain and right is 0, certain and wrong has an end", () => {
  const [right, wrong] = [forecast("1", "a", 1, 0), forecast("2", "b", 1, 0)];
  assert.equal(brierScore([right], ["a", "b"]), 0);
  assert.equal(brierScore([wrong], ["a", "b"]), 2);
  assert.equal(brierScore([], ["a"]), null);
  assert.equal(logLoss([]), null);
  near(logLoss([right, wrong]), (15 * Math.log(10)) / 2);
});

const options = {
  classes: ["a", "b", "c"],
  noFractureClass: "c",
  seed: 3,
  resamples: 200,
};
const some = [
  forecast("1", "a", 0.7, 0.2, 0.1),
  forecast("2", "b", 0.2, 0.5, 0.3),
  forecast("3", "c", 0.1, 0.1, 0.8),
  forecast("3", "c", 0.2, 0.4, 0.4),
];

test("calibrationOf: the fracture's probability is that of its classes together", () => {
  const { patients, fracture, classes, brier, classWiseError } = calibrationOf(some, options);
  assert.equal(patients, 4);
  assert.deepEqual(
    fracture.bins.map(({ predicted, observed: { count, total } }) => [
      Math.round(100 * predicted),
      count,
      total,
    ]),
    [
      [20, 0, 1],
      [65, 1, 2],
      [90, 1, 1],
    ],
  );
  assert.deepEqual(
    classes.map((one) => one.class),
    ["a", "b", "c"],
  );
  near(brier.value, (0.09 + 0.04 + 0.01 + (0.04 + 0.25 + 0.09) + 0.06 + (0.04 + 0.16 + 0.36)) / 4);
  const errors = classes.map(({ expectedError }) => expectedError ?? 0);
  near(classWiseError.value, errors.reduce((sum, one) => sum + one, 0) / 3);
  assert.ok(brier.interval !== null && brier.interval[0] < brier.interval[1]);
});

test("calibrationOf, calibrationChange: in the bins that are asked for", () => {
  const coarse = { ...options, binning: { bins: 2, binning: "equal width" } as const };
  const { classes, fracture, classWiseError } = calibrationOf(some, coarse);
  assert.deepEqual(
    classes.map(({ bins }) => bins.map(({ high }) => high)),
    [[0.5, 1], [0.5], [0.5, 1]],
  );
  assert.ok(fracture.bins.every(({ high }) => high === 0.5 || high === 1));
  const errors = classes.map(({ expectedError }) => expectedError ?? 9);
  near(classWiseError.value, errors.reduce((sum, one) => sum + one, 0) / 3);
  const change = calibrationChange(some, some.toReversed().toReversed(), coarse);
  assert.deepEqual(change.classWiseError.value, 0);
  const other = calibrationChange(
    some,
    some.map((one) => ({ ...one, probabilities: { a: 0.2, b: 0.3, c: 0.5 } })),
    coarse,
  );
  // Said of c by everybody 0.5, seen in half; of a and b 0.2 and 0.3, seen in a quarter.
  near((other.classWiseError.value ?? 9) + (classWiseError.value ?? 9), (0 + 0.05 + 0.05) / 3);
  assert.equal(calibrationOf([], options).classWiseError.value, null);
});

test("calibrationChange: after less before, of the same patients", () => {
  const sharper = some.map((one) => ({
    ...one,
    probabilities: { a: 0, b: 0, c: 0, [one.truth]: 1 },
  }));
  const { brier, logLoss: loss } = calibrationChange(some, sharper, options);
  near(brier.value, -(brierScore(some, options.classes) ?? 0));
  near(loss.value, -(logLoss(some) ?? 0));
  assert.ok(brier.interval !== null && brier.interval[1] < 0);
  assert.throws(() => calibrationChange(some, sharper.slice(1), options), /differ at place 0/);
  assert.throws(() => calibrationChange(some.slice(0, 3), some, options), /got 3 and 4$/);
});

test("calibrationOf: what are no probabilities of the classes is refused", () => {
  const wrong: [Forecast, RegExp][] = [
    [forecast("9", "d", 0.5, 0.4, 0.1), /patient 9: expected one of a, b, c as truth, got "d"/],
    [forecast("9", "a", 0.5, 0.4), /expected 0 to 1 for c, got undefined/],
    [forecast("9", "a", 1.5, -0.5, 0), /expected 0 to 1 for a, got 1.5/],
    [forecast("9", "a", 0.5, 0.4, 0.2), /expected them to sum to 1/],
  ];
  for (const [one, message] of wrong) assert.throws(() => calibrationOf([one], options), message);
});

test("weightedExpectedError: that of a list in which each stands as often as it counts", () => {
  const said = Array.from({ length: 30 }, (_, i) => ((i * 17) % 31) / 30);
  const happened = said.map((one, i) => (i * 7) % 10 < 10 * one);
  const weights = Uint32Array.from(said, (_, i) => (i * 5) % 4);
  const drawn = said.flatMap((_, i) => new Array<number>(weights[i]).fill(i));
  for (const binning of ["equal width", "equal numbers"] as const) {
    for (const bins of [2, 10]) {
      const options = { bins, binning };
      const expected = reliabilityOf(
        drawn.map((i) => said[i]),
        drawn.map((i) => happened[i]),
        options,
      ).expectedError;
      const error = weightedExpectedError(said, happened, options);
      near(error(weights), expected ?? -1);
      assert.equal(error(new Uint32Array(said.length)), null);
      // The same array is used again.
      near(error(weights), expected ?? -1);
    }
  }
});

test("calibrationOf: intervals draw the forecasts of one patient together", () => {
  const twice = some.slice(0, 3).flatMap((one) => [one, one]);
  const alone = calibrationOf(some.slice(0, 3), options);
  const together = calibrationOf(twice, options);
  for (const key of ["brier", "logLoss", "classWiseError"] as const) {
    near(together[key].value, alone[key].value ?? -1);
    near(together[key].interval?.[0], alone[key].interval?.[0] ?? -1);
    near(together[key].interval?.[1], alone[key].interval?.[1] ?? -1);
  }
});

test("calibrationOf: probabilities sum to 1 within a millionth", () => {
  const said = (rest: number) => [{ patient: "p", truth: "a", probabilities: { a: 0.5, b: rest } }];
  const check = (rest: number) => () => checkForecasts(said(rest), ["a", "b"]);
  for (const rest of [0.5, 0.500_000_9, 0.499_999_1]) assert.doesNotThrow(check(rest), `${rest}`);
  for (const rest of [0.500_001_2, 0.499_998_8]) assert.throws(check(rest), /sum to 1/, `${rest}`);
});
