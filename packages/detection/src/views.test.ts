import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import { detectron2Config } from "@malleolus/schema";
import { liveTensors, manualSeed, nn, scope } from "@malleolus/torch";
import type { Detection } from "./detection.ts";
import type { GrayImage } from "./images.ts";
import { type MaskRcnn, maskRcnn } from "./mask-rcnn.ts";
import { freeModel } from "./placement.ts";
import { examineInViews, fuseDetections } from "./views.ts";

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

function model(): MaskRcnn {
  const config = detectron2Config(["fracture"]);
  return scope(() => {
    manualSeed(1);
    const made = maskRcnn({
      ...config,
      backbone: { ...config.backbone, fpnChannels: 32 },
      roi: {
        ...config.roi,
        scoreThreshold: 0.1,
        detectionsPerImage: 5,
        box: { ...config.roi.box, fullyConnectedChannels: 32 },
        mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
      },
    });
    nn.normal(made.roi_heads.box_predictor.cls_score.weight, 0, 0.05);
    return made;
  });
}

const width = 64;
const image: GrayImage = {
  width,
  height: 48,
  pixels: Float32Array.from({ length: width * 48 }, (_, i) => (i * 37 + (i % width) ** 2) % 256),
};
const mirrored: GrayImage = {
  ...image,
  pixels: image.pixels.map((_, i) => image.pixels[i - (i % width) + width - 1 - (i % width)]),
};

test("examineInViews: an image and its mirror image give mirrored detections, unlike one view", () => {
  const before = liveTensors();
  const net = model();
  const mirrorOf = ({ box: [x1, y1, x2, y2], score }: Detection) => [
    width - x2,
    y1,
    width - x1,
    y2,
    score,
  ];
  const detections = (views: "one" | "mirrored too") =>
    [image, mirrored].map((seen) => examineInViews(net, seen, views, {}).detections);
  const [found, found2] = detections("mirrored too");
  assert.ok(found.length > 1 && found.every(({ score }) => score > 0.1));
  assert.equal(found2.length, found.length);
  const sorted = (rows: readonly (readonly number[])[]) =>
    rows.map((row) => row.map((value) => value.toFixed(2)).join(" ")).toSorted();
  const rowOf = ({ box, score }: Detection) => [...box, score];
  assert.deepEqual(sorted(found2.map(rowOf)), sorted(found.map(mirrorOf)));
  const cells = 28;
  const twin = found2.find(({ box }) => Math.abs(box[0] - (width - found[0].box[2])) < 0.01);
  for (let i = 0; i < cells * cells; i += 5) {
    const across = i - (i % cells) + cells - 1 - (i % cells);
    assert.ok(Math.abs((twin?.mask[across] ?? Number.NaN) - found[0].mask[i]) < 1e-3);
  }
  const [one, one2] = detections("one");
  assert.notDeepEqual(sorted(one2.map(rowOf)), sorted(one.map(mirrorOf)));
  freeModel(net);
  assert.equal(liveTensors(), before);
});
