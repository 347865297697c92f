import assert from "node:assert/strict";
import { test } from "node:test";
import { type Polygon, rasterizePolygons } from "@malleolus/geometry";
import { evaluationDefaults } from "../evaluate.ts";
import type { TestPatient } from "../patient.ts";
import { maskAgreement } from "../segmentation/mask-agreement.ts";
import { outlineMeasures } from "./outline-measures.ts";

const rectangle = (left: number, right: number): Polygon => [
  left,
  10,
  right,
  10,
  right,
  14,
  left,
  14,
];
const finding = (polygon: Polygon) => ({
  class: "weber-b",
  score: 0.9,
  box: [polygon[0], 10, polygon[2], 14] as const,
  polygons: [polygon],
  areaMm2: null,
  lengthMm: null,
  calibration: "none" as const,
});
/** A fracture 20 pixels long, and what was found of it. */
const patient = (id: string, found: Polygon | null): TestPatient => ({
  id,
  class: "weber-b",
  ambiguous: null,
  images: [
    {
      id: `${id} ap`,
      view: "ap",
      width: 64,
      height: 32,
      truths: [{ class: "weber-b", box: [10, 10, 30, 14], polygons: [rectangle(10, 30)] }],
      findings: found === null ? [] : [finding(found)],
    },
  ],
});
const options = {
  ...evaluationDefaults,
  classes: ["weber-b", "none"],
  noFractureClass: "none",
  resamples: 50,
};
const patients = [
  patient("exact", rectangle(10, 30)),
  patient("half", rectangle(20, 40)),
  patient("missed", null),
];
const spacings = new Map(patients.map(({ images }) => [images[0].id, [0.5, 0.5] as const]));
const two = (shift: number) => ({
  patient: "exact",
  width: 64,
  height: 32,
  spacingMm: [0.5, 0.5] as const,
  drawings: [[rectangle(10, 30)], [rectangle(10 + shift, 30 + shift)]] as const,
});

test("outlineMeasures: Dice of a fracture, of one half beside, and of one missed", () => {
  const measures = outlineMeasures(patients, spacings, [], options);
  assert.equal(measures?.found.fractures, 2);
  // 40 of 80 and 80 pixels: 0.5.
  assert.equal(measures?.found.dice.value, 0.75);
  assert.equal(measures?.missedAsZero.fractures, 3);
  assert.equal(measures?.missedAsZero.dice.value, 0.5);
  assert.equal(measures?.annotators, null);
  assert.deepEqual([measures?.toleranceMm, measures?.toleranceOfAnnotators], [1, false]);
});

test("outlineMeasures: annotators who agree leave no tolerance, and those apart leave some", () => {
  const strict = outlineMeasures(patients, spacings, [two(0)], options);
  assert.deepEqual([strict?.toleranceMm, strict?.annotators?.dice.value], [0, 1]);
  const lenient = outlineMeasures(patients, spacings, [two(16)], options);
  assert.ok((lenient?.toleranceMm ?? 0) > 0 && lenient?.toleranceOfAnnotators === true);
  const nsd = (measures: typeof strict) => measures?.found.normalizedSurfaceDistance.value ?? 0;
  assert.ok(nsd(strict) < nsd(lenient));
});

test("outlineMeasures: the tolerance is the middle one of the annotators' mean distances", () => {
  const measures = outlineMeasures(patients, spacings, [two(16), two(2), two(5)], options);
  const [one, other] = [rectangle(10, 30), rectangle(15, 35)].map((polygon) =>
    rasterizePolygons([polygon], 64, 32),
  );
  const apart = maskAgreement(one, other, { spacing: [0.5, 0.5], tolerance: 1, band: 0.5 });
  assert.equal(measures?.toleranceMm, apart.meanSurfaceDistance);
  // Of even numbers half-way.
  const even = outlineMeasures(patients, spacings, [two(0), two(5)], options);
  assert.equal(even?.toleranceMm, (apart.meanSurfaceDistance ?? 0) / 2);
  assert.equal(measures?.annotators?.fractures, 3);
});

test("outlineMeasures: what has no pixel spacing has no part in it", () => {
  assert.equal(outlineMeasures(patients, new Map(), [two(2)], options), null);
  const one = outlineMeasures(
    patients,
    new Map([["exact ap", [0.5, 0.5] as const]]),
    [{ ...two(2), spacingMm: null }],
    options,
  );
  assert.deepEqual(
    [one?.missedAsZero.fractures, one?.found.dice.value, one?.annotators],
    [1, 1, null],
  );
});

test("outlineMeasures: a finding's hole is a hole, and one without an outline agrees with nothing", () => {
  const measured = (polygons: Polygon[]) => {
    const [one] = patients;
    const [image] = one.images;
    const findings = [{ ...finding(rectangle(10, 30)), polygons }];
    return outlineMeasures([{ ...one, images: [{ ...image, findings }] }], spacings, [], options);
  };
  // A hole of half of it turns the other way: 2 * 40 of 80 and 40.
  const [left, top, right, , , bottom] = rectangle(20, 30);
  const hole = [left, top, left, bottom, right, bottom, right, top];
  assert.equal(measured([rectangle(10, 30), hole])?.found.dice.value, 80 / 120);
  const bare = measured([]);
  assert.deepEqual([bare?.found.fractures, bare?.found.dice.value], [1, 0]);
  assert.deepEqual([bare?.missedAsZero.fractures, bare?.missedAsZero.boundaryIou.value], [1, 0]);
});

test("outlineMeasures: intervals are over patients, not over their fractures", () => {
  const [exact, half] = patients;
  const often = (one: TestPatient): TestPatient => ({
    ...one,
    images: Array(5).fill(one.images[0]),
  });
  const few = outlineMeasures([exact, half], spacings, [], options);
  const many = outlineMeasures([often(exact), often(half)], spacings, [], options);
  assert.equal(many?.found.fractures, 10);
  assert.deepEqual(many?.found.dice, few?.found.dice);
  assert.deepEqual(few?.found.dice.interval, [0.5, 1]);
});
