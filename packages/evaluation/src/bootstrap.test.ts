import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrap, weightedBootstrap } from "./bootstrap.ts";
import { meanOf } from "./summary.ts";

const options = { seed: 7, resamples: 4000 };
const ends = (estimate: { interval: readonly [number, number] | null }) =>
  estimate.interval ?? assert.fail("expected an interval");

test("bootstrap: of independent values, the mean's interval is that of its standard error", () => {
  // 0 to 99 once: mean 49.5, deviation 28.87 (with n), standard error 2.887.
  const values = Array.from({ length: 100 }, (_, i) => i);
  const [mean] = bootstrap(values, (sample) => [meanOf(sample)], options);
  assert.equal(mean.value, 49.5);
  const [low, high] = ends(mean);
  assert.ok(Math.abs(low - (49.5 - 1.96 * 2.887)) < 0.4, `lower end ${low}`);
  assert.ok(Math.abs(high - (49.5 + 1.96 * 2.887)) < 0.4, `upper end ${high}`);
});

test("bootstrap: views of one patient do not make an interval narrower", () => {
  const patients = Array.from({ length: 30 }, (_, i) => [i]);
  const threeViews = patients.map(([value]) => [value, value, value]);
  const interval = (clusters: readonly (readonly number[])[]) =>
    bootstrap(clusters, (sample) => [meanOf(sample.flat())], options)[0].interval;
  assert.deepEqual(interval(threeViews), interval(patients));
});

test("bootstrap: the same seed gives the same interval, another seed another", () => {
  const values = [1, 2, 4, 8, 16];
  const run = (seed: number) =>
    bootstrap(values, (sample) => [meanOf(sample)], { seed, resamples: 50 });
  assert.deepEqual(run(3), run(3));
  assert.notDeepEqual(run(3), run(4));
  assert.notDeepEqual(run(3), run(3 + 2 ** 32));
});

test("bootstrap: a resample draws as many clusters as there are, and repeats some", () => {
  const sizes = new Set<number>();
  let repeated = 0;
  const clusters = Array.from({ length: 7 }, (_, i) => i);
  const count = (sample: readonly number[]) => {
    sizes.add(sample.length);
    if (new Set(sample).size < sample.length) repeated++;
    return [sample.length];
  };
  bootstrap(clusters, count, { seed: 1, resamples: 100 });
  assert.deepEqual([...sizes], [7]);
  assert.ok(repeated > 90, `${repeated} of 100 resamples repeat a cluster`);
});

test("bootstrap: no interval where a statistic is missing too often, or there is no cluster", () => {
  const sometimes = (sample: readonly number[]) => [sample.includes(0) ? 1 : null];
  const [estimate] = bootstrap([0, 1, 2], sometimes, options);
  assert.deepEqual(estimate, { value: 1, interval: null });
  const [empty] = bootstrap([], () => [null], options);
  assert.deepEqual(empty, { value: null, interval: null });
});

test("weightedBootstrap: the resamples of bootstrap, told as how often each is drawn", () => {
  const values = [1, 2, 4, 8, 16, 32];
  const [mean] = bootstrap(values, (sample) => [meanOf(sample)], options);
  const weighted = (weights: Uint32Array) =>
    values.reduce((sum, value, i) => sum + value * weights[i], 0) / values.length;
  const [same] = weightedBootstrap(values.length, (weights) => [weighted(weights)], options);
  assert.deepEqual(same, mean);
});

test("bootstrap: a statistic that is no number is refused, in the sample and in a resample", () => {
  const always = () => bootstrap([1, 2], () => [1, Number.NaN], options);
  assert.throws(always, { name: "EvaluationError", message: /as statistic 1, got NaN/ });
  const sometimes = (sample: readonly number[]) => [sample.includes(0) ? 1 : Number.NaN];
  assert.throws(() => bootstrap([0, 1], sometimes, options), /as statistic 0, got NaN/);
});

test("bootstrap: seeds and numbers of resamples that are none are refused", () => {
  for (const resamples of [0, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const run = () => bootstrap([1], () => [1], { seed: 1, resamples });
    assert.throws(run, new RegExp(`from 1 on, got ${resamples}$`));
  }
  for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) {
    const run = () => bootstrap([1], () => [1], { seed, resamples: 10 });
    assert.throws(run, new RegExp(`seed from 0 .*, got ${seed}$`));
  }
});
