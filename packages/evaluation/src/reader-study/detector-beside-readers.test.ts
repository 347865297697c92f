import assert from "node:assert/strict";
import { test } from "node:test";
import { philox4x32 } from "@malleolus/random";
import { aucOf, compareAucs } from "../roc.ts";
import {
  detectorBesideReaders,
  powerBesideReaders,
  type ReadCases,
} from "./detector-beside-readers.ts";
import { analyzeReaderStudy } from "./obuchowski-rockette.ts";

const positive = [true, true, true, true, false, false, false, false, false];
const detector = [4, 4, 3, 1, 2, 1, 3, 0, 0];
const readers = [
  [4, 3, 2, 1, 3, 2, 1, 1, 0],
  [4, 4, 1, 2, 2, 3, 1, 0, 0],
  [1, 3, 3, 4, 1, 2, 3, 0, 0],
];
const found = detectorBesideReaders({ positive, detector, readers }) ?? assert.fail();

const near = (actual: number | null | undefined, expected: number, what = "") =>
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) < 1e-10,
    `${what} expected ${expected}, got ${actual}`,
  );

test("detectorBesideReaders: the readers' mean is that of a condition of a reader study", () => {
  const { randomReadersAndCases } = analyzeReaderStudy({
    conditions: ["alone", "again"],
    readers: ["x", "y", "z"],
    positive,
    scores: [readers, readers.toReversed()],
  });
  const [alone] = randomReadersAndCases.conditions;
  near(found.readersMean.value, alone.auc);
  near(found.readersMean.standardError, alone.standardError);
  near(found.readersMean.degreesOfFreedom, alone.degreesOfFreedom ?? 0);
  near(found.readersMean.interval[0], alone.interval[0]);
  near(found.readersMean.interval[1], alone.interval[1]);
});

test("detectorBesideReaders: areas are each reader's, and the difference is the detector's less theirs", () => {
  assert.deepEqual(
    found.readers.map(({ auc }) => auc),
    readers.map((scores) => aucOf(scores, positive)?.auc),
  );
  near(found.difference.value, found.detector.auc - found.readersMean.value);
  assert.deepEqual([found.positives, found.negatives], [4, 5]);
  const [low, high] = found.difference.interval;
  assert.ok(low < found.difference.value && found.difference.value < high);
});

test("detectorBesideReaders: a detector that says nothing has no spread of its own", () => {
  const silent = detectorBesideReaders({ positive, detector: detector.map(() => 1), readers });
  near(silent?.difference.value, 0.5 - found.readersMean.value);
  near(silent?.difference.standardError, found.readersMean.standardError);
  near(silent?.difference.degreesOfFreedom, found.readersMean.degreesOfFreedom);
});

test("detectorBesideReaders: readers who are all alike leave DeLong's paired test", () => {
  const [one] = readers;
  const alike = detectorBesideReaders({ positive, detector, readers: [one, one, one, one] });
  const paired = compareAucs(detector, one, positive) ?? assert.fail();
  near(alike?.difference.value, paired.difference);
  near(alike?.difference.standardError, paired.standardError);
  near(alike?.p, paired.p);
  const same = detectorBesideReaders({ positive, detector, readers: [detector, detector] });
  assert.deepEqual([same?.difference.value, same?.difference.standardError, same?.p], [0, 0, null]);
});

test("detectorBesideReaders: one reader, one kind of case, or a case that somebody has not read", () => {
  assert.equal(detectorBesideReaders({ positive, detector, readers: [readers[0]] }), null);
  const none = positive.map(() => false);
  assert.equal(detectorBesideReaders({ positive: none, detector, readers }), null);
  assert.equal(detectorBesideReaders({ positive: none.with(0, true), detector, readers }), null);
  assert.throws(
    () => detectorBesideReaders({ positive, detector, readers: [readers[0].slice(1), readers[1]] }),
    /expected a score of each of 9 cases, got 8; leave out cases/,
  );
});

test("detectorBesideReaders: two readers, two positives and two negatives are enough", () => {
  const least = detectorBesideReaders({
    positive: [true, true, false, false],
    detector: [3, 2, 1, 0],
    // Of four pairs the first has three right and one alike, the other one right and two alike.
    readers: [
      [2, 1, 1, 0],
      [1, 0, 0, 1],
    ],
  });
  assert.deepEqual([least?.positives, least?.negatives], [2, 2]);
  near(least?.readersMean.value, (0.875 + 0.5) / 2);
  near(least?.difference.value, 1 - (0.875 + 0.5) / 2);
});

