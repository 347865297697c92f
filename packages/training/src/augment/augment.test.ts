import assert from "node:assert/strict";
import test from "node:test";
import { type Box, polygonArea, rasterizePolygons } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import { randomStreams } from "@malleolus/random";
import { crop, sampleCrop } from "./crop.ts";
import { flipHorizontally } from "./flip.ts";
import { sampleGamma, withGamma } from "./gamma.ts";
import { rotate, sampleRotation } from "./rotate.ts";
import type { Sample } from "./sample.ts";

const nothing: Target = { boxes: [], classes: [], polygons: [] };

/** 4 wide, 3 high; pixel (x, y) is 10 * y + x. */
function sampleWith(target: Target): Sample {
  const pixels = Float32Array.from({ length: 12 }, (_, i) => 10 * Math.floor(i / 4) + (i % 4));
  return { image: { width: 4, height: 3, pixels }, target };
}

const rectangle = ([x1, y1, x2, y2]: Box) => [x1, y1, x2, y1, x2, y2, x1, y2];

function targetOf(...boxes: Box[]): Target {
  return {
    boxes,
    classes: boxes.map((_, i) => i),
    polygons: boxes.map((box) => [rectangle(box)]),
  };
}

test("flip: pixels, boxes and outlines mirror alike", () => {
  const { image, target } = flipHorizontally(sampleWith(targetOf([0, 1, 1, 3])));
  assert.deepEqual([...image.pixels], [3, 2, 1, 0, 13, 12, 11, 10, 23, 22, 21, 20]);
  assert.deepEqual(target.boxes, [[3, 1, 4, 3]]);
  assert.deepEqual(target.polygons, [[[4, 1, 3, 1, 3, 3, 4, 3]]]);
  assert.deepEqual(target.classes, [0]);
});

test("flip: leaves what it was given as it was, and twice is the same again", () => {
  const sample = sampleWith(targetOf([0, 1, 1, 3]));
  assert.deepEqual(flipHorizontally(flipHorizontally(sample)), sample);
  assert.deepEqual(sample, sampleWith(targetOf([0, 1, 1, 3])));
});

test("flip: an image without objects", () => {
  assert.deepEqual(flipHorizontally(sampleWith(nothing)).target, nothing);
});

const crops: readonly {
  readonly name: string;
  readonly before: Target;
  readonly after: Target;
}[] = [
  { name: "no objects", before: nothing, after: nothing },
  { name: "an object inside", before: targetOf([1, 1, 3, 2]), after: targetOf([0, 0, 2, 1]) },
  { name: "an object cut", before: targetOf([0, 0, 2, 2]), after: targetOf([0, 0, 1, 1]) },
  { name: "an object cut away", before: targetOf([3, 0, 4, 3]), after: nothing },
  { name: "an object that only touches", before: targetOf([0, 0, 1, 3]), after: nothing },
  {
    name: "an object of which a sliver is left",
    before: targetOf([2.5, 1, 4, 3]),
    after: nothing,
  },
  {
    name: "one of three objects cut away",
    before: targetOf([1, 1, 2, 2], [3, 0, 4, 3], [2, 2, 3, 3]),
    after: {
      boxes: [
        [0, 0, 1, 1],
        [1, 1, 2, 2],
      ],
      classes: [0, 2],
      polygons: [[rectangle([0, 0, 1, 1])], [rectangle([1, 1, 2, 2])]],
    },
  },
  {
    name: "an object of two outlines, one cut away",
    before: {
      boxes: [[1, 1, 4, 2]],
      classes: [4],
      polygons: [[rectangle([1, 1, 2, 2]), rectangle([3, 1, 4, 2])]],
    },
    after: { boxes: [[0, 0, 1, 1]], classes: [4], polygons: [[rectangle([0, 0, 1, 1])]] },
  },
];
for (const { name, before, after } of crops) {
  test(`crop: ${name}`, () => {
    const { image, target } = crop(sampleWith(before), [1, 1, 3, 3]);
    assert.deepEqual(image, {
      width: 2,
      height: 2,
      pixels: Float32Array.of(11, 12, 21, 22),
    });
    assert.deepEqual(normal(target), normal(after));
  });
}

test("crop: a triangle's box is drawn around what is left of it", () => {
  const target: Target = { boxes: [[0, 0, 4, 3]], classes: [0], polygons: [[[0, 0, 4, 3, 0, 3]]] };
  assert.deepEqual(crop(sampleWith(target), [2, 0, 4, 3]).target.boxes, [[0, 1.5, 2, 3]]);
});

test("crop: an outline that crosses itself is an object, also where its parts are equal", () => {
  const polygon = [0, 0, 4, 3, 4, 0, 0, 3];
  const target: Target = { boxes: [[0, 0, 4, 3]], classes: [0], polygons: [[polygon]] };
  assert.deepEqual(crop(sampleWith(target), [0, 0, 4, 3]).target.boxes, [[0, 0, 4, 3]]);
  // Nothing is left of it but a line on the border.
  const line: Target = {
    boxes: [[0, 0, 2, 3]],
    classes: [0],
    polygons: [[[0, 0, 2, 0, 2, 3, 0, 3]]],
  };
  assert.deepEqual(crop(sampleWith(line), [2, 0, 4, 3]).target.boxes, []);
});

