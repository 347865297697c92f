import assert from "node:assert/strict";
import { test } from "node:test";
import { annotatorsOnTest, readerResult } from "./reader-results.ts";

const reading = (truth: string, said: string, i: number) => ({
  patient: `${i}`,
  truth,
  said,
  certainty: null,
});

test("readerResult: accuracy over classes, sensitivity and specificity for any fracture", () => {
  const result = readerResult(
    "A",
    true,
    [
      reading("a", "a", 1),
      reading("a", "b", 2),
      reading("b", "none", 3),
      reading("none", "none", 4),
      reading("none", "a", 5),
    ],
    "none",
  );
  const counts = ({ count, total }: { count: number; total: number }) => [count, total];
  assert.deepEqual(counts(result.accuracy), [2, 5]);
  assert.deepEqual(counts(result.sensitivity), [2, 3]);
  assert.deepEqual(counts(result.specificity), [1, 2]);
  assert.deepEqual([result.name, result.independent], ["A", true]);
});

test("annotatorsOnTest: the median of all fractures, whoever drew nothing counts 0", () => {
  const overlaps = [
    { patient: "p", iou: 0.6 },
    { patient: "p", iou: 0 },
    { patient: "q", iou: 0.8 },
  ];
  const found = annotatorsOnTest(overlaps, { seed: 1, resamples: 200 });
  assert.equal(found?.fractures, 3);
  assert.equal(found?.medianIou.value, 0.6);
  assert.deepEqual(
    found?.medianIou.interval?.map((end) => Math.round(10 * end) / 10),
    [0.3, 0.8],
  );
  assert.equal(found?.outlinedByBoth.count, 2);
  assert.equal(annotatorsOnTest([], { seed: 1, resamples: 10 }), null);
});
