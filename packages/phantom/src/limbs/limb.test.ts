import assert from "node:assert/strict";
import { test } from "node:test";
import { maskBounds } from "@malleolus/geometry";
import { addThickness, emptyRaySums } from "../radiography/attenuation.ts";
import { placeCamera } from "../radiography/camera.ts";
import { projectThickness } from "../radiography/thickness.ts";
import { fractureMask } from "../radiography/truth.ts";
import { internalXrayUnit } from "../radiography/xray-units.ts";
import { createRandom } from "../random.ts";
import { buildLimb } from "./limb.ts";
import { buildBone, type LongBone, levelInLimb } from "./long-bone.ts";
import type { ShaftFracture } from "./shaft-fracture.ts";
import { simulateLimb } from "./simulate-limb.ts";

const HALF = 8;
const shaft: LongBone = {
  name: "shaft",
  lengthMm: 60,
  halfWidth: [
    [0, HALF],
    [1, HALF],
  ],
  halfDepth: [
    [0, HALF],
    [1, HALF],
  ],
  cortexMm: [
    [0, 2],
    [1, 2],
  ],
  bowMm: 0,
  distal: [0, 0, 10],
  leanLateral: 0,
  leanAnterior: 0,
};
const transverse: ShaftFracture = {
  morphology: "transverse",
  level: 30,
  riseOutward: 0,
  riseBackward: 0,
  winding: 0,
  roughnessMm: 0,
  gapMm: 2,
  displacement: { lateral: 0, anterior: 0, proximal: 0, rotationDegrees: 0, valgusDegrees: 0 },
  wedge: null,
};
/** 2 pixels a millimetre at the bone's depth, level 40 in the middle. */
const camera = placeCamera({
  center: [0, 0, 40],
  sourceToDetectorMm: 1100,
  objectToDetectorMm: 0,
  pitchMm: 0.5,
  width: 80,
  height: 120,
  principalX: 40,
  principalY: 60,
  internalRotationDegrees: 0,
  rollDegrees: 0,
  tiltDegrees: 0,
  side: "right",
  mirrored: false,
});
const built = (fracture: ShaftFracture | null) =>
  buildBone(shaft, fracture, { mineral: 1, scale: 1, random: createRandom("shaft") });

/** Left, top, right and bottom in millimetres from the image's middle. */
function outlineOf(fracture: ShaftFracture): number[] {
  const mask = fractureMask(projectThickness(built(fracture).gaps, camera, 3), camera);
  const [x1, y1, x2, y2] = maskBounds(mask);
  return [(x1 - 40) / 2, (y1 - 60) / 2, (x2 - 40) / 2, (y2 - 60) / 2];
}

function assertNear(found: readonly number[], wanted: readonly number[], by: number): void {
  for (const [i, value] of found.entries()) {
    assert.ok(Math.abs(value - wanted[i]) <= by, `${found.join(" ")}, not ${wanted.join(" ")}`);
  }
}

test("fractureMask: a transverse gap of a shaft is as wide as the shaft and 3 mm high", () => {
  // Where the surface curves away, the gap is thinner than the mask's limit: half a millimetre each side.
  assertNear(outlineOf(transverse), [-HALF, -1.5, HALF, 1.5], 1);
});

test("fractureMask: an oblique gap rises by the shaft's width times its slope", () => {
  const oblique = { ...transverse, riseOutward: 1.25 };
  const [, top, , bottom] = outlineOf(oblique);
  assertNear([bottom - top], [2 * HALF * 1.25 + 3], 2.5);
});

test("fractureMask: a fracture ten millimetres further up the bone lies as much higher in the image", () => {
  const [, top, , bottom] = outlineOf({ ...transverse, level: 40 });
  assertNear([top, bottom], [-11.5, -8.5], 1);
});

test("buildBone: a gap takes its thickness away from the whole bone, and what moves is the distal part", () => {
  const { bodies, whole } = built(transverse);
  const column = (some: readonly (typeof bodies)[number][]) => {
    const sums = emptyRaySums(camera.width, camera.height);
    for (const { mesh, adds } of some) {
      addThickness(sums, "cortical", projectThickness([mesh], camera), adds.cortical ?? 0);
    }
    // Cortex along the ray through the axis, in millimetres, at rows ever lower.
    return [-20, 0, 20].map((below) => 10 * sums.cortical[(60 + 2 * below) * camera.width + 40]);
  };
  assertNear(column(whole ?? []), [4, 4, 4], 0.4);
  assertNear(column(bodies), [4, 0, 4], 0.4);
  const moved = built({
    ...transverse,
    displacement: { ...transverse.displacement, lateral: 30 },
  });
  assertNear(column(moved.bodies), [4, 0, 0], 0.4);
});

test("levelInLimb: of a bone that leans by its own length, a level is less high", () => {
  assert.equal(levelInLimb(shaft, 30), 40);
  const leaning = { ...shaft, leanLateral: 1 };
  assert.ok(Math.abs(levelInLimb(leaning, 30) - (10 + 30 / Math.SQRT2)) < 1e-9);
});

test("simulateLimb: a broken limb has its fracture where the view says, a sound one none", () => {
  const unit = { ...internalXrayUnit, width: 100, height: 120, pitchMm: 2.6 };
  const view = {
    turnDegrees: 20,
    rollDegrees: 0,
    tiltDegrees: 0,
    across: 0.5,
    along: 0.4,
    hasMarker: false,
  };
  const limb = buildLimb("a test", "lower leg", true);
  const broken = simulateLimb(limb, view, unit);
  const [{ mask }] = broken.fractures;
  const [, y1, , y2] = maskBounds(mask);
  assert.ok(y1 < 55 && y2 > 41, `rows ${y1} to ${y2}, not around 48`);
  assert.deepEqual(simulateLimb(limb, view, unit).pixels, broken.pixels);
  const sound = simulateLimb(buildLimb("a test", "lower leg", false), view, unit);
  assert.deepEqual(sound.fractures, []);
  assert.notDeepEqual(sound.pixels, broken.pixels);
});
