import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { twoSidedP } from "./normal.ts";
import { type Auc, aucOf, compareAucs, rocPoints } from "./roc.ts";

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

function assertNear(actual: number | null | undefined, expected: number, what: string): void {
  const near = typeof actual === "number" && Math.abs(actual - expected) < 1e-12;
  assert.ok(near, `${what}: expected ${expected}, got ${actual}`);
}

function assertAuc(actual: Auc | null, expected: GoldenAuc, what: string): void {
  assertNear(actual?.auc, expected.auc, what);
  assertNear(actual?.standardError, expected.standardError, `${what}, deviation`);
  assertNear(actual?.interval?.[0], expected.interval[0], `${what}, lower end`);
  assertNear(actual?.interval?.[1], expected.interval[1], `${what}, upper end`);
}

for (const [i, { positive, first, second, expected }] of golden.roc.entries()) {
  const truths = positive.map((one) => one === 1);
  test(`aucOf and compareAucs: the areas, intervals and paired test of pROC, case ${i}`, () => {
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
