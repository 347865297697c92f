import assert from "node:assert/strict";
import test from "node:test";
import { type Examined, weighedByImage } from "./analysis.ts";
import type { Detection } from "./detection.ts";

function detection(own: number, probabilities: readonly number[]): Detection {
  return {
    box: [0, 0, 4, 4],
    class: own,
    score: probabilities[own],
    probabilities: Float32Array.from(probabilities),
    mask: Float32Array.of(1),
  };
}

const seen = (shown: readonly number[] | null, ...detections: Detection[]): Examined => ({
  detections,
  shown: shown === null ? null : Float32Array.from(shown),
});

test("weighedByImage: scores and probabilities times what the image shows of their class", () => {
  const examined = seen([0.25, 0.75], detection(0, [0.5, 0.25]), detection(1, [0.125, 0.5]));
  assert.deepEqual(weighedByImage(examined, 0.05), {
    detections: [
      { ...detection(1, [0.03125, 0.375]) },
      { ...detection(0, [0.125, 0.1875]), score: 0.125 },
    ],
    shown: examined.shown,
  });
});

test("weighedByImage: what falls to the threshold goes", () => {
  const examined = seen([0.5], detection(0, [0.5]), detection(0, [0.25]), detection(0, [0.2]));
  assert.deepEqual(
    weighedByImage(examined, 0.125).detections.map(({ score }) => score),
    [0.25],
  );
  assert.deepEqual(weighedByImage(seen([0], detection(0, [1])), 0).detections, []);
});

test("weighedByImage: without an image head nothing changes", () => {
  const examined = seen(null, detection(0, [0.5]));
  assert.equal(weighedByImage(examined, 0.9), examined);
});
