import assert from "node:assert/strict";
import { test } from "node:test";
import { type DescribedPatient, describeSet } from "./set-description.ts";

const patient = (change: Partial<DescribedPatient>): DescribedPatient => ({
  patient: "p",
  hospital: "one",
  class: "weber_b",
  ambiguous: false,
  age: null,
  sex: null,
  machine: null,
  radiographs: [],
  ...change,
});

test("describeSet: counts, the most frequent first, and what nobody states by its name", () => {
  const set = describeSet("Training", [
    patient({
      age: 30,
      sex: "F",
      machine: "A",
      radiographs: [{ view: "ap", visibility: "subtle" }],
    }),
    patient({ age: 50, sex: "F", class: "none", radiographs: [{ view: null, visibility: null }] }),
    patient({ age: 40, ambiguous: true, hospital: "two" }),
    patient({ age: 90, ambiguous: null, class: null }),
  ]);
  const { members, ...figures } = set;
  assert.deepEqual(
    members.map(({ sex, hasAge }) => [sex, hasAge]),
    [
      ["F", true],
      ["F", true],
      [null, true],
      [null, true],
    ],
  );
  assert.equal(describeSet("No age", [patient({})]).members[0].hasAge, false);
  assert.deepEqual(figures, {
    name: "Training",
    patients: 4,
    radiographs: 2,
    classes: { weber_b: 2, none: 1, "not stated": 1 },
    ambiguous: 1,
    age: { known: 4, median: 45, quartiles: [37.5, 60] },
    sex: { F: 2, "not stated": 2 },
    hospitals: { one: 3, two: 1 },
    machines: { "not stated": 3, A: 1 },
    views: { ap: 1, "not stated": 1 },
    visibility: { subtle: 1 },
  });
  assert.deepEqual(Object.keys(set.classes), ["weber_b", "none", "not stated"]);
  assert.deepEqual(Object.keys(set.machines), ["not stated", "A"]);
});

test("describeSet: nobody has no age", () => {
  assert.equal(describeSet("Empty", []).age, null);
  assert.equal(describeSet("Unknown", [patient({})]).age, null);
});
