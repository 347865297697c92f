import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { readRadiograph } from "@malleolus/data";
import { type Polygon, polygonArea } from "@malleolus/geometry";
import { prepareImage } from "@malleolus/imaging";
import { grayPng } from "../test-synthetic-set.ts";
import { type InputPlan, prepareSample } from "./prepare-sample.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-sample-"));
after(() => rmSync(folder, { recursive: true }));

const WIDTH = 96;
const HEIGHT = 80;
const FRAME = 8;
const SOFT = 20;
/** Bright bone, not quite white: a gamma of 1 / 1.3 makes it so. */
const BONE = 246;

const path = join(folder, "frame.png");
const level = (x: number) => (x < FRAME ? 255 : x < SOFT ? 100 : BONE);
const pixels = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => level(i % WIDTH));
writeFileSync(path, grayPng(WIDTH, HEIGHT, pixels));

const plain: InputPlan = {
  minSizes: [60],
  maxSize: 96,
  flipProbability: 0,
  minCropFraction: 1,
  maxGamma: 1,
  maxRotationDegrees: 0,
  halfTurnProbability: 0,
  otherMachine: null,
  window: null,
  maskCollimation: true,
};

function sample(input: InputPlan, step: number) {
  const image = {
    path,
    width: WIDTH,
    height: HEIGHT,
    target: { boxes: [], classes: [], polygons: [] },
  };
  return prepareSample({ image, input, seed: 3, step, slot: 0 });
}

test("prepareSample: where nothing is augmented, training feeds what detection feeds", async () => {
  for (const maskCollimation of [true, false]) {
    const served = prepareImage(await readRadiograph(path), {
      minSize: 60,
      maxSize: 96,
      maskCollimation,
    });
    const { image } = await sample({ ...plain, maskCollimation }, 0);
    assert.deepEqual(image, served.image);
    assert.equal(image.pixels[0] === 0, maskCollimation, "the frame");
  }
});

test("prepareSample: cropped and brightened, bone at the new border is not taken for the frame", async () => {
  const augmented = { ...plain, minCropFraction: 0.5, maxGamma: 1.3 };
  for (let step = 0; step < 40; step++) {
    const { image } = await sample(augmented, step);
    for (let y = 0; y < image.height; y++) {
      const last = image.pixels[y * image.width + image.width - 1];
      assert.ok(last > 235, `step ${step}, row ${y}: ${last}`);
    }
  }
});

test("prepareSample: as by another machine, the same at every call, with outlines where they were and black corners of a turn black", async () => {
  const square = [70, 40, 90, 40, 90, 60, 70, 60];
  const target = { boxes: [[70, 40, 90, 60] as const], classes: [3], polygons: [[square]] };
  const image = { path, width: WIDTH, height: HEIGHT, target };
  const otherMachine = { maxNoise: 0.05, maxContrastGain: 1.5, collimationProbability: 0.5 };
  const shown = (input: InputPlan, step: number) =>
    prepareSample({ image, input, seed: 3, step, slot: 0 });
  const turned = { ...plain, maxRotationDegrees: 20 };
  const before = await shown(turned, 1);
  const after = await shown({ ...turned, otherMachine }, 1);
  assert.deepEqual(after.target, before.target);
  assert.notDeepEqual(after.image, before.image);
  assert.deepEqual([after.image.pixels[0], after.image.pixels.at(-1)], [0, 0]);
  assert.deepEqual(await shown({ ...turned, otherMachine }, 1), after);
  assert.notDeepEqual(
    await shown({ ...plain, otherMachine }, 2),
    await shown({ ...plain, otherMachine }, 3),
  );
});

test("prepareSample: a window is cut last, in the network's pixels, and says what the whole radiograph has", async () => {
  const square = [70, 40, 90, 40, 90, 60, 70, 60];
  const target = { boxes: [[70, 40, 90, 60] as const], classes: [3], polygons: [[square]] };
  const window = { side: 24, around: [3], probability: 1 };
  const image = { path, width: WIDTH, height: HEIGHT, target };
  for (const step of [0, 1, 2, 3]) {
    const input = { ...plain, minSizes: [40], maxRotationDegrees: 20, window };
    const shown = await prepareSample({ image, input, seed: 3, step, slot: 0 });
    assert.deepEqual([shown.image.width, shown.image.height, shown.objects], [24, 24, [3]]);
    assert.equal(shown.target.classes.length, 1);
  }
});

