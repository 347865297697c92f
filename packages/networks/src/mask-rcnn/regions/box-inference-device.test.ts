/** The GPU's way is made of LibTorch's operators: here it runs on the CPU, beside the CPU's own. */
import assert from "node:assert/strict";
import test from "node:test";
import type { RoiConfig } from "@malleolus/schema";
import { fromTypedArray, liveTensors, scope } from "@malleolus/torch";
import { assertClose, randomFrom, smallConfig } from "../../test-heads.ts";
import { waitsIn } from "../proposals/test-waits.ts";
import type { BoxPredictions } from "./box-head.ts";
import { type DetectedBoxes, detectBoxes } from "./box-inference.ts";
import { detectBoxesOnDevice } from "./box-inference-device.ts";
import { arrangeRegions } from "./region-pooling.ts";

const sizes = [
  [120, 160],
  [90, 100],
  [120, 60],
] as const;

interface Case {
  readonly classCount: number;
  /** x1, y1, x2, y2 of every region of each image. */
  readonly boxes: readonly Float32Array[];
  /** [n * (K + 1)] */
  readonly logits: Float32Array;
  /** [n * K * 4] */
  readonly deltas: Float32Array;
}

/** Boxes of 10 to 60 pixels, logits between -3 and 3, deltas between -2 and 2. */
function randomCase(counts: readonly number[], classCount = 3): Case {
  const random = randomFrom(9)("regions", 0);
  const numbers = (count: number, scale: number): Float32Array =>
    Float32Array.from({ length: count }, () => scale * (2 * random() - 1));
  const boxes = counts.map((count) => {
    const corners = Array.from({ length: count }, () => {
      const [x, y] = [100 * random(), 90 * random()];
      return [x, y, x + 10 + 50 * random(), y + 10 + 50 * random()];
    });
    return Float32Array.from(corners.flat());
  });
  const all = counts.reduce((sum, count) => sum + count, 0);
  return {
    classCount,
    boxes,
    logits: numbers(all * (classCount + 1), 3),
    deltas: numbers(all * classCount * 4, 2),
  };
}

function predictionsOf({ logits, deltas, classCount }: Case): BoxPredictions {
  const count = logits.length / (classCount + 1);
  return {
    logits: fromTypedArray(logits, [count, classCount + 1]),
    deltas: fromTypedArray(deltas, [count, classCount * 4]),
  };
}

/** The detections of every image, which must be alike in both ways. */
function assertAlike(given: Case, own: Partial<RoiConfig> = {}): DetectedBoxes[] {
  return scope(() => {
    const roi = { ...smallConfig().roi, ...own };
    const regions = arrangeRegions(given.boxes, roi);
    const predictions = predictionsOf(given);
    const expected = detectBoxes(predictions, regions, sizes, roi);
    const got = detectBoxesOnDevice(predictions, regions, sizes, roi);
    assert.equal(got.length, expected.length);
    got.forEach((found, image) => {
      const wanted = expected[image];
      assert.deepEqual(found.classes, wanted.classes, `classes in image ${image}`);
      assertClose(found.boxes, [...wanted.boxes], 1e-4, `boxes in image ${image}`);
      assertClose(found.scores, [...wanted.scores], 1e-6, `scores in image ${image}`);
      const probabilities = [...wanted.probabilities];
      assertClose(found.probabilities, probabilities, 1e-6, `probabilities in image ${image}`);
    });
    return expected;
  });
}

const counts = (found: readonly DetectedBoxes[]): number[] =>
  found.map(({ scores }) => scores.length);

test("detectBoxesOnDevice: the CPU's detections, in images of different sizes", () => {
  const found = assertAlike(randomCase([40, 30, 20]));
  found.forEach(({ boxes, classes }, image) => {
    assert.ok(classes.length > 20 && classes.length < 3 * 40);
    assert.equal(new Set(classes).size, 3);
    const [height, width] = sizes[image];
    boxes.forEach((value, i) => {
      assert.ok(value >= 0 && value <= (i % 2 === 0 ? width : height));
    });
  });
});

test("detectBoxesOnDevice: the CPU's choice by every rule", () => {
  const regions = randomCase([40, 30, 20]);
  const all = counts(assertAlike(regions));
  assert.deepEqual(counts(assertAlike(regions, { detectionsPerImage: 9 })), [9, 9, 9]);
  for (const own of [
    { scoreThreshold: 0 },
    { scoreThreshold: 0.4 },
    { nmsThreshold: 0.1 },
    { nmsThreshold: 1 },
  ]) {
    const other = counts(assertAlike(regions, { ...own, detectionsPerImage: 1000 }));
    assert.notDeepEqual(other, all, JSON.stringify(own));
  }
  assertAlike(randomCase([40, 30, 20], 1));
});

test("detectBoxesOnDevice: equal scores in the CPU's order", () => {
  const regions = randomCase([40, 30, 20]);
  const logits = regions.logits.map(() => 0);
  assertAlike({ ...regions, logits });
  assertAlike({ ...regions, logits }, { detectionsPerImage: 12, nmsThreshold: 0.9 });
});

test("detectBoxesOnDevice: what is not finite is not there, and suppresses nothing", () => {
  const regions = randomCase([40, 30, 20]);
  const clean = counts(assertAlike(regions));
  const poisons = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < 20; i++) {
    regions.logits[i * 17] = poisons[i % 3];
    regions.deltas[i * 43] = poisons[(i + 1) % 3];
  }
  const found = assertAlike(regions, { nmsThreshold: 0.1 });
  assert.notDeepEqual(counts(found), clean);
  for (const { boxes } of found) assert.ok(boxes.every(Number.isFinite));
  // One whose size shrinks to nothing is finite, and stays.
  const empty = regions.deltas.map((delta, i) => (i % 4 < 2 ? delta : poisons[2]));
  assert.ok(counts(assertAlike({ ...regions, deltas: empty }))[0] > 0);
});

test("detectBoxesOnDevice: images without regions, and a batch without any", () => {
  const [first, second, third] = counts(assertAlike(randomCase([25, 0, 10])));
  assert.ok(first > 0 && third > 0);
  assert.equal(second, 0);
  assert.deepEqual(counts(assertAlike(randomCase([0, 0, 0]))), [0, 0, 0]);
});

test("detectBoxesOnDevice: waits once, whatever the images and classes", () => {
  scope(() => {
    const given = randomCase([40, 30, 20]);
    const { roi } = smallConfig();
    const regions = arrangeRegions(given.boxes, roi);
    const predictions = predictionsOf(given);
    assert.equal(
      waitsIn(() => detectBoxesOnDevice(predictions, regions, sizes, roi)),
      1,
    );
    // The count does see what the CPU's way reads: scores, deltas and what is left.
    assert.equal(
      waitsIn(() => detectBoxes(predictions, regions, sizes, roi)),
      3,
    );
  });
});

test("detectBoxesOnDevice: leaves no tensor behind", () => {
  const before = liveTensors();
  assertAlike(randomCase([40, 30, 20]));
  assert.equal(liveTensors(), before);
});