/** Readers and a detector who see cases with noise of the case's, their own and each reading's. */
function simulated(seed: number, cases: number, count: number, skill: number): ReadCases {
  let drawn = 0;
  const normal = () => {
    const [u, v] = philox4x32([drawn++, 0, 0, 0], [seed, 0]).map((word) => (word + 0.5) / 2 ** 32);
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  };
  const is = Array.from({ length: cases }, (_, i) => i % 2 === 0);
  const hard = is.map(() => normal());
  const see = (own: number) => is.map((one, i) => (one ? own : 0) + hard[i] + normal());
  const own = () => skill + 0.4 * normal();
  return {
    positive: is,
    detector: see(skill),
    readers: Array.from({ length: count }, () => see(own())),
  };
}

test("detectorBesideReaders: where there is no difference, p is below 0.05 in about one of twenty", () => {
  let below = 0;
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const one = detectorBesideReaders(simulated(run, 60, 5, 1.6)) ?? assert.fail();
    if ((one.p ?? 1) <= 0.05) below++;
  }
  assert.ok(below >= 0.02 * runs && below <= 0.09 * runs, `${below} of ${runs}`);
});

test("powerBesideReaders: none for no difference, more with more cases, readers and difference", () => {
  const { variance } = detectorBesideReaders(simulated(7, 200, 6, 1.6)) ?? assert.fail();
  const power = (readers: number, cases: number, difference: number) =>
    powerBesideReaders(variance, { readers, cases, difference });
  assert.ok(Math.abs(power(6, 200, 0) - 0.05) < 1e-6, `${power(6, 200, 0)}`);
  assert.ok(power(6, 200, 0.05) < power(6, 400, 0.05));
  assert.ok(power(6, 200, 0.05) < power(12, 200, 0.05));
  assert.ok(power(6, 200, 0.05) < power(6, 200, 0.1));
  assert.throws(() => power(1, 200, 0.1), /expected at least two readers and cases/);
  const nothing = { reader: 0, error: 0, shared: 0, cases: 10 };
  assert.throws(
    () => powerBesideReaders(nothing, { readers: 3, cases: 10, difference: 0.1 }),
    /a spread of 0$/,
  );
});

test("powerBesideReaders: readers alone are a t-test of their differences, cases alone a normal one", () => {
  const near3 = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 5e-4, `expected ${expected}, got ${actual}`);
  // Ten differences with a mean of one deviation: 0.8031 in the tables of the t-test.
  const readersAlone = { reader: 1, error: 0, shared: 0, cases: 10 };
  near3(powerBesideReaders(readersAlone, { readers: 10, cases: 77, difference: 1 }), 0.8031);
  near3(
    powerBesideReaders({ ...readersAlone, reader: 4 }, { readers: 10, cases: 10, difference: 2 }),
    0.8031,
  );
  // Twice the cases halve the variance: 0.28 is then 2.8 deviations, which 1.96 leaves to 0.7995.
  const casesAlone = { reader: 0, error: 0.02, shared: 0.02, cases: 50 };
  near3(powerBesideReaders(casesAlone, { readers: 4, cases: 100, difference: 0.28 }), 0.7995);
  near3(powerBesideReaders(casesAlone, { readers: 9, cases: 100, difference: -0.28 }), 0.7995);
  // What each reader's cases add is not shared, and goes with the readers.
  const ownCases = { reader: 0, error: 1.5, shared: 0, cases: 20 };
  near3(powerBesideReaders(ownCases, { readers: 10, cases: 30, difference: 1 }), 0.8031);
  // An estimate below 0 is no variance.
  near3(
    powerBesideReaders({ ...ownCases, reader: -3 }, { readers: 10, cases: 30, difference: 1 }),
    0.8031,
  );
});

test("detectorBesideReaders: the variance's parts are those of the differences, by hand", () => {
  const { variance, difference } = found;
  const areas = readers.map((scores) => aucOf(scores, positive)?.auc ?? Number.NaN);
  const ofPairs = readers.map((scores) => compareAucs(detector, scores, positive) ?? assert.fail());
  near(variance.error, ofPairs.reduce((sum, one) => sum + one.standardError ** 2, 0) / 3);
  assert.equal(variance.cases, 9);
  const differences = areas.map((area) => found.detector.auc - area);
  const mean = differences.reduce((sum, one) => sum + one, 0) / 3;
  const square = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 2;
  near(variance.reader, square - variance.error + variance.shared);
  near(difference.standardError ** 2, (square + 3 * variance.shared) / 3);
  near(difference.degreesOfFreedom, 2 * ((square + 3 * variance.shared) / square) ** 2);
});
