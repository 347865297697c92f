import assert from "node:assert/strict";
import test from "node:test";
import type { DisplayImage } from "@malleolus/imaging";
import { distanceTo, movePatch, type Patch, placedPatch, rimOf } from "./moved-patch.ts";

const SIDE = 80;
const square = [35, 35, 45, 35, 45, 45, 35, 45];
const patch: Patch = { outlines: [square], center: [40, 40], margin: 8 };
const straight = { x: 40, y: 40, angle: 0, scale: 1, isMirrored: false };

function drawn(gray: (x: number, y: number) => number): DisplayImage {
  const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
    gray((i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5),
  );
  return { width: SIDE, height: SIDE, pixels };
}

/** A bone that stands upright, brighter than what is around it. */
const bone = (x: number) => 0.3 + 0.3 * Math.exp(-(((x - 40) / 8) ** 2));
/** Darkest at (40, 40), and nothing from 6 pixels away. */
const gap = (x: number, y: number) => 0.2 * Math.max(0, 1 - Math.hypot(x - 40, y - 40) / 6);

test("distanceTo: of points within, beside and off a corner, whatever the outlines' direction", () => {
  for (const outline of [square, [35, 35, 35, 45, 45, 45, 45, 35]]) {
    assert.equal(distanceTo([outline], 40, 36), 0);
    assert.equal(distanceTo([outline], 50, 40), 5);
    assert.equal(distanceTo([outline], 48, 49), 5);
    assert.equal(distanceTo([[0, 0, 2, 0, 1, 2], outline], 48, 49), 5);
  }
});

test("rimOf: about as many points as asked for, none within the outlines or further than asked", () => {
  for (const to of [1.25, 3]) {
    const { dx, dy } = rimOf(patch, 200, to);
    assert.ok(dx.length > 170 && dx.length < 230, `${dx.length}`);
    for (const [i, x] of dx.entries()) {
      const distance = distanceTo([square], 40 + x, 40 + dy[i]);
      assert.ok(distance >= 2 && distance <= 8 * to, `${distance}`);
    }
  }
});

test("placedPatch: mirrored, then turned and scaled around the centre, then moved", () => {
  const marked = { ...patch, outlines: [[41, 40, 40, 43, 40, 40]] };
  const placement = { x: 10, y: 20, angle: Math.PI / 2, scale: 2, isMirrored: true };
  const placed = placedPatch(marked, placement);
  // One to the right is mirrored to the left, a quarter turn brings left up, and it is doubled.
  const expected = [10, 18, 4, 20, 10, 20];
  for (const [i, value] of placed.outlines[0].entries()) {
    assert.ok(Math.abs(value - expected[i]) < 1e-9, `${placed.outlines[0]}`);
  }
  assert.deepEqual([placed.margin, ...placed.center], [16, 10, 20]);
});

test("movePatch: a radiograph's own patch at its own place changes nothing", () => {
  const own = drawn((x, y) => bone(x) - gap(x, y));
  const { pixels } = movePatch(own, own, patch, straight);
  assert.ok(pixels.every((value, i) => Math.abs(value - own.pixels[i]) < 1e-6));
});

test("movePatch: what was darker and had less contrast comes to fit; beyond the patch nothing changes", () => {
  const target = drawn((x) => bone(x));
  const source = drawn((x, y) => 0.05 + 0.8 * (bone(x) - gap(x, y)));
  const { pixels } = movePatch(source, target, patch, straight);
  let [worst, changed] = [0, 0];
  for (const [i, value] of pixels.entries()) {
    const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
    if (distanceTo([square], x, y) >= 8) assert.equal(value, target.pixels[i]);
    else {
      worst = Math.max(worst, Math.abs(value - bone(x) + gap(x, y)));
      changed = Math.max(changed, Math.abs(value - target.pixels[i]));
    }
  }
  // The gap is 0.19 deep at the nearest centres of pixels.
  assert.ok(changed > 0.17, `${changed}`);
  assert.ok(worst < 0.01, `${worst}`);
});

test("movePatch: what is wherever the outline says, mirrored, turned, scaled and moved", () => {
  const source = drawn((x, y) => 0.5 + 0.004 * (x - 40) - gap(x - 3, y));
  const target = drawn(() => 0.5);
  const placement = { x: 30, y: 44, angle: Math.PI / 2, scale: 1.25, isMirrored: true };
  const { pixels } = movePatch(source, target, patch, placement);
  const darkest = pixels.indexOf(pixels.reduce((least, value) => Math.min(least, value)));
  const [x, y] = [(darkest % SIDE) + 0.5, Math.floor(darkest / SIDE) + 0.5];
  // Three to the right is mirrored to the left, turned up and becomes 3.75.
  assert.ok(Math.hypot(x - 30, y - 40.25) < 1, `${x}, ${y}`);
});

test("movePatch: brightness that differs from one side to the other is carried inwards", () => {
  const source = drawn((x, y) => bone(x) - gap(x, y));
  const target = drawn((x, y) => bone(x) + 0.008 * (y - 40));
  const { pixels } = movePatch(source, target, patch, straight);
  let worst = 0;
  for (const [i, value] of pixels.entries()) {
    const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
    worst = Math.max(worst, Math.abs(value - (bone(x) - gap(x, y) + 0.008 * (y - 40))));
  }
  // Without it, 0.094 would be missing on one side.
  assert.ok(worst < 0.04, `${worst}`);
});
