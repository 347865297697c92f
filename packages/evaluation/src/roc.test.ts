import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { philox4x32 } from "@malleolus/random";
import type { Auc } from "@malleolus/schema";
import { NORMAL_95, twoSidedP } from "./normal.ts";
import { aucOf, compareAucs, rocPoints } from "./roc.ts";

interface Golden {
  roc: {
    /** 1 for a positive, 0 for a negative. */
    positive: number[];
    first: number[];
    second: number[];
    expected: { first: GoldenAuc; second: GoldenAuc; z: number; p: number };
  }[];
  curve: { falsePositiveRate: number[]; truePositiveRate: number[]; threshold: number[] };
  normal: [z: number, p: number][];
}
interface GoldenAuc {
  auc: number;
  standardError: number;
  interval: [number, number];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("./golden/metrics.json", import.meta.url), "utf8"),
);

function assertNear(actual: number | null | undefined, expected: number, what = ""): void {
  const near = typeof actual === "number" && Math.abs(actual - expected) < 1e-12;
  assert.ok(near, `${what}: expected ${expected}, got ${actual}`);
}

function assertAuc(actual: Auc | null, expected: GoldenAuc, what: string): void {
  assertNear(actual?.auc, expected.auc, what);
  assertNear(actual?.standardError, expected.standardError, `${what}, deviation`);
  assert.deepEqual(symmetric(actual).map(rounded), expected.interval.map(rounded), what);
}

const rounded = (value: number) => value.toFixed(12);

/** pROC's, of the standard error. */
function symmetric(auc: Auc | null): [low: number, high: number] {
  assert.ok(auc !== null && auc.standardError !== null);
  const half = NORMAL_95 * auc.standardError;
  return [Math.max(0, auc.auc - half), Math.min(1, auc.auc + half)];
}

for (const [i, { positive, first, second, expected }] of golden.roc.entries()) {
  const truths = positive.map((one) => one === 1);
  test(`aucOf and compareAucs: the areas, deviations and paired test of pROC, case ${i}`, () => {
    assertAuc(aucOf(first, truths), expected.first, "first");
    assertAuc(aucOf(second, truths), expected.second, "second");
    const compared = compareAucs(first, second, truths);
    assertNear(compared?.z, expected.z, "z");
    assertNear(compared?.p, expected.p, "p");
  });
}

test("rocPoints: the curve of scikit-learn, tied scores as one point", () => {
  const { positive, first } = golden.roc[0];
  const truths = positive.map((one) => one === 1);
  const points = rocPoints(first, truths) ?? [];
  assert.equal(points[0].threshold, null);
  assert.deepEqual(
    points.slice(1).map(({ threshold }) => (threshold ?? 0) + 0),
    golden.curve.threshold.map((threshold) => threshold + 0),
  );
  for (const key of ["falsePositiveRate", "truePositiveRate"] as const) {
    assert.equal(points.length, golden.curve[key].length);
    for (const [i, point] of points.entries()) assertNear(point[key], golden.curve[key][i], key);
  }
});

test("twoSidedP: SciPy's tails, also far out", () => {
  for (const [z, p] of golden.normal) {
    const ratio = twoSidedP(z) / p;
    assert.ok(Math.abs(ratio - 1) < 1e-12, `z ${z}: expected ${p}, got ${twoSidedP(z)}`);
  }
});

test("aucOf: a tie is half a win", () => {
  // Pairs of a positive and a negative: 3 > 1, 3 > 2, 2 > 1, and 2 ties with 2.
  assert.equal(aucOf([3, 2, 1, 2], [true, true, false, false])?.auc, 3.5 / 4);
});

test("aucOf: one positive has an area and no interval", () => {
  assert.deepEqual(aucOf([1, 0, 0], [true, false, false]), {
    positives: 1,
    negatives: 2,
    auc: 1,
    standardError: null,
    interval: null,
  });
});

test("aucOf, rocPoints, compareAucs: without negatives there is nothing to say", () => {
  assert.equal(aucOf([1, 2], [true, true]), null);
  assert.equal(rocPoints([1, 2], [true, true]), null);
  assert.equal(compareAucs([1, 2], [2, 1], [true, true]), null);
});

