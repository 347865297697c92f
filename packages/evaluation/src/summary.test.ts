import assert from "node:assert/strict";
import { test } from "node:test";
import { quantile, sorted, summaryOf } from "./summary.ts";

test("summaryOf: by hand", () => {
  assert.deepEqual(summaryOf([10, 2, 6]), { count: 3, mean: 6, sd: 4, median: 6 });
  assert.deepEqual(summaryOf([4, 1]), { count: 2, mean: 2.5, sd: Math.sqrt(4.5), median: 2.5 });
});

test("summaryOf: one number has no spread, none has nothing", () => {
  assert.deepEqual(summaryOf([3]), { count: 1, mean: 3, sd: null, median: 3 });
  assert.deepEqual(summaryOf([]), { count: 0, mean: null, sd: null, median: null });
});

test("quantile: between neighbours, as R and numpy do by default", () => {
  const values = sorted([10, 9, 1, 2]);
  assert.deepEqual(
    [0, 0.25, 0.5, 0.9, 1].map((share) => quantile(values, share)),
    [1, 1.75, 5.5, 9.7, 10],
  );
});
