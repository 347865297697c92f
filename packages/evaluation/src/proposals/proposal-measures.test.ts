import assert from "node:assert/strict";
import { test } from "node:test";
import { type JudgedShape, proposalMeasures } from "./proposal-measures.ts";

const OPTIONS = { seed: 1, resamples: 200 };

const shape = (patient: string, dice: number | null, more: Partial<JudgedShape> = {}) => ({
  patient,
  structure: "fracture",
  isProposed: dice !== null && dice > 0,
  isTrue: dice !== null,
  dice,
  ...more,
});

test("proposalMeasures: what was not proposed counts as 0, what is not there in no mean", () => {
  const [fracture, tibia] = proposalMeasures(
    [
      shape("a", 0.8),
      shape("a", 0.6),
      shape("b", 0),
      shape("c", null),
      shape("d", 0, { isTrue: false, isProposed: true }),
      shape("a", 0.9, { structure: "tibia" }),
    ],
    ["fracture", "tibia"],
    OPTIONS,
  );
  assert.equal(fracture.structure, "fracture");
  assert.ok(Math.abs((fracture.dice.value ?? 0) - 1.4 / 3) < 1e-12);
  assert.deepEqual([fracture.proposed.count, fracture.proposed.total], [2, 3]);
  assert.deepEqual([fracture.inVain.count, fracture.inVain.total], [1, 2]);
  assert.deepEqual(fracture.patients, {
    there: ["a", "b"],
    proposed: ["a"],
    missed: ["b"],
    inVain: ["d"],
  });
  assert.deepEqual([tibia.dice.value, tibia.proposed.total, tibia.inVain.total], [0.9, 1, 0]);
});

test("proposalMeasures: intervals draw patients, so that many views of few are no many", () => {
  const views = (each: number) =>
    Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: each }, () => shape(`p${i}`, i % 2 === 0 ? 0.2 : 0.8)),
    ).flat();
  const [[one], [many]] = [1, 10].map((each) =>
    proposalMeasures(views(each), ["fracture"], OPTIONS),
  );
  for (const end of [0, 1] as const) {
    assert.ok(Math.abs((many.dice.interval?.[end] ?? 0) - (one.dice.interval?.[end] ?? 1)) < 1e-9);
  }
  assert.deepEqual(proposalMeasures([], ["fracture"], OPTIONS)[0].dice.value, null);
});
