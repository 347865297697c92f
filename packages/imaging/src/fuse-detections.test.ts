import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Detection } from "./detection.ts";
import { fuseDetections } from "./fuse-detections.ts";

/** With a mask of 2 x 2, in a region where two classes are possible. */
function detection(box: Box, score: number, cells: number[], own = 0): Detection {
  const probabilities = Float32Array.of(0, 0);
  probabilities[own] = score;
  return { box, class: own, score, probabilities, mask: Float32Array.from(cells) };
}

test("fuseDetections: what both views show is their mean by score, and nothing else counts whole", () => {
  const fused = fuseDetections([
    [detection([0, 0, 10, 10], 0.75, [1, 0, 0, 1]), detection([50, 50, 60, 60], 0.5, [1, 1, 1, 1])],
    [detection([2, 0, 12, 10], 0.25, [0, 0, 1, 1])],
  ]);
  assert.deepEqual(fused, [
    detection([0.5, 0, 10.5, 10], 0.5, [0.75, 0, 0.25, 1]),
    detection([50, 50, 60, 60], 0.25, [1, 1, 1, 1]),
  ]);
});

test("fuseDetections: classes stay apart, and so do two of one view", () => {
  const box: Box = [0, 0, 10, 10];
  const fused = fuseDetections([
    [detection(box, 0.8, [1, 1, 1, 1]), detection([0, 0, 10, 9], 0.6, [1, 1, 1, 1])],
    [detection(box, 0.4, [1, 1, 1, 1], 1)],
  ]);
  assert.deepEqual(
    fused.map(({ class: own, score }) => [own, score]),
    [
      [0, 0.4],
      [0, 0.3],
      [1, 0.2],
    ],
  );
});

test("fuseDetections: one joins what it overlaps most, if by 0.55", () => {
  const first = detection([0, 0, 10, 10], 0.9, [0, 0, 0, 0]);
  const second = detection([3, 0, 13, 10], 0.8, [0, 0, 0, 0]);
  // 0.54 of the union with the first, 0.82 with the second.
  const third = detection([2, 0, 12, 10], 0.5, [0, 0, 0, 0]);
  const [surest, other] = fuseDetections([[first, second], [third]]);
  assert.deepEqual(
    [surest.score, other.score].map((score) => Number(score.toFixed(6))),
    [0.65, 0.45],
  );
  assert.ok(other.box[0] === 0 && surest.box[0] > 2 && surest.box[0] < 3);
  assert.equal(fuseDetections([[first], [detection([3, 0, 13, 10], 0.5, [0, 0, 0, 0])]]).length, 2);
  assert.deepEqual(fuseDetections([[], []]), []);
});
