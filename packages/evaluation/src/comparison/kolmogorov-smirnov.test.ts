import assert from "node:assert/strict";
import test from "node:test";
import { philox4x32 } from "@malleolus/random";
import { kolmogorovSmirnov, survival } from "./kolmogorov-smirnov.ts";

/** Smirnov's table of 1948, as books print it. */
for (const [value, p] of [
  [1.2238, 0.1],
  [1.3581, 0.05],
  [1.4802, 0.025],
  [1.6276, 0.01],
  [1.9495, 0.001],
] as const) {
  test(`survival: ${value} is exceeded with ${p}`, () =>
    assert.ok(Math.abs(survival(value) / p - 1) < 2e-3, `${survival(value)}`));
}

test("survival: SciPy's values where the series' later terms count", () => {
  for (const [value, p] of [
    [0.3, 0.9999906941986655],
    [0.5, 0.9639452436648751],
    [0.8275735551899077, 0.5],
    [1, 0.26999967167735456],
  ]) {
    assert.ok(Math.abs(survival(value) - p) < 1e-12, `${value}: ${survival(value)}`);
  }
});

test("kolmogorovSmirnov: the distance, by hand, with ties and without", () => {
  const evens = Array.from({ length: 20 }, (_, i) => 2 * i);
  const distanceOf = (other: readonly number[]) => kolmogorovSmirnov(evens, other)?.distance;
  assert.equal(distanceOf(evens), 0);
  assert.ok(Math.abs((distanceOf(evens.map((value) => value + 1)) ?? 0) - 1 / 20) < 1e-12);
  assert.equal(distanceOf(evens.map((value) => value + 100)), 1);
  // A half is tied at one value, below which the other has five of twenty.
  const tied = evens.map((value, i) => (i < 10 ? 9 : value));
  assert.ok(Math.abs((distanceOf(tied) ?? 0) - 5 / 20) < 1e-12);
});

test("kolmogorovSmirnov: samples of one distribution are told apart as often as the level says", () => {
  let drawn = 0;
  const uniform = () => (philox4x32([drawn++, 0, 0, 0], [7, 0])[0] + 0.5) / 2 ** 32;
  const sample = (count: number, shift = 0) =>
    Array.from({ length: count }, () => uniform() + shift);
  const RUNS = 1_000;
  const told = (shift: number) =>
    Array.from({ length: RUNS }, () => kolmogorovSmirnov(sample(150), sample(40, shift))).filter(
      (result) => result !== null && result.p < 0.05,
    ).length / RUNS;
  const level = told(0);
  // The limit is cautious with so few; four standard errors above the level is wrong.
  assert.ok(level > 0.02 && level < 0.05 + 4 * Math.sqrt((0.05 * 0.95) / RUNS), `${level}`);
  assert.ok(told(0.35) > 0.9);
});

test("kolmogorovSmirnov: too few say nothing, and what is no number is refused", () => {
  const few = Array.from({ length: 19 }, (_, i) => i);
  assert.equal(kolmogorovSmirnov(few, [...few, 19]), null);
  assert.throws(() => kolmogorovSmirnov([Number.NaN], [1]), { code: "input" });
});
