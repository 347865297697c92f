import assert from "node:assert/strict";
import { test } from "node:test";
import { compareSelection, type PoolItem } from "./selection-comparison.ts";

const sure = (name: string) => ({ b: name === "b" ? 0.9 : 0.1, none: name === "none" ? 0.9 : 0.1 });

const item = (patient: string, more: Partial<PoolItem>): PoolItem => ({
  patient,
  class: "b",
  view: "ap",
  visibility: null,
  probabilities: sure("b"),
  isPicked: false,
  ...more,
});

const pool = [
  item("1", { isPicked: true, visibility: "difficult", probabilities: sure("none") }),
  item("1", { isPicked: true, view: "lateral", visibility: "easy" }),
  item("2", { class: "none", probabilities: sure("none"), view: null }),
  item("3", { visibility: "easy" }),
  item("4", {}),
];

test("compareSelection: shares of both parts, by class, by view, by what the model and annotators say", () => {
  const rows = compareSelection(pool, ["b", "none"]);
  const told = rows.map(({ trait, picked, passedOver }) => [
    trait.of === "class" ? trait.class : trait.of === "view" ? trait.view : trait.of,
    `${picked.count}/${picked.total}`,
    `${passedOver.count}/${passedOver.total}`,
  ]);
  assert.deepEqual(told, [
    ["b", "2/2", "2/3"],
    ["none", "0/2", "1/3"],
    ["ap", "1/2", "2/3"],
    ["lateral", "1/2", "0/3"],
    ["mistaken", "1/2", "0/3"],
    // Of what nobody has drawn nobody knows how well it shows.
    ["difficult", "1/2", "0/1"],
  ]);
  const patients = Object.fromEntries(rows.map((row) => [row.trait.of, row.patients]));
  assert.deepEqual(patients.mistaken, { picked: ["1"], passedOver: [] });
  assert.deepEqual(rows[0].patients, { picked: ["1"], passedOver: ["3", "4"] });
});
