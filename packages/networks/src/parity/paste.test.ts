import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import { type PlacedMask, pasteMask, toRadiograph } from "@malleolus/imaging";
import { fromTypedArray, gridSampler2d, liveTensors, scope } from "@malleolus/torch";

const cells = 28;

/** A blob with soft edges, off centre. */
const blob = Float32Array.from({ length: cells * cells }, (_, i) => {
  const [x, y] = [i % cells, Math.floor(i / cells)];
  return 1 / (1 + Math.exp((Math.hypot(x - 11, (y - 17) * 1.3) - 8) * 0.9));
});

/** Detectron2's rule on the whole image, by LibTorch's own sampling. */
function pastedByGridSample(box: Box, width: number, height: number): Uint8Array {
  const grid = new Float32Array(height * width * 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      grid[(y * width + x) * 2] = ((x + 0.5 - box[0]) / (box[2] - box[0])) * 2 - 1;
      grid[(y * width + x) * 2 + 1] = ((y + 0.5 - box[1]) / (box[3] - box[1])) * 2 - 1;
    }
  }
  return scope(() => {
    const mask = fromTypedArray(blob, [1, 1, cells, cells]);
    const places = fromTypedArray(grid, [1, height, width, 2]);
    const sampled = gridSampler2d(mask, places, 0, 0, false).toFloat32Array();
    return Uint8Array.from(sampled, (value) => (value >= 0.5 ? 1 : 0));
  });
}

function onImage(mask: PlacedMask, width: number, height: number): Uint8Array {
  const image = new Uint8Array(width * height);
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      image[(y + mask.top) * width + x + mask.left] = mask.data[y * mask.width + x];
    }
  }
  return image;
}

test("pasteMask: the pixels of grid_sample over the whole image", () => {
  const before = liveTensors();
  const boxes: Box[] = [
    [10.3, 20.7, 80.1, 61.9],
    [0, 0, 100, 90],
    [-4.5, -7.25, 30.5, 44],
    [70, 60, 140, 120],
    [40, 40, 43.2, 80],
    [50.2, 50.2, 50.9, 50.9],
  ];
  for (const box of boxes) {
    const expected = pastedByGridSample(box, 100, 90);
    assert.deepEqual(onImage(pasteMask(blob, box, 100, 90), 100, 90), expected, `${box}`);
  }
  assert.equal(liveTensors(), before);
});

test("pasteMask: a mask that is certain everywhere fills its box", () => {
  const mask = pasteMask(new Float32Array(cells * cells).fill(1), [4, 6, 32, 62], 100, 90);
  assert.equal(
    mask.data.reduce((sum, value) => sum + value, 0),
    28 * 56,
  );
});

test("toRadiograph: boxes are scaled and clipped, and what lies outside goes", () => {
  const mask = new Float32Array(cells * cells).fill(1);
  const probabilities = Float32Array.of(0, 0.9);
  const inside = { box: [10, 20, 30, 40] as const, class: 1, score: 0.9, probabilities, mask };
  const outside = { box: [50, 0, 60, 10] as const, class: 0, score: 0.8, probabilities, mask };
  const instances = toRadiograph([inside, outside], { width: 100, height: 70 }, 0.5, 0.5);
  assert.equal(instances.length, 1);
  assert.deepEqual(instances[0].box, [20, 40, 60, 70]);
  assert.equal(instances[0].class, 1);
});
