import assert from "node:assert/strict";
import test from "node:test";
import type { Detection, NetworkImage } from "@malleolus/imaging";
import { detectron2Config } from "@malleolus/schema";
import { liveTensors, manualSeed, nn, scope } from "@malleolus/torch";
import { freeModel } from "../placement.ts";
import { examineWithFlip } from "./flip-at-test-time.ts";
import { type MaskRcnn, maskRcnn } from "./mask-rcnn.ts";

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
const image: NetworkImage = {
  width,
  height: 48,
  pixels: Float32Array.from({ length: width * 48 }, (_, i) => (i * 37 + (i % width) ** 2) % 256),
};
const mirrored: NetworkImage = {
  ...image,
  pixels: image.pixels.map((_, i) => image.pixels[i - (i % width) + width - 1 - (i % width)]),
};

test("examineWithFlip: an image and its mirror image give mirrored detections, unlike one view", () => {
  const before = liveTensors();
  const net = model();
  const mirrorOf = ({ box: [x1, y1, x2, y2], score }: Detection) => [
    width - x2,
    y1,
    width - x1,
    y2,
    score,
  ];
  const detections = (testTimeFlip: boolean) =>
    [image, mirrored].map((seen) => examineWithFlip(net, seen, testTimeFlip, {}).detections);
  const [found, found2] = detections(true);
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
  const [one, one2] = detections(false);
  assert.notDeepEqual(sorted(one2.map(rowOf)), sorted(one.map(mirrorOf)));
  freeModel(net);
  assert.equal(liveTensors(), before);
});