test("sampleCrop: whole pixels inside the image, sides between the least share and all", () => {
  const sides = new Set<number>();
  for (let slot = 0; slot < 2000; slot++) {
    const [x1, y1, x2, y2] = sampleCrop(40, 30, 0.5, randomStreams(3, 0)("crop", slot));
    assert.ok([x1, y1, x2, y2].every(Number.isInteger));
    assert.ok(x1 >= 0 && y1 >= 0 && x2 <= 40 && y2 <= 30);
    assert.ok(x2 - x1 >= 20 && y2 - y1 >= 15);
    sides.add(x2 - x1);
  }
  assert.deepEqual(
    [...sides].sort((a, b) => a - b),
    [...Array(21).keys()].map((i) => 20 + i),
  );
});

test("sampleCrop: a share of 1 keeps the whole image", () => {
  assert.deepEqual(sampleCrop(7, 5, 1, randomStreams(3, 0)("crop", 0)), [0, 0, 7, 5]);
});

test("sampleCrop: a pixel stays of the thinnest image", () => {
  assert.deepEqual(sampleCrop(1, 1, 0.01, randomStreams(3, 0)("crop", 0)), [0, 0, 1, 1]);
});

test("sampleGamma: between the greatest and its inverse, in both directions alike", () => {
  const drawn = Array.from({ length: 2000 }, (_, slot) =>
    sampleGamma(1.5, randomStreams(3, 0)("gamma", slot)),
  );
  assert.ok(drawn.every((gamma) => gamma >= 1 / 1.5 && gamma <= 1.5));
  const darker = drawn.filter((gamma) => gamma > 1).length / drawn.length;
  assert.ok(Math.abs(darker - 0.5) < 0.05, `${darker} of them darker`);
});

test("withGamma: black and white stay, grey moves, the radiograph itself is left alone", () => {
  const pixels = new Float32Array([0, 0.25, 1]);
  assert.deepEqual([...withGamma(pixels, 2)], [0, 0.0625, 1]);
  assert.deepEqual([...pixels], [0, 0.25, 1]);
  assert.equal(withGamma(pixels, 1), pixels);
});

test("rotate: a quarter turn of a square image, clockwise", () => {
  const image = { width: 2, height: 2, pixels: Float32Array.of(1, 2, 3, 4) };
  const turned = rotate({ image, target: targetOf([0, 0, 1, 2]) }, 90);
  assert.deepEqual(rounded(turned.image.pixels), [3, 1, 4, 2]);
  assert.deepEqual(turned.target.boxes.map(rounded), [[0, 0, 2, 1]]);
});

test("rotate: half a turn is mirroring in both directions", () => {
  const sample = sampleWith(targetOf([0, 1, 1, 3]));
  const turned = rotate(sample, 180);
  assert.deepEqual(rounded(turned.image.pixels), [...sample.image.pixels].reverse());
  assert.deepEqual(turned.target.boxes.map(rounded), [[3, 0, 4, 2]]);
});

test("rotate: outlines stay on what they outline", () => {
  const [width, height] = [60, 40];
  const pixels = new Float32Array(width * height);
  for (let y = 10; y < 25; y++) pixels.fill(1, y * width + 20, y * width + 45);
  const target = targetOf([20, 10, 45, 25]);
  for (const degrees of [-30, 7, 25]) {
    const turned = rotate({ image: { width, height, pixels }, target }, degrees);
    const inside = rasterizePolygons(turned.target.polygons[0], width, height).data;
    const bright = turned.image.pixels.map((value) => (value > 0.5 ? 1 : 0));
    const differing = bright.filter((value, i) => value !== inside[i]).length;
    assert.ok(differing <= 8, `${degrees} degrees: ${differing} pixels differ`);
  }
});

test("rotate: what comes in from outside is black, what leaves is cut or dropped", () => {
  const image = { width: 100, height: 20, pixels: new Float32Array(2000).fill(1) };
  const { image: turned, target } = rotate(
    { image, target: targetOf([0, 0, 9, 9], [45, 5, 99, 15]) },
    90,
  );
  assert.equal(turned.pixels[0], 0);
  assert.deepEqual(target.classes, [1]);
  const [, top, , bottom] = target.boxes[0];
  assert.ok(top >= 0 && bottom <= 20);
});

test("sampleRotation: to either side alike, not beyond the greatest", () => {
  const drawn = Array.from({ length: 2000 }, (_, slot) =>
    sampleRotation(15, randomStreams(3, 0)("rotation", slot)),
  );
  assert.ok(drawn.every((degrees) => Math.abs(degrees) <= 15));
  const clockwise = drawn.filter((degrees) => degrees > 0).length / drawn.length;
  assert.ok(Math.abs(clockwise - 0.5) < 0.05, `${clockwise} of them clockwise`);
});

const rounded = (values: Iterable<number>) =>
  [...values].map((value) => Math.round(value * 1e4) / 1e4);

/** Outlines by their area: where they start and which way they turn does not matter. */
function normal(target: Target): unknown {
  return { ...target, polygons: target.polygons.map((outlines) => outlines.map(polygonArea)) };
}
