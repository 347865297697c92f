import assert from "node:assert/strict";
import { test } from "node:test";
import { rocBand } from "./roc-band.ts";

const options = { seed: 1, resamples: 400 };

test("rocBand: perfect separation leaves no room", () => {
  const scores = [3, 2, 1, 0.5, 0.2, 0.1];
  const band = rocBand(
    [...scores, ...scores.map((one) => one + 10)],
    Array.from({ length: 12 }, (_, i) => i >= 6),
    options,
  );
  assert.equal(band?.length, 51);
  for (const { low, high } of band ?? []) assert.deepEqual([low, high], [1, 1]);
});

test("rocBand: scores that are all alike give the diagonal in every resample", () => {
  const positive = Array.from({ length: 20 }, (_, i) => i % 2 === 0);
  const band =
    rocBand(
      positive.map(() => 0.5),
      positive,
      options,
    ) ?? [];
  for (const { falsePositiveRate, low, high } of band) {
    assert.ok(
      Math.abs(low - falsePositiveRate) < 1e-12 && Math.abs(high - falsePositiveRate) < 1e-12,
    );
  }
});

test("rocBand: rises with the rate, holds the curve, and narrows with more patients", () => {
  const made = (count: number) => {
    const positive = Array.from({ length: count }, (_, i) => i % 2 === 0);
    // A fixed sequence in which positives tend to score higher.
    const scores = positive.map((is, i) => ((i * 37) % 101) / 101 + (is ? 0.35 : 0));
    return rocBand(scores, positive, options) ?? [];
  };
  const [few, many] = [made(40), made(400)];
  for (const band of [few, many]) {
    assert.equal(band.length, 51);
    for (const [i, { low, high }] of band.entries()) {
      assert.ok(low <= high && low >= 0 && high <= 1);
      assert.ok(i === 0 || (low >= band[i - 1].low && high >= band[i - 1].high));
    }
  }
  assert.ok(many[25].high - many[25].low < few[25].high - few[25].low);
  // Half of the negatives lie below 0.5: a positive is found from 0.5 - 0.35 on, which is 0.85 of them.
  assert.ok(many[25].low < 0.85 && many[25].high > 0.85);
});

test("rocBand: none of one class alone, and none where resamples lack one", () => {
  assert.equal(rocBand([1, 2], [true, true], options), null);
  assert.equal(rocBand([1, 2, 3], [true, false, false], options), null);
  assert.equal(rocBand([], [], options), null);
});
