import assert from "node:assert/strict";
import { test } from "node:test";
import { philox4x32 } from "@malleolus/random";
import { clusterCounts, clusteredProportionOf } from "./clustered-proportion.ts";
import { proportionOf } from "./proportion.ts";
import { studentQuantile95 } from "./student.ts";

const width = (interval: readonly [number, number] | null) => {
  assert.ok(interval !== null);
  return interval[1] - interval[0];
};

test("studentQuantile95: SciPy's quantiles", () => {
  const table = [
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.1824463052837078],
    [10, 2.2281388519862744],
    [29, 2.045229642132703],
    [74, 1.992543495180932],
    [1000, 1.9623390808264083],
    [99999, 1.9599877077718442],
  ];
  for (const [degrees, expected] of table) {
    assert.ok(Math.abs(studentQuantile95(degrees) / expected - 1) < 1e-10, `${degrees} degrees`);
  }
});

test("clusteredProportionOf: three views that always agree are no more than one", () => {
  const ones = Array.from({ length: 40 }, (_, i) => ({ count: i < 30 ? 1 : 0, total: 1 }));
  const threes = ones.map(({ count }) => ({ count: 3 * count, total: 3 }));
  const [alone, together] = [clusteredProportionOf(ones), clusteredProportionOf(threes)];
  assert.deepEqual([together.count, together.total], [90, 120]);
  // One view each: Wilson's, but for Student's quantile and n - 1.
  const wilson = proportionOf(30, 40);
  assert.ok(Math.abs(width(alone.interval) / width(wilson.interval) - 1) < 0.06);
  assert.ok(Math.abs(width(together.interval) - width(alone.interval)) < 1e-12);
  assert.ok(width(together.interval) > 1.6 * width(proportionOf(90, 120).interval));
});

test("clusteredProportionOf: views that differ more than by chance are not more than they are", () => {
  // One of two in all patients but one: hardly any spread between them.
  const clusters = Array.from({ length: 30 }, (_, i) => ({ count: i === 0 ? 2 : 1, total: 2 }));
  const { interval } = clusteredProportionOf(clusters);
  assert.ok(width(interval) > width(proportionOf(31, 60).interval));
});

test("clusteredProportionOf: at none and at all there is an interval, of as many cases as patients", () => {
  const none = clusteredProportionOf(Array.from({ length: 20 }, () => ({ count: 0, total: 3 })));
  const all = clusteredProportionOf(Array.from({ length: 20 }, () => ({ count: 3, total: 3 })));
  assert.equal(none.interval?.[0], 0);
  assert.equal(all.interval?.[1], 1);
  // Wilson's for 0 of 20 is 0.161, and Student's quantile makes it longer.
  const high = none.interval?.[1] ?? 0;
  assert.ok(high > 0.161 && high < 0.19, `${high}`);
  assert.ok(Math.abs((all.interval?.[0] ?? 0) + high - 1) < 1e-12);
});

test("clusteredProportionOf: one patient tells nothing of the spread, and no patient nothing", () => {
  const one = clusteredProportionOf([
    { count: 1, total: 3 },
    { count: 0, total: 0 },
  ]);
  assert.deepEqual(one, { count: 1, total: 3, share: 1 / 3, interval: null });
  assert.deepEqual(clusteredProportionOf([]), { count: 0, total: 0, share: null, interval: null });
});

test("clusteredProportionOf: more than all is refused", () => {
  const wrong = [
    { count: 1, total: 1 },
    { count: Number.NaN, total: 2 },
  ];
  assert.throws(() => clusteredProportionOf(wrong), /expected counts, some of all, got NaN of 2/);
});

test("clusterCounts: a cluster a group", () => {
  const views = ["a1", "b0", "a0", "a1"];
  const counts = clusterCounts(
    views,
    (view) => view[0],
    (view) => view[1] === "1",
  );
  assert.deepEqual(counts, [
    { count: 2, total: 3 },
    { count: 0, total: 1 },
  ]);
});

test("clusteredProportionOf: covers where the views of a patient mostly agree", () => {
  const [patients, share, runs] = [30, 0.88, 1000];
  let [covered, plainly] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const clusters = Array.from({ length: patients }, (_, patient) => {
      const uniform = philox4x32([patient, run, 0, 0], [5, 0]).map((word) => word / 2 ** 32);
      const other = philox4x32([patient, run, 1, 0], [5, 0]).map((word) => word / 2 ** 32);
      // Seven in ten views repeat the patient's own draw: a correlation of 0.49.
      const views = [0, 1, 2].map((view) => (other[view] < 0.7 ? uniform[3] : uniform[view]));
      return { count: views.filter((draw) => draw < share).length, total: 3 };
    });
    const holds = (interval: readonly [number, number] | null) =>
      interval !== null && interval[0] <= share && share <= interval[1];
    const { count, total, interval } = clusteredProportionOf(clusters);
    if (holds(interval)) covered++;
    if (holds(proportionOf(count, total).interval)) plainly++;
  }
  assert.ok(covered / runs > 0.935 && covered / runs < 0.985, `covers in ${covered} of ${runs}`);
  assert.ok(plainly / runs < 0.91, `Wilson's covers in ${plainly} of ${runs}`);
});
