import assert from "node:assert/strict";
import test from "node:test";
import { permutation, randomStreams } from "./streams.ts";

test("draws: the same address gives the same stream, whoever drew in between", () => {
  const first = take(randomStreams(7, 3)("order", 1), 5);
  const random = randomStreams(7, 3);
  take(random("order", 0), 100);
  assert.deepEqual(take(random("order", 1), 5), first);
});

test("draws: another seed, step, slot or purpose gives another stream", () => {
  const streams = [
    randomStreams(7, 3)("crop", 1),
    randomStreams(8, 3)("crop", 1),
    randomStreams(7 + 2 ** 32, 3)("crop", 1),
    randomStreams(7, 4)("crop", 1),
    randomStreams(7, 3)("crop", 2),
    randomStreams(7, 3)("flip", 1),
  ].map((stream) => take(stream, 4).join());
  assert.equal(new Set(streams).size, streams.length);
});

test("draws: uniform in [0, 1), by chi-squared over 64 bins", () => {
  const random = randomStreams(1, 0)("uniform", 0);
  const bins = new Float64Array(64);
  const count = 64_000;
  for (let i = 0; i < count; i++) {
    const value = random();
    assert.ok(value >= 0 && value < 1);
    bins[Math.floor(value * 64)]++;
  }
  const expected = count / 64;
  const chi2 = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  // 63 degrees of freedom: 0.0001 of all generators that are fair lie outside.
  assert.ok(chi2 > 27 && chi2 < 117, `chi-squared ${chi2}`);
});

test("draws: neighbouring steps, slots and purposes do not follow each other", () => {
  const count = 20_000;
  const of = (stream: (i: number) => number) =>
    Float64Array.from({ length: count }, (_, i) => stream(i));
  const steps = of((i) => randomStreams(1, i)("flip", 0)());
  const laterSteps = of((i) => randomStreams(1, i + 1)("flip", 0)());
  const slots = of((i) => randomStreams(1, i)("flip", 1)());
  const purposes = of((i) => randomStreams(1, i)("crop", 0)());
  const seeds = of((i) => randomStreams(2, i)("flip", 0)());
  for (const other of [laterSteps, slots, purposes, seeds]) {
    // The standard error of a correlation of independent numbers is 1 / sqrt(count) = 0.007.
    assert.ok(Math.abs(correlation(steps, other)) < 0.03);
  }
});

test("permutation: every index once, another order in every epoch, each place equally likely", () => {
  const order = permutation(5, 0, 1000, "images");
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...Array(1000).keys()],
  );
  assert.notDeepEqual(permutation(5, 1, 1000, "images"), order);
  assert.deepEqual(permutation(5, 0, 1000, "images"), order);
  const places = new Float64Array(8);
  for (let epoch = 0; epoch < 8000; epoch++)
    places[permutation(5, epoch, 8, "images").indexOf(3)]++;
  for (const count of places) assert.ok(Math.abs(count - 1000) < 150, `${places}`);
});

test("permutation: of nothing and of one", () => {
  assert.deepEqual(permutation(5, 0, 0, "images"), new Uint32Array());
  assert.deepEqual(permutation(5, 0, 1, "images"), Uint32Array.of(0));
});

function take(random: () => number, count: number): number[] {
  return Array.from({ length: count }, random);
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - meanA) * (b[i] - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}