test("compareAucs: a difference without spread cannot be tested", () => {
  const positive = [true, true, false, false];
  assert.equal(compareAucs([1, 1, 0, 0], [0, 0, 1, 1], positive), null);
  assert.equal(compareAucs([1, 1, 0, 0], [1, 1, 0, 0], positive)?.p, 1);
});

test("aucOf: scores without truths are refused", () => {
  assert.throws(() => aucOf([1, 2], [true]), /got 2 scores and 1 truths/);
});

test("aucOf, rocPoints, compareAucs: a score that is no number is refused, wherever it stands", () => {
  const positive = [true, true, true, false, false];
  const whole = [0.9, 0.8, 0.7, 0.1, 0.2];
  for (const place of whole.keys()) {
    const scores = whole.with(place, Number.NaN);
    const error = {
      name: "EvaluationError",
      message: new RegExp(`got NaN at place ${place} of 5`),
    };
    assert.throws(() => aucOf(scores, positive), error);
    assert.throws(() => rocPoints(scores, positive), error);
    assert.throws(() => compareAucs(whole, scores, positive), error);
  }
  const ends = [Number.POSITIVE_INFINITY, 0.8, 0.7, 0.1, Number.NEGATIVE_INFINITY];
  assert.equal(aucOf(ends, positive)?.auc, 1);
});

test("aucOf: perfect separation is no certainty", () => {
  const auc = aucOf(
    [...Array(10).fill(1), ...Array(30).fill(0)],
    [...Array(10).fill(true), ...Array(30).fill(false)],
  );
  assert.equal(auc?.auc, 1);
  const [low, high] = auc?.interval ?? [];
  // Wilson's bound for none of 10, with Student's quantile of 9 degrees.
  assertNear(low, 10 / (10 + 2.262157162798205 ** 2), "lower end");
  assert.equal(high, 1);
  const reversed = aucOf([0, 0, 1, 1, 1], [true, true, false, false, false]);
  assert.equal(reversed?.interval?.[0], 0);
  assert.ok((reversed?.interval?.[1] ?? 0) > 0.6);
});

test("aucOf: its interval is Wilson's of the cases that DeLong's variance stands for, by hand", () => {
  const check = (positives: number[], negatives: number[], cases: number, quantile: number) => {
    const auc = aucOf(
      [...positives, ...negatives],
      [...positives.map(() => true), ...negatives.map(() => false)],
    );
    // Where a share lies so many standard errors from the area, with the share's own error.
    for (const end of auc?.interval ?? assert.fail()) {
      assertNear(Math.abs((auc?.auc ?? 0) - end), quantile * Math.sqrt((end * (1 - end)) / cases));
    }
    return auc;
  };
  // Placements 1, 3/4, 3/4 and 1/3, 1, 1, 1: variances of 1/144 and 1/36. Four cases of 5/6 spread so much;
  // Satterthwaite's degrees are 4.29, and Student's quantile of 4 is 2.776.
  const auc = check([5, 3, 2], [4, 1, 0, 0], 4, 2.7764451051977987);
  assertNear(auc?.standardError, Math.sqrt(5 / 144), "deviation");
  // Placements 5/8 thrice and 1 on either side would be as many as 11.5 cases, of which there are 8.
  check([2, 2, 2, 3], [2, 2, 2, 1], 8, 2.4469118511449692);
});

test("aucOf: an interval holds its area and lies within 0 and 1", () => {
  for (let run = 0; run < 200; run++) {
    const positives = 2 + (run % 9);
    const scores = [0, 1, 2, 3, 4].flatMap((block) => [...philox4x32([block, run, 0, 0], [3, 0])]);
    const coarse = scores.map((word) => word % 7);
    const auc = aucOf(
      coarse,
      coarse.map((_, i) => i < positives),
    );
    const [low, high] = auc?.interval ?? [Number.NaN, Number.NaN];
    assert.ok(auc !== null && 0 <= low && low <= auc.auc && auc.auc <= high && high <= 1);
  }
});

/** Two normal values. */
function normals(place: number, run: number): [number, number] {
  const [a, b] = philox4x32([place, run, 0, 0], [11, 0]).map((word) => (word + 0.5) / 2 ** 32);
  const radius = Math.sqrt(-2 * Math.log(a));
  return [radius * Math.cos(2 * Math.PI * b), radius * Math.sin(2 * Math.PI * b)];
}

