import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../test-heads.ts";
import { randomSubset, sampleBatch } from "./sampling.ts";

const rule = { batchSizePerImage: 8, positiveFraction: 0.25 };

function labeled(positives: number, negatives: number, ignored: number): Int8Array {
  const labels = new Int8Array(positives + negatives + ignored).fill(-1);
  labels.fill(1, 0, positives);
  labels.fill(0, positives, positives + negatives);
  return labels;
}

test("sampleBatch: at most its share of positives, negatives up to the batch, never ignored ones", () => {
  const cases = [
    { labels: labeled(10, 100, 50), positives: 2, negatives: 6 },
    { labels: labeled(1, 100, 0), positives: 1, negatives: 7 },
    { labels: labeled(0, 100, 3), positives: 0, negatives: 8 },
    { labels: labeled(10, 3, 9), positives: 2, negatives: 3 },
    { labels: labeled(0, 0, 4), positives: 0, negatives: 0 },
  ];
  for (const { labels, positives, negatives } of cases) {
    const sample = sampleBatch(labels, rule, randomFrom(1)("sampling", 0));
    assert.equal(sample.positives.length, positives);
    assert.equal(sample.negatives.length, negatives);
    assert.equal(new Set(sample.negatives).size, negatives);
    for (const index of sample.positives) assert.equal(labels[index], 1);
    for (const index of sample.negatives) assert.equal(labels[index], 0);
  }
});

test("sampleBatch: the same stream gives the same sample, another one another", () => {
  const sample = (seed: number, slot: number) =>
    sampleBatch(labeled(30, 300, 10), rule, randomFrom(seed)("sampling", slot));
  assert.deepEqual(sample(1, 0), sample(1, 0));
  assert.notDeepEqual(sample(1, 0), sample(2, 0));
  assert.notDeepEqual(sample(1, 0), sample(1, 1));
});

test("randomSubset: every item equally often", () => {
  const counts = new Int32Array(5);
  const random = randomFrom(3)("subset", 0);
  for (let round = 0; round < 5000; round++) {
    for (const item of randomSubset(Int32Array.of(0, 1, 2, 3, 4), 2, random)) counts[item]++;
  }
  // 2000 each; five standard deviations of a binomial are 173.
  for (const count of counts) assert.ok(Math.abs(count - 2000) < 173, `${counts}`);
});
