import assert from "node:assert/strict";
import { test } from "node:test";
import { isPossible, type Label, labelConflict } from "./labels.ts";

const labels: readonly Label[] = [
  {
    id: "ao",
    name: "AO",
    asked: true,
    values: [
      { id: "a1", name: "A1", classes: ["weber_a"] },
      { id: "c3", name: "C3", classes: ["weber_c"] },
    ],
  },
  {
    id: "maisonneuve",
    name: "Maisonneuve",
    asked: true,
    values: [
      { id: "yes", name: "yes", with: { ao: ["c3"] } },
      { id: "no", name: "no" },
    ],
  },
];
const protocol = {
  classes: [
    { id: "weber_a", name: "Weber A" },
    { id: "weber_c", name: "Weber C" },
    { id: "none", name: "No fracture" },
  ],
  noFractureClass: "none",
  labels,
};

test("labelConflict: a value and a class, a value and another label's, and nothing", () => {
  for (const [classId, said, expected] of [
    ["weber_a", {}, null],
    ["weber_a", { ao: "a1", maisonneuve: "no" }, null],
    ["weber_c", { ao: "a1" }, ["AO: A1", "Weber C"]],
    ["weber_c", { maisonneuve: "yes" }, null],
    ["weber_c", { ao: "c3", maisonneuve: "yes" }, null],
    ["weber_a", { ao: "a1", maisonneuve: "yes" }, ["Maisonneuve: yes", "AO: A1"]],
    ["none", { maisonneuve: "no" }, ["Maisonneuve: no", "No fracture"]],
    [null, { maisonneuve: "no" }, ["Maisonneuve: no", "no class"]],
  ] as const) {
    const found = labelConflict(protocol, classId, said);
    assert.deepEqual(found === null ? null : [found.said, found.against], expected);
  }
});

test("isPossible: a value that goes with what is said, however wrong the others are", () => {
  const can = (classId: string, said: Record<string, string>, label: string, value: string) =>
    isPossible(protocol, classId, said, label, value);
  assert.equal(can("weber_a", { maisonneuve: "yes" }, "ao", "a1"), false);
  assert.equal(can("weber_c", { maisonneuve: "yes" }, "ao", "c3"), true);
  assert.equal(can("weber_c", { ao: "a1" }, "ao", "c3"), true, "in place of the wrong one");
  assert.equal(can("weber_c", { ao: "a1" }, "maisonneuve", "no"), true);
});
