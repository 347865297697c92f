import assert from "node:assert/strict";
import { test } from "node:test";
import { type CaseState, caseStateSchema, mayFollow } from "./case-state.ts";

const cases: readonly (readonly [from: CaseState, to: CaseState, may: boolean])[] = [
  ["imported", "candidate fracture", true],
  ["imported", "read", false],
  ["candidate fracture", "excluded by keyword", true],
  ["candidate no fracture", "read", true],
  ["excluded by keyword", "read", false],
  ["read", "candidate fracture", true],
  ["read", "excluded by keyword", false],
  ["read", "excluded by reading", true],
  ["excluded by reading", "read", true],
  ["excluded by reading", "training", false],
  ["read", "agreed", true],
  ["agreed", "annotated", true],
  ["annotated", "internal test", true],
  ["preliminary training", "training", true],
  ["internal test", "training", false],
  ["tuning", "training", false],
];
for (const [from, to, may] of cases) {
  test(`mayFollow: ${from} ${may ? "may" : "may not"} become ${to}`, () => {
    assert.equal(mayFollow(from, to), may);
  });
}

test("mayFollow: every state but the first can be reached", () => {
  const states = caseStateSchema.options;
  const reached = states.filter((to) => states.some((from) => from !== to && mayFollow(from, to)));
  assert.deepEqual(new Set(states), new Set([...reached, "imported"]));
});
