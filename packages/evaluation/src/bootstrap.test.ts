import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrap } from "./bootstrap.ts";
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
