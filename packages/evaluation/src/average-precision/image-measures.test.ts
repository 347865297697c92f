import assert from "node:assert/strict";
import { test } from "node:test";
import { measureImages } from "./image-measures.ts";
import { detectionAt, truthAt } from "./test-objects.ts";

const truth = truthAt(40, [4, 4, 10, 10]);
const crowd = truthAt(40, [4, 4, 10, 10], { isCrowd: true });
const found = (...scores: number[]) =>
  scores.map((score) => detectionAt(40, [20, 20, 8, 8], score));

test("measureImages: the best score speaks for an image, and none for the lowest", () => {
  const images = [
    { truths: [truth], detections: found(0.2, 0.9) },
    { truths: [crowd], detections: found(0.3) },
    { truths: [], detections: found(0.3) },
    { truths: [], detections: [] },
    { truths: [], detections: found(0.1) },
  ];
  const { auc, sensitivity, specificity } = measureImages(images, 0.3);
  // Of six pairs five are won and one is tied.
  assert.equal(auc?.auc.toFixed(12), (5.5 / 6).toFixed(12));
  assert.deepEqual([auc?.positives, auc?.negatives], [2, 3]);
  assert.deepEqual([sensitivity.count, sensitivity.total], [2, 2]);
  assert.deepEqual([specificity.count, specificity.total], [2, 3]);
});

test("measureImages: where every image has objects there is no area", () => {
  const { auc, specificity } = measureImages([{ truths: [truth], detections: [] }], 0.5);
  assert.equal(auc, null);
  assert.equal(specificity.share, null);
});
