import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import type { TestImage, TestPatient } from "../patient.ts";
import { fractureMasks } from "./fracture-masks.ts";

const ring = ([x1, y1, x2, y2]: Box) => [x1, y1, x2, y1, x2, y2, x1, y2];
const there: Box = [10, 10, 30, 14];
const below: Box = [10, 11, 30, 15];

function finding(box: Box, polygons = [ring(box)]): Finding {
  const rest = { areaMm2: null, lengthMm: null, calibration: "none" as const };
  return { class: "a", score: 0.9, box, polygons, ...rest };
}

function image(id: string, findings: Finding[]): TestImage {
  const truths = [{ class: "a", box: there, polygons: [ring(there)] }];
  return { id, view: "ap", width: 64, height: 48, findings, truths };
}

function patient(id: string, images: TestImage[]): TestPatient {
  return { id, class: "a", ambiguous: null, images };
}

const patients = [
  patient("1", [image("same", [finding(there)]), image("missed", [])]),
  patient("2", [image("below", [finding(below)]), image("pixels", [finding(below)])]),
];
const options = {
  fractureClasses: ["a"],
  minimumScore: 0.5,
  leastIou: 0.3,
  spacingMm: ({ id }: TestImage) => (id === "pixels" ? null : ([0.5, 0.5] as const)),
  toleranceMm: 0.4,
  bandMm: 0.5,
  seed: 1,
  resamples: 100,
};

const near = (actual: number | null, expected: number) =>
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${actual}, not ${expected}`);

test("fractureMasks: found fractures alone, and missed ones as 0", () => {
  const { dice, fractures } = fractureMasks(patients, options);
  assert.deepEqual(
    fractures.map(({ image: id, inMm, masks }) => [id, inMm, masks !== null]),
    [
      ["same", true, true],
      ["missed", true, false],
      ["below", true, true],
      ["pixels", false, true],
    ],
  );
  // Moved by one of four rows: 2 * 60 of 160.
  near(dice.matched.value, (1 + 0.75 + 0.75) / 3);
  near(dice.missedAsZero.value, (1 + 0 + 0.75 + 0.75) / 4);
  assert.deepEqual([dice.matched.fractures, dice.missedAsZero.fractures], [3, 4]);
  assert.ok(dice.matched.interval !== null && dice.matched.interval[0] < 0.8);
});

test("fractureMasks: distances in millimetres, where there are any", () => {
  const { normalizedSurfaceDistance, surfaceDistance95Mm, meanSurfaceDistanceMm, boundaryIou } =
    fractureMasks(patients, options);
  assert.equal(normalizedSurfaceDistance.matched.fractures, 2);
  assert.equal(normalizedSurfaceDistance.missedAsZero.fractures, 3);
  assert.equal(boundaryIou.matched.fractures, 2);
  // Of the same and the one that lies half a millimetre below: the middle of 0 and 0.5.
  near(surfaceDistance95Mm.value, 0.25);
  assert.equal(meanSurfaceDistanceMm.fractures, 2);
  const wide = fractureMasks(patients, { ...options, toleranceMm: 0.5 });
  near(wide.normalizedSurfaceDistance.matched.value, 1);
  assert.ok((normalizedSurfaceDistance.matched.value ?? 1) < 1);
});

test("fractureMasks: a finding without an outline agrees with nothing, and has no distance", () => {
  const bare = [patient("1", [image("bare", [finding(there, [])])])];
  const { dice, surfaceDistance95Mm } = fractureMasks(bare, options);
  assert.deepEqual([dice.matched.value, dice.matched.fractures], [0, 1]);
  assert.deepEqual([surfaceDistance95Mm.value, surfaceDistance95Mm.fractures], [null, 0]);
  assert.equal(fractureMasks([], options).dice.missedAsZero.value, null);
});
