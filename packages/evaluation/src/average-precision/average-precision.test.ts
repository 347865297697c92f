import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { CocoMeasures } from "@malleolus/schema";
import { averagePrecision } from "./average-precision.ts";
import type { LabeledImage } from "./labeled-image.ts";
import { detectionAt, truthAt, type Xywh } from "./test-objects.ts";

type Row = [image: number, name: number, ...xywh: Xywh, cut: number, last: number];
interface Golden {
  size: number;
  images: number;
  classes: string[];
  /** Ends with 1 for a crowd. */
  truths: Row[];
  /** Ends with the score. */
  detections: Row[];
  expected: Record<"box" | "mask", { all: number[]; classes: number[][]; recall50: number[] }>;
}
const golden: Golden[] = JSON.parse(
  readFileSync(new URL("./golden/coco-average-precision.json", import.meta.url), "utf8"),
);

/** In the order of pycocotools' `stats`, -1 where there is none. */
function stats({ averagePrecision: precision, averageRecall: recall }: CocoMeasures): number[] {
  return [
    ...[precision.all, precision.iou50, precision.iou75],
    ...[precision.small, precision.medium, precision.large],
    ...[recall.best1, recall.best10, recall.best100],
    ...[recall.small, recall.medium, recall.large],
  ].map((value) => value ?? -1);
}

function assertNear(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (const [i, value] of actual.entries()) {
    const near = Math.abs(value - expected[i]) < 1e-12;
    assert.ok(near, `${what}, figure ${i}: expected ${expected[i]}, got ${value}`);
  }
}

for (const [place, one] of golden.entries()) {
  const { size, classes } = one;
  const images = Array.from({ length: one.images }, (_, id): LabeledImage => {
    const of = (rows: readonly Row[]) => rows.filter(([image]) => image === id);
    return {
      truths: of(one.truths).map(([, name, x, y, width, height, cut, crowd]) =>
        truthAt(size, [x, y, width, height], { class: classes[name], cut, isCrowd: crowd === 1 }),
      ),
      detections: of(one.detections).map(([, name, x, y, width, height, cut, score]) =>
        detectionAt(size, [x, y, width, height], score, { class: classes[name], cut }),
      ),
    };
  });
  for (const shape of ["box", "mask"] as const) {
    test(`averagePrecision: pycocotools' figures by ${shape}, set ${place}`, () => {
      const measured = averagePrecision(images, classes, shape);
      const expected = one.expected[shape];
      assertNear(stats(measured), expected.all, "all classes");
      for (const [i, ofClass] of measured.classes.entries()) {
        assert.equal(ofClass.class, classes[i]);
        assertNear(stats(ofClass), expected.classes[i], classes[i]);
        assertNear(
          [ofClass.recall50.share ?? -1],
          [expected.recall50[i]],
          `${classes[i]}, recall at 0.5`,
        );
      }
    });
  }
}

const SIZE = 120;
const here: Xywh = [10, 10, 20, 20];
const there: Xywh = [60, 60, 20, 20];

/** Of one class, in boxes. */
function measure(...images: LabeledImage[]): CocoMeasures {
  return averagePrecision(images, ["fracture"], "box");
}
const detected = (xywh: Xywh, score: number) => detectionAt(SIZE, xywh, score);
const truth = truthAt(SIZE, here);

test("averagePrecision: everything found exactly is 1, and what is not there has no figure", () => {
  const measured = measure({ truths: [truth], detections: [detected(here, 0.3)] });
  assert.deepEqual(stats(measured), [1, 1, 1, 1, -1, -1, 1, 1, 1, 1, -1, -1]);
  assert.deepEqual([measured.recall50.count, measured.recall50.total], [1, 1]);
});

test("averagePrecision: without truths there is no figure at all", () => {
  const measured = measure({ truths: [], detections: [detected(here, 0.9)] });
  assert.deepEqual(stats(measured), new Array(12).fill(-1));
  assert.equal(measured.recall50.share, null);
});

test("averagePrecision: without detections it is 0", () => {
  const { averagePrecision: precision, averageRecall } = measure({
    truths: [truth],
    detections: [],
  });
  assert.deepEqual([precision.all, averageRecall.best100], [0, 0]);
});

test("averagePrecision: a false positive in an empty image counts where it scores higher", () => {
  const found = { truths: [truth], detections: [detected(here, 0.5)] };
  const empty = (score: number) => ({ truths: [], detections: [detected(here, score)] });
  assert.equal(measure(found, empty(0.4)).averagePrecision.all, 1);
  assert.equal(measure(found, empty(0.6)).averagePrecision.all, 0.5);
});

