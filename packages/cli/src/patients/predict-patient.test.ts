import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, shownSentenceOf } from "./predict-patient.ts";

function answered(classes?: readonly string[]) {
  const answer = {
    class: "weber_b",
    probabilities: { weber_b: 0.71, weber_c: 0.2 },
    fractureProbability: 0.88,
    radiographs: 3,
    prevalence: 0.5,
    ...(classes === undefined ? {} : { notExcluded: { errorRate: 0.1, classes: [...classes] } }),
  };
  return { answer };
}

test("what a patient has is in doubt where several classes are left, or none, and not where nobody asked", () => {
  const sentence = "weber_b 0.71 (a fracture 0.88; 3 radiographs)";
  const cases = [
    [undefined, "solid", sentence],
    [["weber_b"], "solid", sentence],
    [["weber_b", "weber_c"], "dotted", `${sentence}; in doubt: weber_b or weber_c`],
    // Each class is excluded for itself: the one that is left may be another.
    [["weber_c"], "dotted", `${sentence}; in doubt: weber_c`],
    [[], "dotted", `${sentence}; in doubt: unlike all tuning patients`],
  ] as const;
  for (const [classes, line, said] of cases) {
    assert.deepEqual([lineOf(answered(classes)), shownSentenceOf(answered(classes))], [line, said]);
  }
  assert.deepEqual([lineOf({ answer: null }), shownSentenceOf({ answer: null })], ["solid", null]);
});
