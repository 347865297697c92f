import assert from "node:assert/strict";
import { test } from "node:test";
import { aucOf, compareAucs, placements, rocPoints } from "../roc.ts";
import { aucCovariances } from "./auc-covariance.ts";
import { averageRoc, type CurvePoint } from "./average-roc.ts";
import { analyzeReaderStudy } from "./obuchowski-rockette.ts";
import { casesForPower, readerStudyPower } from "./power.ts";
import type { ReaderStudy } from "./reader-study.ts";

const positive = [true, true, true, true, false, false, false, false, false];
const study: ReaderStudy = {
  conditions: ["alone", "with", "other"],
  readers: ["x", "y"],
  positive,
  scores: [
    [
      [4, 3, 2, 1, 3, 2, 1, 1, 0],
      [4, 4, 1, 2, 2, 3, 1, 0, 0],
    ],
    [
      [4, 4, 3, 2, 3, 1, 1, 1, 0],
      [4, 4, 2, 3, 2, 3, 1, 0, 0],
    ],
    [
      [1, 2, 3, 4, 1, 2, 3, 4, 0],
      [2, 2, 3, 1, 2, 1, 4, 0, 1],
    ],
  ],
};

const near = (actual: number | null | undefined, expected: number, what = "") =>
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) < 1e-10,
    `${what} expected ${expected}, got ${actual}`,
  );

function area(curve: readonly CurvePoint[]): number {
  return curve.slice(1).reduce((sum, point, i) => {
    const before = curve[i];
    const height = (point.truePositiveRate + before.truePositiveRate) / 2;
    return sum + (point.falsePositiveRate - before.falsePositiveRate) * height;
  }, 0);
}

test("aucCovariances: DeLong's variances are those of the areas and of their difference", () => {
  const [one, other] = study.scores[0];
  const placed = [one, other].map((scores) => placements(scores, positive) ?? assert.fail());
  const covariances = aucCovariances(placed, "delong");
  near(covariances[0][0], (aucOf(one, positive)?.standardError ?? 0) ** 2);
  near(covariances[1][1], (aucOf(other, positive)?.standardError ?? 0) ** 2);
  const compared = compareAucs(one, other, positive)?.standardError ?? 0;
  near(covariances[0][0] + covariances[1][1] - 2 * covariances[0][1], compared ** 2);
});

test("aucCovariances: the jackknife is that of areas without each case", () => {
  const [one, other] = study.scores[1];
  const without = (scores: readonly number[]) =>
    positive.map((_, left) => {
      const keep = <T>(values: readonly T[]) => values.filter((__, i) => i !== left);
      return aucOf(keep(scores), keep(positive))?.auc ?? Number.NaN;
    });
  const placed = [one, other].map((scores) => placements(scores, positive) ?? assert.fail());
  const ours = aucCovariances(placed, "jackknife");
  const [first, second] = [without(one), without(other)];
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const covariance = (a: readonly number[], b: readonly number[]) =>
    (8 / 9) * a.reduce((sum, value, i) => sum + (value - mean(a)) * (b[i] - mean(b)), 0);
  near(ours[0][0], covariance(first, first));
  near(ours[0][1], covariance(first, second));
});

test("analyzeReaderStudy: three conditions have three differences, adjusted together", () => {
  const { randomReadersAndCases, components, aucs, byReader } = analyzeReaderStudy(study);
  const { overall, differences, conditions } = randomReadersAndCases;
  assert.deepEqual(
    differences.map(({ first, second }) => `${first}-${second}`),
    ["alone-with", "alone-other", "with-other"],
  );
  assert.equal(overall.degreesOfFreedom, 2);
  for (const { p, holmP } of differences) assert.ok((holmP ?? 0) >= (p ?? 1));
  assert.ok(differences.some(({ p, holmP }) => (holmP ?? 0) > (p ?? 1)));
  near(conditions[0].auc, (aucs[0][0] + aucs[0][1]) / 2);
  assert.equal(byReader.length, 6);
  assert.deepEqual(
    byReader.slice(0, 4).map(({ reader }) => reader),
    ["x", "x", "x", "y"],
  );
  assert.ok(components.error > 0);
  for (const { interval } of conditions) assert.ok(interval[0] >= 0 && interval[1] <= 1);
});

test("analyzeReaderStudy: readers who differ by nothing leave the cases alone", () => {
  const same = {
    ...study,
    conditions: ["alone", "with"],
    scores: study.scores.slice(0, 2).map(([one]) => [one, one]),
  };
  const { randomReadersAndCases, fixedReaders, fixedCases } = analyzeReaderStudy(same);
  assert.equal(randomReadersAndCases.overall.errorDegreesOfFreedom, Number.POSITIVE_INFINITY);
  near(
    randomReadersAndCases.differences[0].standardError,
    compareAucs(study.scores[0][0], study.scores[1][0], positive)?.standardError ?? 0,
    "one reader's",
  );
  near(randomReadersAndCases.differences[0].p, fixedReaders.differences[0].p ?? 0);
  // Without another case or another reader nothing varies at all.
  assert.deepEqual([fixedCases.overall.statistic, fixedCases.overall.p], [null, null]);
  assert.equal(fixedCases.differences[0].p, null);
});

