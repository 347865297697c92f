import assert from "node:assert/strict";
import test from "node:test";
import type { DisplayImage } from "@malleolus/imaging";
import { likenessOf, thumbnailOf } from "./moved-likeness.ts";
import type { Patch } from "./moved-patch.ts";
import { axisAt, bestPlace, fitsWithin, planesOf } from "./moved-places.ts";
import { joined } from "./moved-sources.ts";

const [WIDTH, HEIGHT] = [373, 454];

function drawn(gray: (x: number, y: number) => number): DisplayImage {
  const pixels = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    gray((i % WIDTH) + 0.5, Math.floor(i / WIDTH) + 0.5),
  );
  return { width: WIDTH, height: HEIGHT, pixels };
}

/** A limb with a bone that ends in a head at `endY`; its axis is `slope` off upright. */
function limb(middle: number, endY: number, slope = 0): DisplayImage {
  return drawn((x, y) => {
    const off = x - middle - slope * (y - endY);
    const soft = 0.35 * Math.exp(-((off / 70) ** 2));
    const width = 12 + 14 / (1 + Math.exp((endY - 25 - y) / 4));
    const shaft = 0.4 / (1 + Math.exp((Math.abs(off) - width) / 2));
    return soft + shaft / (1 + Math.exp((y - endY) / 3));
  });
}

/** Around where the bone becomes wide. */
const patch: Patch = {
  outlines: [[170, 190, 200, 190, 200, 220, 170, 220]],
  center: [185, 205],
  margin: 13,
};
const asItIs = { isMirrored: false, isTurned: false };

test("axisAt: along the bone, and clear on its shaft alone", () => {
  const planes = planesOf(limb(180, 300, 0.4));
  const { angle, clarity } = axisAt(planes, 180 + 0.4 * (150 - 300), 150);
  // Along (0.4, 1), up to half a turn.
  assert.ok(Math.abs(Math.sin(angle - Math.atan2(1, 0.4))) < 0.03, `${angle}`);
  assert.ok(clarity > 0.9, `${clarity}`);
  assert.ok(axisAt(planesOf(drawn(() => 0.4)), 100, 100).clarity < 0.1);
});

test("bestPlace: where the same bone lies in another radiograph", () => {
  const match = bestPlace(patch, planesOf(limb(185, 230)), planesOf(limb(217.2, 267.4)), asItIs);
  assert.ok(match !== null);
  const { x, y, scale, angle } = match.placement;
  assert.ok(Math.abs(x - 217.2) < 1.5 && Math.abs(y - 242.4) < 2, `${x}, ${y}`);
  assert.ok(Math.abs(scale - 1) < 0.06 && Math.abs(angle) < 0.06, `${scale}, ${angle}`);
  assert.ok(match.correlation > 0.99 && match.context > 0.9);
});

test("bestPlace: upside down where the radiographs lie so, along a bone that leans", () => {
  const leaning = limb(185, 230, 0.25);
  const turned = { ...leaning, pixels: leaning.pixels.toReversed() };
  const match = bestPlace(patch, planesOf(limb(185, 230)), planesOf(turned), {
    isMirrored: false,
    isTurned: true,
  });
  assert.ok(match !== null);
  const { x, y, angle } = match.placement;
  const [trueX, trueY] = [WIDTH - (185 + 0.25 * (205 - 230)), HEIGHT - 205];
  assert.ok(Math.hypot(x - trueX, y - trueY) < 4, `${x}, ${y}`);
  // The bone leans by 14 degrees to the left downwards, wherever it points to.
  assert.ok(Math.abs(angle - Math.PI + Math.atan(0.25)) < 0.08, `${angle}`);
});

test("bestPlace: null where nothing is alike, and where there is nothing", () => {
  const source = planesOf(limb(185, 230));
  assert.equal(bestPlace(patch, source, planesOf(drawn(() => 0.4)), asItIs), null);
  const stripes = drawn((x) => 0.4 + 0.2 * Math.sin(x / 5));
  assert.equal(bestPlace(patch, source, planesOf(stripes), asItIs), null);
});

test("likenessOf: mirrored and turned as the radiograph was, and 1 of itself", () => {
  const image = drawn((x, y) => (x + 2 * y) / 1500 + (x < 90 && y < 120 ? 0.3 : 0));
  const flipped = (isX: boolean, isY: boolean) =>
    drawn((x, y) => {
      const column = Math.floor(isX ? WIDTH - x : x);
      return image.pixels[Math.floor(isY ? HEIGHT - y : y) * WIDTH + column];
    });
  const cases = [
    [flipped(false, false), false, false],
    [flipped(true, false), true, false],
    [flipped(true, true), false, true],
    [flipped(false, true), true, true],
  ] as const;
  for (const [other, isMirrored, isTurned] of cases) {
    const found = likenessOf(thumbnailOf(image), thumbnailOf(other));
    assert.deepEqual([found.isMirrored, found.isTurned], [isMirrored, isTurned]);
    assert.ok(found.correlation > 0.98, `${found.correlation}`);
  }
  assert.equal(likenessOf(thumbnailOf(image), thumbnailOf(drawn(() => 0.5))).correlation, -1);
});

test("fitsWithin: the whole rim", () => {
  assert.ok(fitsWithin(patch, { width: 217, height: 237 }));
  assert.ok(!fitsWithin(patch, { width: 216, height: 237 }));
  assert.ok(!fitsWithin(patch, { width: 217, height: 236 }));
});

test("joined: outlines whose rims touch move together, by way of others too", () => {
  const at = (x: number): Patch => ({
    outlines: [[x, 10, x + 10, 10, x + 10, 20]],
    center: [x + 5, 15],
    margin: 8,
  });
  const outlines = (patches: readonly Patch[]) => patches.map((one) => one.outlines.length);
  assert.deepEqual(outlines(joined([at(20), at(100)], 1)), [1, 1]);
  assert.deepEqual(outlines(joined([at(20), at(100), at(48), at(74)], 1)), [4]);
});
