import assert from "node:assert/strict";
import test from "node:test";
import { sampler } from "./sampler.ts";

/** Ten images, of which the last six have no objects. */
const hasObjects = Array.from({ length: 10 }, (_, i) => i < 4);

function drawn(negativeShare: number | null, steps: number, batchSize: number): number[] {
  const take = sampler(hasObjects, { seed: 3, batchSize, negativeShare });
  return Array.from({ length: steps * batchSize }, (_, i) =>
    take(Math.floor(i / batchSize), i % batchSize),
  );
}

test("sampler: without a share, every image once an epoch, in another order each", () => {
  const [first, second] = [drawn(null, 5, 2), drawn(null, 10, 2).slice(10)];
  assert.deepEqual(first.toSorted(), [...hasObjects.keys()]);
  assert.deepEqual(second.toSorted(), [...hasObjects.keys()]);
  assert.notDeepEqual(first, second);
});

test("sampler: the share of negatives holds in every stretch of the run", () => {
  const isNegative = drawn(0.25, 100, 2).map((index) => !hasObjects[index]);
  for (let start = 0; start + 20 <= isNegative.length; start++) {
    const count = isNegative.slice(start, start + 20).filter(Boolean).length;
    assert.equal(count, 5);
  }
});

test("sampler: with a share, both kinds run through shuffled epochs of their own", () => {
  const positives = drawn(0.25, 100, 2).filter((index) => hasObjects[index]);
  for (let epoch = 0; epoch < 30; epoch++) {
    assert.deepEqual(positives.slice(4 * epoch, 4 * epoch + 4).toSorted(), [0, 1, 2, 3]);
  }
});

test("sampler: any step can be asked for first", () => {
  const inOrder = drawn(0.3, 20, 2);
  const take = sampler(hasObjects, { seed: 3, batchSize: 2, negativeShare: 0.3 });
  for (let i = inOrder.length - 1; i >= 0; i--) {
    assert.equal(take(Math.floor(i / 2), i % 2), inOrder[i]);
  }
});

test("sampler: shares of 0 and 1, and a data set of one kind", () => {
  assert.ok(drawn(0, 20, 2).every((index) => hasObjects[index]));
  assert.ok(drawn(1, 20, 2).every((index) => !hasObjects[index]));
  const take = sampler([true, true], { seed: 3, batchSize: 2, negativeShare: 0.5 });
  assert.deepEqual([take(0, 0), take(0, 1)].toSorted(), [0, 1]);
});
