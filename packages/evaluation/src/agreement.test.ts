import assert from "node:assert/strict";
import { test } from "node:test";
import { fleissKappa, readerAgreement } from "./agreement.ts";

/** Counts of 14 readers a row over five categories: the worked example of Fleiss' kappa. */
const worked = [
  [0, 0, 0, 0, 14],
  [0, 2, 6, 4, 2],
  [0, 0, 3, 5, 6],
  [0, 3, 9, 2, 0],
  [2, 2, 8, 1, 1],
  [7, 7, 0, 0, 0],
  [3, 2, 6, 3, 0],
  [2, 5, 3, 2, 2],
  [6, 5, 2, 1, 0],
  [0, 2, 2, 3, 7],
];

test("fleissKappa: the worked example that textbooks print as 0.210", () => {
  const rows = worked.map((counts) =>
    counts.flatMap((count, category) => new Array<string>(count).fill(String(category))),
  );
  assert.equal(Math.round((fleissKappa(rows) ?? 0) * 1000) / 1000, 0.21);
});

test("fleissKappa: nothing beyond chance can be said of one category, one reader or no case", () => {
  assert.equal(fleissKappa([["a", "a"]]), null);
  assert.equal(fleissKappa([["a"], ["b"]]), null);
  assert.equal(fleissKappa([]), null);
  assert.equal(
    fleissKappa([
      ["a", "a"],
      ["b", "b"],
    ]),
    1,
  );
});

test("readerAgreement: pairs over what both read, unanimity over what all read", () => {
  const cases = [
    ["a", "a", "a"],
    ["a", "b", "a"],
    ["b", "b", null],
    ["b", "b", "b"],
    ["a", "b", null],
  ];
  const agreement = readerAgreement(["x", "y", "z"], cases, { seed: 1, resamples: 200 });
  assert.deepEqual(agreement.categories, ["a", "b"]);
  assert.deepEqual([agreement.unanimous.count, agreement.unanimous.total], [2, 3]);
  assert.deepEqual(
    agreement.pairs.map(({ readers, agreement: { count, total } }) => [...readers, count, total]),
    [
      ["x", "y", 3, 5],
      ["x", "z", 3, 3],
      ["y", "z", 2, 3],
    ],
  );
  // x and y: observed 3/5; chance 3/5 * 1/5 + 2/5 * 4/5 = 11/25.
  assert.ok(Math.abs((agreement.pairs[0].cohenKappa ?? 0) - (15 - 11) / (25 - 11)) < 1e-12);
  assert.equal(agreement.pairs[1].cohenKappa, 1);
  // Observed (1 + 1/3 + 1) / 3 = 7/9; a is 5 of 9 ratings: chance (25 + 16) / 81.
  assert.ok(Math.abs((agreement.fleissKappa.value ?? 0) - (63 - 41) / (81 - 41)) < 1e-12);
});

test("fleissKappa: rows of unlike length are refused", () => {
  const rows = [["a", "b"], ["a", "a"], ["a"]];
  assert.throws(() => fleissKappa(rows), {
    name: "EvaluationError",
    message: /expected 2 ratings in every row, got 1 in row 2/,
  });
});

test("readerAgreement: the kappa of a pair has an interval over cases", () => {
  const cases = Array.from({ length: 60 }, (_, i) => [
    i % 2 === 0 ? "a" : "b",
    i % 5 < 2 ? "a" : "b",
  ]);
  const options = { seed: 1, resamples: 300 };
  const interval = (rows: typeof cases) =>
    readerAgreement(["x", "y"], rows, options).pairs[0].kappaInterval ?? [0, 0];
  const [low, high] = interval(cases);
  const { cohenKappa } = readerAgreement(["x", "y"], cases, options).pairs[0];
  assert.ok(cohenKappa !== null && low < cohenKappa && cohenKappa < high);
  const [lower, higher] = interval([...cases, ...cases, ...cases, ...cases]);
  assert.ok(Math.abs((higher - lower) / (high - low) - 0.5) < 0.12);
});
