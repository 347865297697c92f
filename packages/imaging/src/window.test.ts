import assert from "node:assert/strict";
import { test } from "node:test";
import { windowFunction } from "./window.ts";

test("windowFunction: no window quantises to 8 bits", () => {
  const shares = Array.from({ length: 1000 }, (_, i) => windowFunction("LINEAR", 512, 1024)(i));
  assert.equal(new Set(shares).size, 1000);
});

test("windowFunction: by the formulas of PS3.3 C.11.2.1.2 and C.11.2.1.3", () => {
  const shares = (name: "LINEAR" | "LINEAR_EXACT" | "SIGMOID", values: readonly number[]) =>
    values.map((value) => Number(windowFunction(name, 100, 101)(value).toFixed(6)));
  assert.deepEqual(shares("LINEAR", [49.5, 99.5, 149.5, 200]), [0, 0.5, 1, 1]);
  assert.deepEqual(shares("LINEAR_EXACT", [49.5, 100, 150.5, 0]), [0, 0.5, 1, 0]);
  assert.deepEqual(shares("SIGMOID", [100, 100 + 101 / 4]), [0.5, 0.731059]);
});

test("windowFunction: a window of one step is black up to half a value below its centre, and white above", () => {
  const shown = windowFunction("LINEAR", 100, 1);
  assert.deepEqual([99, 99.5, 99.6, 100].map(shown), [0, 0, 1, 1]);
});
