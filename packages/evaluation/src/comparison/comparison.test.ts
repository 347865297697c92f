import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { shareDifference } from "./fisher-exact.ts";
import { mcnemar, pairedCounts } from "./mcnemar.ts";
import { trendOf } from "./trend.ts";

const near = (actual: number | null | undefined, expected: number, within = 1e-9) =>
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) <= within,
    `expected ${expected}, got ${actual}`,
  );

interface Golden {
  mcnemar: { counts: [number, number, number, number]; exactP: number; midP: number }[];
  independent: {
    counts: [number, number, number, number];
    exactP: number;
    interval: [number, number];
  }[];
  trend: { groups: [score: number, count: number, total: number][]; z: number }[];
}
// Written by tools/golden/paired_comparisons.py.
const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/paired-comparisons.json", import.meta.url), "utf8"),
);

test("mcnemar: statsmodels' exact test, and mid-p", () => {
  for (const { counts, exactP, midP } of golden.mcnemar) {
    const [both, firstOnly, secondOnly, neither] = counts;
    const compared = mcnemar({ both, firstOnly, secondOnly, neither });
    near(compared.exactP, exactP);
    near(compared.midP, midP);
    assert.equal(compared.patients, both + firstOnly + secondOnly + neither);
  }
});

test("shareDifference: Fisher's test of SciPy and Newcombe's interval of statsmodels", () => {
  for (const { counts, exactP, interval } of golden.independent) {
    const [count, total, other, all] = counts;
    const ours = shareDifference({ count, total }, { count: other, total: all });
    near(ours.exactP, exactP);
    near(ours.interval?.[0], interval[0]);
    near(ours.interval?.[1], interval[1]);
    near(ours.difference, count / total - other / all);
  }
});

test("trendOf: NumPy's correlation of score and error, times the root of n - 1", () => {
  for (const { groups, z } of golden.trend) {
    near(trendOf(groups.map(([score, count, total]) => ({ score, count, total }))).z, z);
  }
});

test("mcnemar: only those on whom they differ count, and half of the middle in mid-p", () => {
  const compared = mcnemar({ both: 60, firstOnly: 12, secondOnly: 4, neither: 24 });
  // Of 16 tosses of a coin at most 4: 2517 of 65536, and 1820 of exactly 4.
  near(compared.exactP, (2 * 2517) / 65536);
  near(compared.midP, (2 * 2517 - 1820) / 65536);
  near(compared.difference, 0.08);
  const turned = mcnemar({ both: 60, firstOnly: 4, secondOnly: 12, neither: 24 });
  near(turned.exactP, compared.exactP);
  near(turned.midP, compared.midP);
  near(turned.interval?.[0], -(compared.interval?.[1] ?? 0));
  near(turned.interval?.[1], -(compared.interval?.[0] ?? 0));
});

test("mcnemar: Newcombe's interval for paired shares, against what he printed", () => {
  // Newcombe 1998, Statistics in Medicine 17:2635, method 10.
  const cases = [
    [36, 12, 2, 0, 0.0569, 0.3404],
    [20, 12, 2, 16, 0.0562, 0.3292],
  ];
  for (const [both, firstOnly, secondOnly, neither, low, high] of cases) {
    const { interval } = mcnemar({ both, firstOnly, secondOnly, neither });
    near(interval?.[0], low, 6e-5);
    near(interval?.[1], high, 6e-5);
  }
});

test("mcnemar: where they never differ there is nothing to tell, and nobody has no difference", () => {
  const same = mcnemar({ both: 7, firstOnly: 0, secondOnly: 0, neither: 3 });
  assert.deepEqual([same.exactP, same.midP, same.difference], [1, 1, 0]);
  const none = mcnemar({ both: 0, firstOnly: 0, secondOnly: 0, neither: 0 });
  assert.deepEqual([none.difference, none.interval, none.exactP], [null, null, 1]);
  const equal = mcnemar({ both: 1, firstOnly: 3, secondOnly: 3, neither: 1 });
  assert.deepEqual([equal.exactP, equal.midP], [1, 1]);
  assert.throws(() => mcnemar({ both: -1, firstOnly: 0, secondOnly: 0, neither: 1 }), RangeError);
});

test("pairedCounts: each patient once, and lists of unlike length are refused", () => {
  const [t, f] = [true, false];
  assert.deepEqual(pairedCounts([t, t, f, f, t], [t, f, t, f, t]), {
    both: 2,
    firstOnly: 1,
    secondOnly: 1,
    neither: 1,
  });
  assert.throws(() => pairedCounts([t], [t, f]), /got 1 and 2/);
});

test("shareDifference: Fisher's tea, and Newcombe's interval as he printed it", () => {
  near(shareDifference({ count: 3, total: 4 }, { count: 1, total: 4 }).exactP, 34 / 70);
  // Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
  const printed = [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
  ];
  for (const [count, total, other, all, low, high] of printed) {
    const { interval } = shareDifference({ count, total }, { count: other, total: all });
    near(interval?.[0], low, 6e-5);
    near(interval?.[1], high, 6e-5);
  }
  const nobody = shareDifference({ count: 0, total: 0 }, { count: 1, total: 2 });
  assert.deepEqual([nobody.difference, nobody.interval, nobody.exactP], [null, null, 1]);
});

test("trendOf: the correlation of score and error, and none without spread", () => {
  const groups = [
    { score: 0, count: 3, total: 4 },
    { score: 1, count: 1, total: 4 },
  ];
  // r = -0.5 of eight patients: z = -0.5 * sqrt(7).
  near(trendOf(groups).z, -Math.sqrt(7) / 2);
  assert.equal(trendOf(groups).patients, 8);
  near(trendOf(groups.map((one) => ({ ...one, score: 1 - one.score }))).z, Math.sqrt(7) / 2);
  assert.deepEqual(trendOf([]), { patients: 0, z: null, p: null });
  assert.equal(trendOf([{ score: 1, count: 2, total: 5 }]).p, null);
  assert.equal(
    trendOf([
      { score: 0, count: 2, total: 2 },
      { score: 1, count: 3, total: 3 },
    ]).p,
    null,
  );
  assert.throws(() => trendOf([{ score: 0, count: 3, total: 2 }]), /got 3 of 2/);
});
