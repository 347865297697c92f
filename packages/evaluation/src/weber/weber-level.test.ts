import assert from "node:assert/strict";
import { test } from "node:test";
import { type Mask, type Polygon, rasterizePolygons } from "@malleolus/geometry";
import { ankleClassification } from "@malleolus/schema";
import { geometryAgainstNetwork } from "./geometry-against-network.ts";
import { legFrame } from "./leg-frame.ts";
import { across, drawnAnkle, PLAIN } from "./test-ankle.ts";
import { fractureLevel, type OutlinedAnkle, patientLevel, weberClassAt } from "./weber-level.ts";

const zones = ankleClassification.zonesMm;
const [a, b, c] = ankleClassification.classes.map(({ id }) => id);
const classes = [a, b, c];

function ankle(
  line: readonly (readonly [number, number])[],
  { turnDegrees = 0, spacing = PLAIN.spacing, width = 320, height = 420 } = {},
): OutlinedAnkle {
  const { tibia, fibula, fracture } = drawnAnkle(line, { turnDegrees, spacing });
  const mask = (polygon: Polygon): Mask => rasterizePolygons([polygon], width, height);
  return {
    tibia: mask(tibia),
    fibula: mask(fibula),
    fracture: fracture === null ? null : mask(fracture),
    spacingMm: spacing,
  };
}

test("fractureLevel: a level line's ends in millimetres above the plafond", () => {
  for (const level of [-10, 0, 5, 30]) {
    const { level: found } = fractureLevel(ankle(across(level, level)), zones);
    assert.ok(
      found !== null && Math.abs(found.lowestMm - level) < 0.8,
      `${level}: ${found?.lowestMm}`,
    );
    assert.ok(Math.abs(found.highestMm - level) < 0.8, `${level}: ${found.highestMm}`);
  }
});

test("fractureLevel: an oblique line begins and ends at the fibula's borders", () => {
  // From 10 to 40 mm it rises by 30: over the fibula of 22 to 34 at the plafond, from 12 upwards.
  const { level } = fractureLevel(ankle(across(-10, 20)), zones);
  assert.ok(level !== null && Math.abs(level.lowestMm - 2) < 2, `${level?.lowestMm}`);
  assert.ok(Math.abs(level.highestMm - 13) < 2, `${level.highestMm}`);
});

test("fractureLevel: a leg that lies aslant, and pixels that are wider than high", () => {
  for (const turnDegrees of [-15, 15]) {
    const { level } = fractureLevel(ankle(across(5, 5), { turnDegrees }), zones);
    assert.ok(
      level !== null && Math.abs(level.lowestMm - 5) < 1.2,
      `${turnDegrees}: ${level?.lowestMm}`,
    );
  }
  const wide = ankle(across(5, 5), { spacing: [0.5, 0.8], width: 200 });
  const { level } = fractureLevel(wide, zones);
  assert.ok(level !== null && Math.abs(level.lowestMm - 5) < 1, `${level?.lowestMm}`);
});

test("fractureLevel: a large radiograph is looked at in every other row, and measured alike", () => {
  // Some 130,000 pixels of tibia.
  const fine = { spacing: [0.15, 0.15] as const, width: 1067, height: 1400 };
  for (const [level, turnDegrees] of [
    [12, 0],
    [-4, 10],
  ]) {
    const { level: found } = fractureLevel(
      ankle(across(level, level), { ...fine, turnDegrees }),
      zones,
    );
    assert.ok(found !== null && Math.abs(found.lowestMm - level) < 0.8, `${found?.lowestMm}`);
  }
});

test("legFrame: a tibia of which less than 15 mm is seen has no direction, one of more has", () => {
  const shaft = (millimeters: number) => {
    const data = new Uint8Array(60 * 100);
    for (let y = 20; y < 20 + millimeters; y++) data.fill(1, y * 60 + 10, y * 60 + 40);
    return legFrame({ width: 60, height: 100, data }, [1, 1]);
  };
  // From the middle of the first row to that of the last.
  assert.equal(shaft(15), null);
  const frame = shaft(16) ?? assert.fail();
  // The plafond is the lower edge of the last row.
  assert.ok(Math.abs(frame.heightMm(25, 36)) < 1e-9, `${frame.heightMm(25, 36)}`);
  assert.ok(Math.abs(frame.heightMm(3, 29.5) - 6.5) < 1e-9);
});

