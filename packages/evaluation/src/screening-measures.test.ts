import assert from "node:assert/strict";
import { test } from "node:test";
import { measureScreening } from "./screening-measures.ts";

test("measureScreening: precision is of the predicted, recall of the actual", () => {
  const cases = [
    { predicted: "candidate fracture", actual: "candidate fracture" },
    { predicted: "candidate fracture", actual: "candidate fracture" },
    { predicted: "candidate fracture", actual: "excluded by keyword" },
    { predicted: "candidate no fracture", actual: "candidate fracture" },
    { predicted: "excluded by keyword", actual: "candidate fracture" },
  ] as const;
  const [{ precision, recall }, none] = measureScreening(cases, [
    "candidate fracture",
    "candidate no fracture",
  ]);
  assert.deepEqual([precision.count, precision.total], [2, 3]);
  assert.deepEqual([recall.count, recall.total], [2, 4]);
  assert.deepEqual([none.precision.share, none.recall.share], [0, null]);
});
