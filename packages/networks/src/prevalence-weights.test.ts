import assert from "node:assert/strict";
import test from "node:test";
import { weightsByPrevalence } from "./prevalence-weights.ts";

const near = (got: readonly number[], expected: readonly number[]) =>
  got.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-12, `${got}, not ${expected}`);
  });

test("weightsByPrevalence: by hand, with a mean of 1 over all that occurs", () => {
  near(weightsByPrevalence([1, 4, 5], 0), [1, 1, 1]);
  // Every class counts a third.
  near(weightsByPrevalence([1, 4, 5], 1), [10 / 3, 10 / 12, 10 / 15]);
  // The roots of 16 and 1, over the mean of 4/16 and 15/16 of 1: of 17 occurrences 4 + 16 = 20.
  near(weightsByPrevalence([1, 16], 0.5), [(4 * 17) / 20, 17 / 20]);
});

test("weightsByPrevalence: a class that never occurs is refused", () => {
  assert.throws(() => weightsByPrevalence([3, 0, 2], 1), {
    code: "input",
    message: /expected every class to occur, got 0 of class 1; give examples of it/,
  });
});