test("analyzeReaderStudy: of three conditions the mean squares are those of their pairs", () => {
  const { aucs, meanSquares } = analyzeReaderStudy(study);
  // Deviations from the mean, squared, are the pairs' differences squared over how many there are.
  const squares = (values: readonly number[]) =>
    values.reduce(
      (sum, one, i) => values.slice(i + 1).reduce((own, other) => own + (one - other) ** 2, sum),
      0,
    ) / values.length;
  const conditions = aucs.map(([x, y]) => (x + y) / 2);
  near(meanSquares.condition, (2 * squares(conditions)) / 2);
  const readers = [0, 1].map((j) => aucs.reduce((sum, row) => sum + row[j], 0) / 3);
  near(meanSquares.reader, 3 * squares(readers));
  // Of two readers, what is neither is the spread of their differences.
  near(meanSquares.conditionByReader, squares(aucs.map(([x, y]) => x - y)) / 2 / 2);
});

test("analyzeReaderStudy: readers who are alike leave one test of three conditions, by the cases", () => {
  const alike = { ...study, scores: study.scores.map(([one]) => [one, one]) };
  const { randomReadersAndCases, fixedReaders } = analyzeReaderStudy(alike);
  const [random, fixed] = [randomReadersAndCases.overall, fixedReaders.overall];
  // F's numerator is chi-square over its degrees of freedom.
  near(2 * (random.statistic ?? 0), fixed.statistic ?? 9);
  near(random.p, fixed.p ?? 9);
  assert.ok((fixed.p ?? 1) < 0.9);
  for (const [i, { standardError, interval }] of randomReadersAndCases.conditions.entries()) {
    const area = aucOf(study.scores[i][0], positive);
    near(standardError, area?.standardError ?? 9);
    near(standardError, fixedReaders.conditions[i].standardError);
    near(interval[0], fixedReaders.conditions[i].interval[0]);
  }
});

test("analyzeReaderStudy: a study with holes in it is refused", () => {
  const [alone, rest] = [study.scores[0], study.scores.slice(1)];
  const cases: [Partial<ReaderStudy>, RegExp][] = [
    [{ conditions: ["alone"], scores: [alone] }, /two conditions and two readers, got 1 and 2/],
    [{ readers: ["x"], scores: study.scores.map(([one]) => [one]) }, /got 3 and 1/],
    [{ positive: positive.map(() => true) }, /got 9 and 0/],
    [{ positive: positive.map((_, i) => i === 0) }, /got 1 and 8/],
    [{ scores: [alone] }, /scores of 3 conditions, got 1/],
    [{ scores: [[alone[0]], ...rest] }, /alone: expected scores of 2 readers, got 1/],
    [{ scores: [[alone[0], alone[1].slice(1)], ...rest] }, /alone, y: .* got 8; leave out/],
    [{ scores: [[alone[0], alone[1].with(3, Number.NaN)], ...rest] }, /alone, y: .* NaN of case 3/],
    [{ scores: [[alone[0].with(0, Number.NaN), alone[1]], ...rest] }, /alone, x: .* NaN of case 0/],
  ];
  for (const [changed, message] of cases) {
    assert.throws(() => analyzeReaderStudy({ ...study, ...changed }), { code: "input", message });
  }
});

test("averageRoc: its area is the mean of the readers' areas", () => {
  for (const readers of study.scores) {
    const curves = readers.map((scores) => rocPoints(scores, positive) ?? assert.fail());
    const mean = curves.map(area).reduce((sum, one) => sum + one, 0) / curves.length;
    const averaged = averageRoc(curves);
    near(area(averaged), mean, "area");
    assert.deepEqual(averaged[0], { falsePositiveRate: 0, truePositiveRate: 0 });
    assert.deepEqual(averaged.at(-1), { falsePositiveRate: 1, truePositiveRate: 1 });
  }
  const [curve] = study.scores[0].map((scores) => rocPoints(scores, positive) ?? assert.fail());
  near(area(averageRoc([curve])), area(curve), "one reader's own");
});

const pilot = {
  components: {
    reader: 0.0015,
    conditionByReader: 0.0002,
    error: 0.0008,
    sameReader: 0.00035,
    sameCondition: 0.00034,
    neitherSame: 0.00024,
  },
  cases: 114,
};

test("readerStudyPower: without a difference the level, more with everything that helps", () => {
  const questions = ["random readers and cases", "fixed readers", "fixed cases"] as const;
  for (const question of questions) {
    const power = (readers: number, cases: number, difference: number) =>
      readerStudyPower(pilot, { readers, cases, difference, question });
    assert.ok(Math.abs(power(8, 200, 0) - 0.05) < 1e-9, question);
    assert.ok(power(8, 200, 0.04) < power(12, 200, 0.04), question);
    assert.ok(power(8, 200, 0.04) < power(8, 300, 0.04), question);
    assert.ok(power(8, 200, 0.04) < power(8, 200, 0.05), question);
  }
  const planned = { readers: 1, cases: 9, difference: 0.1, question: questions[0] };
  assert.throws(() => readerStudyPower(pilot, planned), /got 1 readers, 9 cases/);
  const none = Object.fromEntries(Object.keys(pilot.components).map((key) => [key, 0]));
  assert.throws(
    () =>
      readerStudyPower(
        { cases: 9, components: { ...pilot.components, ...none } },
        { ...planned, readers: 5 },
      ),
    /without variance/,
  );
});

test("casesForPower: the fewest that reach it, and none where readers differ too much", () => {
  const planned = { readers: 10, difference: 0.045, question: "random readers and cases" } as const;
  const cases = casesForPower(pilot, planned, 0.8) ?? 0;
  assert.ok(readerStudyPower(pilot, { ...planned, cases }) >= 0.8);
  assert.ok(readerStudyPower(pilot, { ...planned, cases: cases - 1 }) < 0.8);
  assert.equal(casesForPower(pilot, { ...planned, readers: 3, difference: 0.01 }, 0.8), null);
});
