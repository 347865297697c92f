import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { readRadiograph } from "@malleolus/data";
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
