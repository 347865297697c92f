import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestPatient } from "@malleolus/evaluation";
import { knownPatients } from "./known-truth.ts";

const drawn = (name: string) => ({ class: name, box: [0, 0, 4, 4] as const, polygons: [] });
const patient = (id: string, name: string, truths: TestPatient["images"][number]["truths"]) => ({
  id,
  class: name,
  ambiguous: null,
  images: [{ id: `${id} ap`, view: "ap" as const, width: 8, height: 8, findings: [], truths }],
});

test("knownPatients: the known class, and the outline under it where it is still a fracture's", () => {
  const patients = [
    patient("same", "weber_a", [drawn("weber_a")]),
    patient("other", "weber_a", [drawn("weber_a")]),
    patient("overlooked", "none", [drawn("none")]),
    patient("sound", "weber_b", [drawn("weber_b")]),
    patient("not drawn", "weber_b", null),
    patient("unknown", "weber_b", [drawn("weber_b")]),
  ];
  const truth = new Map([
    ["same", "weber_a"],
    ["other", "weber_c"],
    ["overlooked", "weber_b"],
    ["sound", "none"],
    ["not drawn", "weber_c"],
    ["somebody else", "weber_c"],
  ]);
  const known = knownPatients(patients, truth, "none");
  assert.deepEqual(
    known.map(({ id, class: name, images: [{ truths }] }) => [
      id,
      name,
      truths?.map((one) => one.class) ?? null,
    ]),
    [
      ["same", "weber_a", ["weber_a"]],
      ["other", "weber_c", ["weber_c"]],
      ["overlooked", "weber_b", null],
      ["sound", "none", null],
      ["not drawn", "weber_c", null],
    ],
  );
});
