import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  analyzeReaderStudy,
  type Inference,
  type VarianceComponents,
} from "./obuchowski-rockette.ts";
import { readerStudyPower, type StudyQuestion } from "./power.ts";
import type { ReaderStudy } from "./reader-study.ts";

/** `[auc, standardError, low, high]`, with the degrees of freedom after the error where there are any. */
type Row = readonly number[];
interface GoldenInference {
  f?: number;
  chiSquare?: number;
  errorDegrees?: number;
  p: number;
  standardError: number;
  interval: [number, number];
  conditions: Row[];
  byReader?: Row[];
}
interface Golden {
  positive: string;
  ratings: string[][];
  jackknife: {
    aucs: number[][];
    meanSquares: Record<"condition" | "reader" | "conditionByReader", number>;
    components: VarianceComponents;
    randomReadersAndCases: GoldenInference;
    fixedReaders: GoldenInference;
    fixedCases: GoldenInference;
  };
  delong: { components: VarianceComponents };
  power: {
    question: StudyQuestion;
    readers: number;
    cases: number;
    difference: number;
    power: number;
  }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/van-dyke.json", import.meta.url), "utf8"),
);

const study: ReaderStudy = {
  conditions: ["spin-echo", "cine"],
  readers: ["1", "2", "3", "4", "5"],
  positive: [...golden.positive].map((one) => one === "1"),
  scores: golden.ratings.map((readers) => readers.map((ratings) => [...ratings].map(Number))),
};
const jackknife = analyzeReaderStudy(study, "jackknife");

/** As many digits as were printed. */
function assertPrinted(actual: number | null | undefined, printed: number, what: string): void {
  const digits = `${printed}`.split(".")[1]?.length ?? 0;
  const near =
    typeof actual === "number" &&
    Math.abs(actual - printed) <= 0.500001 * 10 ** -Math.max(2, digits);
  assert.ok(near, `${what}: expected ${printed}, got ${actual}`);
}

function assertSame(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual / expected - 1) < 1e-9, `${what}: expected ${expected}, got ${actual}`);
}

function assertInference(actual: Inference, expected: GoldenInference, what: string): void {
  assertPrinted(
    actual.overall.statistic,
    expected.f ?? expected.chiSquare ?? 0,
    `${what}, statistic`,
  );
  assert.equal(actual.overall.degreesOfFreedom, 1);
  if (expected.errorDegrees === undefined) assert.equal(actual.overall.errorDegreesOfFreedom, null);
  else {
    const degrees = actual.overall.errorDegreesOfFreedom;
    assertPrinted(degrees, expected.errorDegrees, `${what}, degrees`);
  }
  assertPrinted(actual.overall.p, expected.p, `${what}, p`);
  const [difference] = actual.differences;
  assert.deepEqual([difference.first, difference.second], study.conditions);
  assertPrinted(difference.difference, -0.0438, what);
  assertPrinted(difference.standardError, expected.standardError, `${what}, error`);
  assertPrinted(difference.interval[0], expected.interval[0], `${what}, low`);
  assertPrinted(difference.interval[1], expected.interval[1], `${what}, high`);
  // Of two conditions the overall test and that of the difference are one.
  assert.ok(Math.abs((difference.p ?? 0) - (actual.overall.p ?? 1)) < 1e-10);
  for (const [i, row] of expected.conditions.entries()) {
    const { auc, standardError, degreesOfFreedom, interval } = actual.conditions[i];
    const ours = [auc, standardError, ...(row.length === 5 ? [degreesOfFreedom] : []), ...interval];
    for (const [j, value] of row.entries()) assertPrinted(ours[j], value, `${what}, ${i}, ${j}`);
  }
}

test("analyzeReaderStudy: areas, mean squares and components of the Van Dyke data, as RJafroc has them", () => {
  for (const [i, readers] of golden.jackknife.aucs.entries()) {
    for (const [j, auc] of readers.entries())
      assertPrinted(jackknife.aucs[i][j], auc, `${i}, ${j}`);
  }
  const { condition, reader, conditionByReader } = golden.jackknife.meanSquares;
  assertSame(jackknife.meanSquares.condition, condition, "condition");
  assertSame(jackknife.meanSquares.reader, reader, "reader");
  assertSame(jackknife.meanSquares.conditionByReader, conditionByReader, "both");
  const delong = analyzeReaderStudy(study, "delong");
  const both = [
    [jackknife.components, golden.jackknife.components],
    [delong.components, golden.delong.components],
  ] as const;
  for (const [ours, theirs] of both) {
    assertSame(ours.reader, theirs.reader, "reader");
    assertSame(ours.conditionByReader, theirs.conditionByReader, "condition by reader");
    assertSame(ours.error, theirs.error, "error");
    assertSame(ours.sameReader, theirs.sameReader, "same reader");
    assertSame(ours.sameCondition, theirs.sameCondition, "same condition");
    assertSame(ours.neitherSame, theirs.neitherSame, "neither");
  }
});

test("analyzeReaderStudy: the three analyses that OR-DBM MRMC prints of the Van Dyke data", () => {
  const { randomReadersAndCases, fixedReaders, fixedCases } = golden.jackknife;
  assertInference(jackknife.randomReadersAndCases, randomReadersAndCases, "random");
  assertInference(jackknife.fixedReaders, fixedReaders, "fixed readers");
  assertInference(jackknife.fixedCases, fixedCases, "fixed cases");
  for (const [j, [difference, error, p, low, high]] of (fixedReaders.byReader ?? []).entries()) {
    const ours = jackknife.byReader[j];
    assert.equal(ours.reader, study.readers[j]);
    assertPrinted(ours.difference, difference, `reader ${j}`);
    assertPrinted(ours.standardError, error, `reader ${j}, error`);
    assertPrinted(ours.p, p, `reader ${j}, p`);
    assertPrinted(ours.interval[0], low, `reader ${j}, low`);
    assertPrinted(ours.interval[1], high, `reader ${j}, high`);
  }
});

test("readerStudyPower: RJafroc's, from the Van Dyke data", () => {
  const pilot = { components: jackknife.components, cases: 114 };
  for (const { power, ...planned } of golden.power) {
    assertSame(readerStudyPower(pilot, planned), power, planned.question);
  }
});
