import assert from "node:assert/strict";
import { test } from "node:test";
import { setGroups, setLists } from "./set-cells.ts";
import { type DescribedPatient, describeSet } from "./set-description.ts";

const patient = (id: string, change: Partial<DescribedPatient>): DescribedPatient => ({
  patient: id,
  hospital: "one",
  class: "b",
  ambiguous: false,
  age: null,
  sex: null,
  machine: null,
  radiographs: [],
  ...change,
});

const sets = [
  describeSet("Training", [
    patient("1", {
      class: "a",
      sex: "F",
      age: 30,
      radiographs: [{ view: "ap", visibility: null }],
    }),
    patient("2", {
      ambiguous: true,
      radiographs: [
        { view: "ap", visibility: "easy" },
        { view: "ap", visibility: "subtle" },
      ],
    }),
  ]),
  describeSet("Test", [patient("3", { class: "c" })]),
];

test("setGroups: of every row and set how many there are, of how many, and who", () => {
  const groups = setGroups(sets, ["c", "b", "a"]);
  const rows = (title: string) =>
    groups
      .find((group) => group.title === title)
      ?.rows.map(({ key, value, cells }) => [
        key,
        value,
        ...cells.map((one) => Object.values(one)),
      ]);
  // In the order that was given.
  assert.deepEqual(rows("Class"), [
    ["class-0", "c", [0, 2, []], [1, 1, ["3"]]],
    ["class-1", "b", [1, 2, ["2"]], [0, 1, []]],
    ["class-2", "a", [1, 2, ["1"]], [0, 1, []]],
  ]);
  assert.deepEqual(rows("Sex")?.[1], ["sex-1", "not stated", [1, 2, ["2"]], [1, 1, ["3"]]]);
  // Three radiographs of two patients, and two that were graded.
  assert.deepEqual(rows("View (radiographs)"), [["view-0", "ap", [3, 3, ["1", "2"]], [0, 0, []]]]);
  assert.deepEqual(rows("Visibility of the fracture (radiographs)")?.[0], [
    "visibility-0",
    "easy",
    [1, 2, ["2"]],
    [0, 0, []],
  ]);
});

test("setLists: all, with an age, and on whom readers differed", () => {
  const [set] = sets;
  assert.deepEqual(
    [setLists.all(set), setLists.age(set), setLists.differed(set)],
    [["1", "2"], ["1"], ["2"]],
  );
});