// Of normal scores; the shift is the area's normal quantile times the root of two.
const designs = [
  { positives: 30, negatives: 10, shift: 2.087071, area: 0.93 },
  { positives: 25, negatives: 75, shift: 3.289953, area: 0.99 },
  { positives: 10, negatives: 30, shift: 2.659852, area: 0.97 },
];
for (const { positives, negatives, shift, area } of designs) {
  test(`aucOf: the interval covers ${area} with ${positives} against ${negatives}, DeLong's does not`, () => {
    const positive = Array.from({ length: positives + negatives }, (_, i) => i < positives);
    const runs = 600;
    let [covered, symmetrically] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const scores = positive.map((is, i) => normals(i, run)[0] + (is ? shift : 0));
      const auc = aucOf(scores, positive);
      const holds = ([low, high]: readonly [number, number]) => low <= area && area <= high;
      if (auc?.interval && holds(auc.interval)) covered++;
      if (holds(symmetric(auc))) symmetrically++;
    }
    assert.ok(covered / runs > 0.945, `covers in ${covered} of ${runs}`);
    assert.ok(symmetrically / runs < 0.88, `DeLong's covers in ${symmetrically} of ${runs}`);
  });
}

test("aucOf: clusters of one image each are DeLong's, and repeated images are not more than one", () => {
  const { positive, first } = golden.roc[1];
  const truths = positive.map((one) => one === 1);
  const names = first.map((_, i) => `${i}`);
  const [alone, each] = [aucOf(first, truths), aucOf(first, truths, names)];
  assertNear(each?.standardError, alone?.standardError ?? 0, "deviation");
  assertNear(each?.interval?.[0], alone?.interval?.[0] ?? 0, "lower end");
  const thrice = <T>(values: readonly T[]) => [...values, ...values, ...values];
  const views = aucOf(thrice(first), thrice(truths), thrice(names));
  assertNear(views?.auc, alone?.auc ?? 0, "area");
  assertNear(views?.standardError, alone?.standardError ?? 0, "deviation of three views");
  assert.ok(
    (aucOf(thrice(first), thrice(truths))?.standardError ?? 1) < 0.6 * (views?.standardError ?? 0),
  );
});

test("aucOf: a cluster that holds both kinds counts with what they share", () => {
  // Obuchowski 1997, by hand: placements 1, 2/3, 1 on both sides; a and b hold one of each.
  const scores = [3, 1.5, 3, 1, 2, 0];
  const positive = [true, true, true, false, false, false];
  const auc = aucOf(scores, positive, ["a", "b", "c", "a", "b", "d"]);
  const area = auc?.auc ?? 0;
  assertNear(area, (1 + 2 / 3 + 1) / 3, "area");
  const above = [1, 2 / 3, 1].map((value) => value - area);
  const below = [1, 2 / 3, 1].map((value) => value - area);
  const squares = (values: number[]) => values.reduce((sum, value) => sum + value * value, 0);
  const both = above[0] * below[0] + above[1] * below[1];
  const variance = (1.5 * squares(above) + 1.5 * squares(below) + 2 * (4 / 3) * both) / 9;
  assertNear(auc?.standardError, Math.sqrt(variance), "deviation");
  assert.equal(aucOf([1, 1, 0], [true, true, false], ["a", "a", "b"])?.interval, null);
  assert.throws(() => aucOf(scores, positive, ["a"]), /got 1 for 6 scores/);
});

test("aucOf: two clusters on each side are enough for an interval, one is not", () => {
  const scores = [3, 2, 4, 1, 0, 2];
  const positive = [true, true, true, false, false, false];
  const interval = (clusters: string[]) => aucOf(scores, positive, clusters)?.interval;
  const both = interval(["a", "b", "a", "c", "d", "c"]);
  assert.ok(both != null && both[0] < 17 / 18 && 17 / 18 < both[1], `${both}`);
  assert.equal(interval(["a", "a", "a", "c", "d", "c"]), null);
  assert.equal(interval(["a", "b", "a", "c", "c", "c"]), null);
});
