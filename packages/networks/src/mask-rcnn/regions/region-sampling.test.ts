import assert from "node:assert/strict";
import test from "node:test";
import { detectron2Config } from "@malleolus/schema";
import { randomFrom } from "../../test-heads.ts";
import { truthOf } from "../truth.ts";
import { sampleRegions } from "./region-sampling.ts";

const { roi } = detectron2Config(["a", "b"]);
const BACKGROUND_CLASS = 2;

const target = truthOf({
  boxes: [
    [0, 0, 100, 100],
    [200, 200, 240, 240],
  ],
  classes: [1, 0],
  polygons: [[], []],
});
const empty = truthOf({ boxes: [], classes: [], polygons: [] });

/** Boxes of 100 x 100 that begin `shift` pixels further right each: overlaps fall from 1. */
function shifted(count: number, shift: number): Float32Array {
  return Float32Array.from({ length: count * 4 }, (_, i) => {
    return [0, 0, 100, 100][i % 4] + (i % 2 ? 0 : (i >> 2) * shift);
  });
}

test("sampleRegions: a proposal is an object from an overlap of a half, of its truth's class", () => {
  // Overlap (100 - s) / (100 + s): 33 pixels give 0.504, 34 give 0.493.
  const proposals = Float32Array.of(33, 0, 133, 100, 34, 0, 134, 100, 201, 201, 240, 240);
  const config = { ...roi, appendTruth: false };
  const { regions, classes, truths } = sampleRegions(
    [proposals],
    [target],
    2,
    randomFrom(1),
    config,
  );
  const found = Array.from(classes, (own, i) => [regions.boxes[i * 4], own]);
  found.sort(([a], [b]) => a - b);
  assert.deepEqual(found, [
    [33, 1],
    [34, BACKGROUND_CLASS],
    [201, 0],
  ]);
  for (let i = 0; i < 3; i++) {
    if (classes[i] !== BACKGROUND_CLASS) assert.equal(target.classes[truths[i]], classes[i]);
  }
});

test("sampleRegions: the true boxes are proposals, too", () => {
  const { regions, classes } = sampleRegions([new Float32Array()], [target], 2, randomFrom(1), roi);
  assert.deepEqual([...classes].sort(), [0, 1]);
  assert.equal(regions.boxes.length, 8);
  const none = sampleRegions([new Float32Array()], [empty], 2, randomFrom(1), roi);
  assert.equal(none.classes.length, 0);
});

test("sampleRegions: at most a quarter objects, the same for the same draws", () => {
  const config = { ...roi, batchSizePerImage: 40 };
  const proposals = [shifted(300, 0.5), shifted(300, 0.5)];
  const sample = (seed: number) =>
    sampleRegions(proposals, [target, empty], 2, randomFrom(seed), config);
  const { classes, regions } = sample(1);
  const objects = [0, 1].map(
    (image) =>
      classes.filter((own, i) => own !== BACKGROUND_CLASS && regions.images[i] === image).length,
  );
  assert.deepEqual(objects, [10, 0]);
  assert.equal(classes.length, 80);
  assert.deepEqual(sample(1), sample(1));
  assert.notDeepEqual(sample(1), sample(2));
});
