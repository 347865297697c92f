import assert from "node:assert/strict";
import { test } from "node:test";
import { recalibrationOf } from "./recalibration.ts";

const options = { seed: 1, resamples: 60 };
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** What is said, and what happens in as many cases as log odds of `intercept + slope * said` say. */
function expected(intercept: number, slope: number) {
  const logits = Array.from({ length: 21 }, (_, i) => (i - 10) / 5);
  return {
    said: logits.flatMap((logit) => new Array<number>(200).fill(logistic(logit))),
    happened: logits.flatMap((logit) =>
      Array.from({ length: 200 }, (_, i) => i < 200 * logistic(intercept + slope * logit) - 0.5),
    ),
  };
}

test("recalibrationOf: finds the slope and the intercept by which probabilities are wrong", () => {
  const cases: [number, number][] = [
    [0, 1],
    [0, 0.5],
    [0, 2],
  ];
  for (const [shift, steepness] of cases) {
    const { said, happened } = expected(shift, steepness);
    const { slope } = recalibrationOf(said, happened, options);
    assert.ok(Math.abs((slope.value ?? 9) - steepness) < 0.02, `${slope.value} for ${steepness}`);
    const [low, high] = slope.interval ?? [9, 9];
    assert.ok(low < (slope.value ?? 0) && (slope.value ?? 9) < high && high - low < 0.5);
  }
  const low = expected(0.7, 1);
  const { intercept } = recalibrationOf(low.said, low.happened, options);
  assert.ok(Math.abs((intercept.value ?? 9) - 0.7) < 0.01, `${intercept.value}`);
});

test("recalibrationOf: at the maximum what is left sums to nothing", () => {
  const said = [0.1, 0.2, 0.4, 0.5, 0.6, 0.9, 0.3, 0.8];
  const happened = [false, true, false, true, false, true, false, true];
  const { intercept } = recalibrationOf(said, happened, options);
  const logit = (p: number) => Math.log(p / (1 - p));
  const rest = said.reduce(
    (sum, p, i) => sum + Number(happened[i]) - logistic((intercept.value ?? 9) + logit(p)),
    0,
  );
  assert.ok(Math.abs(rest) < 1e-9);
});

test("recalibrationOf: cases of one patient are drawn together, which widens the intervals", () => {
  const { said, happened } = expected(0.3, 0.8);
  const every = {
    said: said.filter((_, i) => i % 20 === 0),
    happened: happened.filter((_, i) => i % 20 === 0),
  };
  const thrice = {
    said: every.said.flatMap((p) => [p, p, p]),
    happened: every.happened.flatMap((is) => [is, is, is]),
  };
  const patients = every.said.flatMap((_, i) => [`${i}`, `${i}`, `${i}`]);
  const alone = recalibrationOf(every.said, every.happened, options);
  const together = recalibrationOf(thrice.said, thrice.happened, options, patients);
  for (const key of ["intercept", "slope"] as const) {
    const near = (one: number | undefined, other: number | undefined) =>
      assert.ok(Math.abs((one ?? 9) - (other ?? -9)) < 1e-6, `${key}: ${one}, ${other}`);
    near(together[key].value ?? undefined, alone[key].value ?? undefined);
    near(together[key].interval?.[0], alone[key].interval?.[0]);
    near(together[key].interval?.[1], alone[key].interval?.[1]);
  }
  const apart = recalibrationOf(thrice.said, thrice.happened, options);
  const width = ([low, high]: readonly [number, number]) => high - low;
  assert.ok(width(apart.slope.interval ?? [0, 9]) < 0.8 * width(together.slope.interval ?? [0, 0]));
});

test("recalibrationOf: where one thing alone happened, or all are told apart, there is no figure", () => {
  const none = recalibrationOf([0.2, 0.4, 0.9], [false, false, false], options);
  assert.deepEqual([none.intercept.value, none.slope.value], [null, null]);
  const apart = recalibrationOf([0.1, 0.2, 0.8, 0.9], [false, false, true, true], options);
  assert.equal(apart.slope.value, null);
  assert.ok(apart.intercept.value !== null);
  assert.equal(recalibrationOf([], [], options).slope.value, null);
  assert.ok(
    recalibrationOf([0, 1, 0.5, 0.4], [false, true, true, false], options).intercept.value !== null,
  );
});

test("recalibrationOf: what are no probabilities is refused", () => {
  assert.throws(() => recalibrationOf([1.2], [true], options), /got 1.2$/);
  assert.throws(() => recalibrationOf([0.2], [], options), /got 1 and 0$/);
});
