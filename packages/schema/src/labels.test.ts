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

test("labelConflict: a label that the protocol has not, and one that was not said, conflict with nothing", () => {
  const [ao, maisonneuve] = labels;
  const [yes, no] = maisonneuve.values;
  const other = {
    ...maisonneuve,
    values: [{ ...yes, with: { syndesmosis: ["torn"], ao: ["c3"] } }, no],
  };
  const own = { ...protocol, labels: [other, ao] };
  assert.equal(labelConflict(own, "weber_c", { maisonneuve: "yes" }), null);
  assert.equal(labelConflict(own, "weber_c", { maisonneuve: "maybe" }), null);
  assert.equal(labelConflict(own, "weber_c", { maisonneuve: "yes", ao: "x9" }), null);
  assert.deepEqual(labelConflict(own, "weber_a", { maisonneuve: "yes", ao: "a1" }), {
    said: "Maisonneuve: yes",
    against: "AO: A1",
  });
  // A class that the protocol has not is named as none.
  assert.deepEqual(labelConflict(own, "weber_d", { ao: "a1" }), {
    said: "AO: A1",
    against: "no class",
  });
});

test("isPossible: a value that is wrong by itself, where nothing else is said", () => {
  assert.equal(isPossible(protocol, "weber_c", {}, "ao", "a1"), false);
  assert.equal(isPossible(protocol, "weber_a", {}, "ao", "a1"), true);
  // The others are at odds with the class already: this one is not to blame.
  assert.equal(isPossible(protocol, "weber_c", { ao: "a1" }, "maisonneuve", "yes"), true);
});
