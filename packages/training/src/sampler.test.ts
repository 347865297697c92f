import assert from "node:assert/strict";
import test from "node:test";
import type { Recipe } from "@malleolus/schema";
import { isTurn, sampler } from "./sampler.ts";

/** Ten images, of which the last six have no objects. */
const classes = Array.from({ length: 10 }, (_, i) => (i < 4 ? [0] : []));
const hasObjects = classes.map(({ length }) => length > 0);

function samplingOf(fraction: number | null): Recipe["sampling"] {
  return fraction === null ? { kind: "shuffled" } : { kind: "negative-fraction", fraction };
}

function drawn(share: number | null, steps: number, batchSize: number): number[] {
  const take = sampler(classes, { seed: 3, batchSize, sampling: samplingOf(share) });
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
  const take = sampler(classes, { seed: 3, batchSize: 2, sampling: samplingOf(0.3) });
  for (let i = inOrder.length - 1; i >= 0; i--) {
    assert.equal(take(Math.floor(i / 2), i % 2), inOrder[i]);
  }
});

test("sampler: shares of 0 and 1, and a data set of one kind", () => {
  assert.ok(drawn(0, 20, 2).every((index) => hasObjects[index]));
  assert.ok(drawn(1, 20, 2).every((index) => !hasObjects[index]));
  const take = sampler([[0], [0]], { seed: 3, batchSize: 2, sampling: samplingOf(0.5) });
  assert.deepEqual([take(0, 0), take(0, 1)].toSorted(), [0, 1]);
});

test("sampler: class-balanced: each has one turn a round, however rare, in shuffled epochs", () => {
  // Class 0 on eight images, class 1 on two (one of them with both), and one image without objects.
  const rare = [...Array(7).fill([0]), [0, 1], [1], []];
  const take = sampler(rare, { seed: 5, batchSize: 2, sampling: { kind: "class-balanced" } });
  const run = Array.from({ length: 3 * 80 }, (_, i) => take(Math.floor(i / 2), i % 2));
  const orders = new Set<string>();
  for (let round = 0; round < 80; round++) {
    const own = run.slice(3 * round, 3 * round + 3);
    assert.equal(own.filter((index) => index === 9).length, 1, "without objects");
    orders.add(String(own.map((index) => (index === 9 ? "none" : index === 8 ? "1" : "0"))));
  }
  const count = (index: number) => run.filter((one) => one === index).length;
  assert.equal(count(9), 80);
  // In 80 rounds: half of class 1's turns, and an eighth of class 0's where it stands for that, too.
  assert.equal(count(8), 40);
  assert.equal(count(7), 40 + 10);
  assert.equal(count(0), 10);
  assert.ok(orders.size > 2, "turns are shuffled");
});

test("isTurn: the share of the turns, spread evenly; all at 1 and none at 0", () => {
  const turns = (share: number) => Array.from({ length: 100 }, (_, i) => isTurn(i, share));
  for (const share of [0, 0.25, 0.67, 1]) {
    assert.equal(turns(share).filter(Boolean).length, 100 * share);
  }
  assert.deepEqual(turns(0.5).slice(0, 4), [false, true, false, true]);
  assert.ok(!/(true,){4}|false,false/.test(turns(0.67).join()), "a run of like turns");
});