/** A bright quadrilateral on black, each pixel as bright as it is covered. */
function writeQuadrilateral(file: string, width: number, height: number, polygon: Polygon): void {
  const parts = 16;
  const shown = Uint8Array.from({ length: width * height }, (_, i) => {
    let covered = 0;
    for (let part = 0; part < parts ** 2; part++) {
      const x = (i % width) + ((part % parts) + 0.5) / parts;
      const y = Math.floor(i / width) + (Math.floor(part / parts) + 0.5) / parts;
      if (isWithin(polygon, x, y)) covered++;
    }
    return Math.round((255 * covered) / parts ** 2);
  });
  writeFileSync(file, grayPng(width, height, shown));
}

/** Of a convex polygon that turns clockwise as it is seen. */
function isWithin(polygon: Polygon, x: number, y: number): boolean {
  for (let i = 0; i < polygon.length; i += 2) {
    const [x1, y1] = [polygon[i], polygon[i + 1]];
    const [x2, y2] = [polygon[(i + 2) % polygon.length], polygon[(i + 3) % polygon.length]];
    if ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) < 0) return false;
  }
  return true;
}

/** The centre of mass of a polygon. */
function centerOf(polygon: Polygon): [number, number] {
  let [twice, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < polygon.length; i += 2) {
    const [x1, y1] = [polygon[i], polygon[i + 1]];
    const [x2, y2] = [polygon[(i + 2) % polygon.length], polygon[(i + 3) % polygon.length]];
    const cross = x1 * y2 - x2 * y1;
    twice += cross;
    sumX += (x1 + x2) * cross;
    sumY += (y1 + y2) * cross;
  }
  return [sumX / (3 * twice), sumY / (3 * twice)];
}

test("prepareSample: through crop, flip, resizing and turns an outline stays on what it outlines, to a twentieth of a pixel", async () => {
  const [width, height] = [120, 96];
  const polygon = [52.3, 40.6, 71.9, 44.2, 68.4, 57.7, 48.1, 53.4];
  const quadrilateral = join(folder, "quadrilateral.png");
  writeQuadrilateral(quadrilateral, width, height, polygon);
  const target = {
    boxes: [[48.1, 40.6, 71.9, 57.7] as const],
    classes: [0],
    polygons: [[polygon]],
  };
  const input: InputPlan = {
    ...plain,
    minSizes: [64, 96, 131],
    maxSize: 200,
    flipProbability: 0.5,
    minCropFraction: 0.8,
    maxRotationDegrees: 15,
    halfTurnProbability: 0.5,
    maskCollimation: false,
  };
  for (let step = 0; step < 24; step++) {
    const image = { path: quadrilateral, width, height, target };
    const shown = await prepareSample({ image, input, seed: 3, step, slot: 0 });
    const [[outline]] = shown.target.polygons;
    let [mass, sumX, sumY] = [0, 0, 0];
    for (const [i, value] of shown.image.pixels.entries()) {
      mass += value / 255;
      sumX += ((i % shown.image.width) + 0.5) * (value / 255);
      sumY += (Math.floor(i / shown.image.width) + 0.5) * (value / 255);
    }
    const [x, y] = centerOf(outline);
    const off = [sumX / mass - x, sumY / mass - y];
    assert.ok(
      off.every((distance) => Math.abs(distance) < 0.05),
      `step ${step}: ${off.map((distance) => distance.toFixed(3)).join(", ")} pixels off`,
    );
    const area = polygonArea(outline);
    assert.ok(Math.abs(mass / area - 1) < 0.01, `step ${step}: ${mass} bright, ${area} outlined`);
    assert.deepEqual(shown.target.boxes, [boundsOf(outline)]);
  }
});

function boundsOf(polygon: Polygon): number[] {
  const xs = polygon.filter((_, i) => i % 2 === 0);
  const ys = polygon.filter((_, i) => i % 2 === 1);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