test("averagePrecision: of equal scores, the first image's and the first in an image come first", () => {
  const found = { truths: [truth], detections: [detected(here, 0.5)] };
  const falsePositive = { truths: [], detections: [detected(there, 0.5)] };
  assert.equal(measure(found, falsePositive).averagePrecision.all, 1);
  assert.equal(measure(falsePositive, found).averagePrecision.all, 0.5);
  const both = [detected(here, 0.5), detected(there, 0.5)];
  assert.equal(measure({ truths: [truth], detections: both }).averagePrecision.all, 1);
  const other = { truths: [truth], detections: both.toReversed() };
  assert.equal(measure(other).averagePrecision.all, 0.5);
  assert.equal(measure(other).averageRecall.best1, 0);
});

test("averagePrecision: a second detection of one truth is a false positive", () => {
  const twice = [detected(here, 0.9), detected(here, 0.8), detected(there, 0.7)];
  const truths = [truth, truthAt(SIZE, there)];
  // Two of three at full recall: the first 51 recall points see 1, the others 2/3.
  const { averagePrecision: precision, averageRecall: recall } = measure({
    truths,
    detections: twice,
  });
  assertNear([precision.all ?? -1], [(51 + 50 * (2 / 3)) / 101], "precision");
  assert.deepEqual([recall.best1, recall.best10], [0.5, 1]);
});

test("averagePrecision: any number in a crowd, most of each within it, are neither right nor wrong", () => {
  const crowd = truthAt(SIZE, [50, 50, 40, 40], { isCrowd: true });
  const inCrowd = [detected(there, 0.9), detected([70, 70, 15, 15], 0.8)];
  const image = { truths: [crowd, truth], detections: [...inCrowd, detected(here, 0.1)] };
  assert.equal(measure(image).averagePrecision.all, 1);
  assert.equal(measure(image).recall50.total, 1);
  // A fifth of it lies within.
  const beside = { ...image, detections: [detected([34, 60, 20, 20], 0.9), detected(here, 0.1)] };
  assert.equal(measure(beside).averagePrecision.all, 0.5);
});

test("averagePrecision: a detection at exactly the threshold's overlap is a hit", () => {
  // 20 x 10 within 20 x 20: IoU 0.5.
  const half = measure({ truths: [truth], detections: [detected([10, 10, 20, 10], 0.9)] });
  assert.equal(half.averagePrecision.iou50, 1);
  assert.equal(half.averageRecall.best100, 0.1);
});

test("averagePrecision: a size's figures leave out what is of another, unless it took a truth", () => {
  const large = truthAt(SIZE, [10, 10, 100, 100]);
  const small = truthAt(SIZE, [0, 0, 8, 8]);
  const loose: Xywh = [10, 10, 100, 90];
  const detections = [
    detected(loose, 0.9),
    detected([0, 20, 60, 60], 0.8),
    detected([0, 0, 8, 8], 0.7),
  ];
  const { averagePrecision: precision } = measure({ truths: [large, small], detections });
  // 9000 pixels are no large ones, but the truth they stand for is: hits up to IoU 0.9.
  assertNear([precision.large ?? -1], [0.9], "large");
  assert.equal(precision.small, 1);
  assert.equal(precision.medium, null);
});

test("averagePrecision: the hundred-and-first detection of an image is not looked at", () => {
  const falsePositives = Array.from({ length: 100 }, () => detected(there, 0.9));
  const last = detected(here, 0.1);
  assert.equal(
    measure({ truths: [truth], detections: [...falsePositives, last] }).recall50.count,
    0,
  );
  const { recall50 } = measure({ truths: [truth], detections: [...falsePositives.slice(1), last] });
  assert.equal(recall50.count, 1);
});

test("averagePrecision: masks are compared pixel by pixel, where their boxes are the same", () => {
  const round = { truths: [truthAt(SIZE, here, { cut: 9 })], detections: [detected(here, 0.5)] };
  assert.equal(averagePrecision([round], ["fracture"], "box").averagePrecision.all, 1);
  // 400 pixels less four corners of 9 x 9 / 2: three fifths of the box, as pixels go.
  const masks = averagePrecision([round], ["fracture"], "mask").averagePrecision;
  assert.deepEqual([masks.iou50, masks.iou75], [1, 0]);
});