test("legFrame: the plafond is in the middle third, between malleoli that hang down", () => {
  const data = new Uint8Array(60 * 100);
  const fill = (from: number, to: number, bottom: number) => {
    for (let y = 20; y < bottom; y++) data.fill(1, y * 60 + from, y * 60 + to);
  };
  fill(10, 20, 75);
  fill(20, 30, 60);
  fill(30, 40, 68);
  const frame = legFrame({ width: 60, height: 100, data }, [1, 1]) ?? assert.fail();
  assert.ok(Math.abs(frame.heightMm(25, 60)) < 1e-9, `${frame.heightMm(25, 60)}`);
  assert.ok(Math.abs(frame.heightMm(3, 75) + 15) < 1e-9, `${frame.heightMm(3, 75)}`);
});

test("fractureLevel: says what is missing", () => {
  const whole = ankle(across(5, 5));
  const empty = { data: new Uint8Array(320 * 420), width: 320, height: 420 };
  const beside = ankle([
    [60, 0],
    [70, 0],
    [70, 10],
  ]).fracture;
  const short = { ...empty, data: empty.data.map((_, i) => (i < 20 * 320 ? 1 : 0)) };
  const cases: [Partial<OutlinedAnkle>, string][] = [
    [{ fracture: null }, "no fracture"],
    [{ fracture: empty }, "no fracture"],
    [{ fibula: null }, "no fibula"],
    [{ fibula: empty }, "no fibula"],
    [{ tibia: null }, "no tibia"],
    [{ tibia: empty }, "no tibia"],
    [{ tibia: short }, "no tibia"],
    [{ spacingMm: null }, "no millimetres"],
    [{ fracture: beside }, "not on the fibula"],
  ];
  for (const [changed, missing] of cases) {
    assert.deepEqual(fractureLevel({ ...whole, ...changed }, zones), { level: null, missing });
  }
  assert.equal(legFrame(empty, [1, 1]), null);
  const other = {
    ...whole,
    fibula: { ...empty, width: 420, height: 320, data: empty.data.fill(1) },
  };
  assert.throws(() => fractureLevel(other, zones), /got 320 x 420 and 420 x 320/);
});

test("weberClassAt: zones of the protocol, both ends belonging to the lower class", () => {
  const cases: [lowest: number, highest: number, name: string][] = [
    [-20, -5, a],
    [-20, 0, a],
    [-20, 0.1, b],
    [-3, 20, b],
    [4, 30, b],
    [10, 30, b],
    [10.1, 30, c],
    [40, 60, c],
  ];
  for (const [lowestMm, highestMm, name] of cases) {
    assert.equal(weberClassAt({ lowestMm, highestMm }, zones, classes), name);
  }
  const wide = { weberAEnds: 5, weberCBegins: 25 };
  assert.equal(weberClassAt({ lowestMm: 1, highestMm: 5 }, wide, classes), a);
  assert.equal(weberClassAt({ lowestMm: 20, highestMm: 40 }, wide, classes), b);
  assert.throws(() => weberClassAt({ lowestMm: 0, highestMm: 0 }, zones, [a, b]), /three classes/);
});

test("patientLevel: views measure the same line, so their ends are averaged", () => {
  assert.deepEqual(
    patientLevel([
      { lowestMm: 2, highestMm: 10 },
      { lowestMm: 4, highestMm: 20 },
    ]),
    { lowestMm: 3, highestMm: 15 },
  );
  assert.equal(patientLevel([]), null);
});

test("geometryAgainstNetwork: who is rescued by whom, where geometry can say anything", () => {
  const patient = (id: string, truth: string, network: string, geometry: string | null) => ({
    patient: id,
    truth,
    network,
    geometry,
  });
  const { patients, determinable, agreement, right, rescuedByGeometry, rescuedByNetwork } =
    geometryAgainstNetwork(
      [
        patient("1", a, a, a),
        patient("2", b, a, b),
        patient("3", c, c, b),
        patient("4", c, b, null),
        patient("5", b, c, c),
        patient("6", b, a, b),
      ],
      classes,
    );
  assert.deepEqual([patients, determinable], [6, 5]);
  assert.deepEqual([rescuedByGeometry, rescuedByNetwork], [["2", "6"], ["3"]]);
  assert.deepEqual([right.both, right.firstOnly, right.secondOnly, right.neither], [1, 2, 1, 1]);
  assert.equal(agreement.cases, 5);
  assert.ok(Math.abs((agreement.observed ?? 0) - 2 / 5) < 1e-12);
});
