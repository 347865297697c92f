import assert from "node:assert/strict";
import { test } from "node:test";
import { measureImages } from "./image-measures.ts";
import { detectionAt, truthAt } from "./test-objects.ts";

const truth = truthAt(40, [4, 4, 10, 10]);
const crowd = truthAt(40, [4, 4, 10, 10], { isCrowd: true });
const found = (...scores: number[]) =>
  scores.map((score) => detectionAt(40, [20, 20, 8, 8], score));

const plain = { notObjects: [], groups: null };

test("measureImages: the best score speaks for an image, and none for the lowest", () => {
  const images = [
    { truths: [truth], detections: found(0.2, 0.9) },
    { truths: [crowd], detections: found(0.3) },
    { truths: [], detections: found(0.3) },
    { truths: [], detections: [] },
    { truths: [], detections: found(0.1) },
  ];
  const { auc, sensitivity, specificity } = measureImages(images, { threshold: 0.3, ...plain });
  // Of six pairs five are won and one is tied.
  assert.equal(auc?.auc.toFixed(12), (5.5 / 6).toFixed(12));
  assert.deepEqual([auc?.positives, auc?.negatives], [2, 3]);
  assert.deepEqual([sensitivity.count, sensitivity.total], [2, 2]);
  assert.deepEqual([specificity.count, specificity.total], [2, 3]);
});

test("measureImages: an image head tells images apart, and what is found is still what is shown", () => {
  const said = (fracture: number) => ({ fracture, no_fracture: 1 - fracture });
  const images = [
    { truths: [truth], detections: found(0.2), shown: said(0.9) },
    { truths: [truth], detections: [], shown: said(0.7) },
    { truths: [], detections: found(0.6), shown: said(0.8) },
    { truths: [], detections: [], shown: said(0.1) },
  ];
  const options = { threshold: 0.5, notObjects: ["no_fracture"], groups: null };
  const measures = measureImages(images, options);
  assert.equal(measures.scoredBy, "image head");
  assert.deepEqual([measures.auc?.auc, measures.highestScoreAuc?.auc], [0.75, 0.375]);
  assert.deepEqual([measures.sensitivity.count, measures.specificity.count], [0, 1]);
  // One image that no head has seen: all are told apart by what is found.
  const mixed = images.map((image, i) => (i === 3 ? { ...image, shown: null } : image));
  const { scoredBy, auc, highestScoreAuc } = measureImages(mixed, options);
  assert.deepEqual([scoredBy, auc?.auc, highestScoreAuc], ["highest score", 0.375, null]);
});

test("measureImages: where every image has objects there is no area", () => {
  const { auc, specificity } = measureImages([{ truths: [truth], detections: [] }], {
    threshold: 0.5,
    ...plain,
  });
  assert.equal(auc, null);
  assert.equal(specificity.share, null);
});

test("measureImages: what says that there is no fracture is no object, there or found", () => {
  const intact = truthAt(40, [4, 4, 10, 10], { class: "no_fracture" });
  const seen = detectionAt(40, [4, 4, 10, 10], 0.99, { class: "no_fracture" });
  const images = [
    { truths: [truth], detections: [...found(0.6), seen] },
    { truths: [truth], detections: found(0.5) },
    { truths: [intact], detections: [seen] },
    { truths: [intact], detections: [seen, ...found(0.2)] },
  ];
  const counted = measureImages(images, { threshold: 0.5, ...plain });
  assert.equal(counted.auc, null);
  const { auc, specificity } = measureImages(images, {
    threshold: 0.5,
    notObjects: ["no_fracture"],
    groups: null,
  });
  assert.equal(auc?.auc, 1);
  assert.deepEqual([specificity.count, specificity.total], [2, 2]);
});

test("measureImages: images of one group are not more than one", () => {
  const images = [0.9, 0.4, 0.7, 0.3, 0.1, 0.8, 0.2, 0.6].map((score, i) => ({
    truths: i % 2 === 0 ? [truth] : [],
    detections: found(score),
  }));
  const twice = images.flatMap((image) => [image, image]);
  const groups = images.flatMap((_, i) => [`${i}`, `${i}`]);
  const once = measureImages(images, { threshold: 0.5, ...plain });
  const grouped = measureImages(twice, { threshold: 0.5, notObjects: [], groups });
  assert.deepEqual(grouped.sensitivity.interval, once.sensitivity.interval);
  const difference = (grouped.auc?.standardError ?? 0) - (once.auc?.standardError ?? 1);
  assert.ok(Math.abs(difference) < 1e-12);
});
