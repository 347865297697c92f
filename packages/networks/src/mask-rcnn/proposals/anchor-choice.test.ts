import assert from "node:assert/strict";
import test from "node:test";
import { type Box, boxIou } from "@malleolus/geometry";
import { type AnchorConfig, detectron2Config, longBoneAnchors } from "@malleolus/schema";
import { randomFrom } from "../../test-heads.ts";
import { featureStrides } from "../features.ts";
import { bestOverlaps, proposeAnchors } from "./anchor-choice.ts";
import { anchorGenerator } from "./anchors.ts";

/** Over every anchor that the network has on an image. */
function bestOfAll(config: AnchorConfig, width: number, height: number, box: Box): number {
  const padded = [height, width].map((side) => Math.ceil(side / 32) * 32);
  const maps = featureStrides.map(
    (stride) => [Math.ceil(padded[0] / stride), Math.ceil(padded[1] / stride)] as const,
  );
  const { boxes } = anchorGenerator(config, featureStrides)(maps);
  let best = 0;
  for (let i = 0; i < boxes.length; i += 4) {
    best = Math.max(best, boxIou(box, [boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]]));
  }
  return best;
}

test("bestOverlaps: what a look at every anchor finds, at the image's border as well", () => {
  const random = randomFrom(4)("boxes", 0);
  const [width, height] = [159, 97];
  const boxes = Array.from({ length: 40 }, (_, i): Box => {
    const [w, h] = [4 + 60 * random(), 4 + 60 * random()];
    const [x, y] = [(width - w) * (i % 5 === 0 ? 1 : random()), (height - h) * random()];
    return [x, y, x + w, y + h];
  });
  const small = { sizes: [[8, 11], [16], [32], [64], [96]], aspectRatios: [0.5, 3], offset: 0 };
  // Small ones on a coarse grid: near the border there is no cell any more where one would be nearest.
  const coarse = { sizes: [[300], [300], [16], [300], [300]], aspectRatios: [1], offset: 0 };
  for (const config of [small, { ...small, offset: 0.5 }, coarse]) {
    const overlaps = bestOverlaps(config, [{ width, height, boxes }]);
    boxes.forEach((box, i) => {
      const expected = bestOfAll(config, width, height, box);
      assert.ok(Math.abs(overlaps[i] - expected) < 1e-5, `${box}: ${overlaps[i]}, ${expected}`);
    });
  }
});

test("longBoneAnchors: overlap a fibula and a flat band by a half, where Detectron2's do not", () => {
  const random = randomFrom(5)("bones", 0);
  const bones = [2.5, 4, 5.5, 7, 1 / 3, 1 / 5].flatMap((ratio) =>
    Array.from({ length: 30 }, (): Box => {
      const area = (ratio > 1 ? 100 + 140 * random() : 22 + 30 * random()) ** 2;
      const [w, h] = [Math.sqrt(area / ratio), Math.sqrt(area * ratio)];
      const [x, y] = [random() * (576 - w), random() * (720 - h)];
      return [x, y, x + w, y + h];
    }),
  );
  const images = [{ width: 576, height: 720, boxes: bones }];
  const found = (config: AnchorConfig) => {
    const overlaps = bestOverlaps(config, images);
    return overlaps.filter((overlap) => overlap >= 0.5).length / overlaps.length;
  };
  const ours = found(longBoneAnchors(20));
  assert.ok(ours > 0.98, `${ours}`);
  assert.ok(found(detectron2Config([]).anchors) < 0.6);
});

test("proposeAnchors: the shapes that there are, in sizes that double from level to level", () => {
  const random = randomFrom(6)("shapes", 0);
  const shapes = [
    { ratio: 0.3, length: 70 },
    { ratio: 1, length: 45 },
    { ratio: 4, length: 35 },
  ];
  const boxes = shapes.flatMap(({ ratio, length }) =>
    Array.from({ length }, (): Box => {
      const size = 18 + 50 * random();
      const shape = ratio * Math.exp(0.44 * random() - 0.22);
      const [w, h] = [size / Math.sqrt(shape), size * Math.sqrt(shape)];
      const [x, y] = [100 * random(), 100 * random()];
      return [x, y, x + w, y + h];
    }),
  );
  const images = [{ width: 320, height: 400, boxes }];
  const proposed = proposeAnchors(images, { sizesPerLevel: 2, aspectRatios: 3 });
  proposed.aspectRatios.forEach((ratio, i) => {
    assert.ok(Math.abs(Math.log(ratio / shapes[i].ratio)) < 0.05, `${proposed.aspectRatios}`);
  });
  for (const [level, sizes] of proposed.sizes.entries()) {
    assert.equal(sizes.length, 2);
    assert.ok(Math.abs(sizes[1] / sizes[0] - Math.SQRT2) < 0.06);
    if (level > 0) assert.ok(Math.abs(sizes[0] / proposed.sizes[level - 1][0] - 2) < 0.1);
  }
  const mean = (config: AnchorConfig) =>
    bestOverlaps(config, images).reduce((sum, overlap) => sum + overlap / boxes.length, 0);
  assert.ok(mean(proposed) > mean(detectron2Config([]).anchors) + 0.1);
  assert.deepEqual(proposeAnchors(images, { sizesPerLevel: 2, aspectRatios: 3 }), proposed);
});

test("proposeAnchors: one shape gives one ratio, and no object is refused", () => {
  const one = [{ width: 64, height: 64, boxes: [[4, 4, 14, 34] as const] }];
  const { aspectRatios } = proposeAnchors(one, { sizesPerLevel: 1, aspectRatios: 4 });
  assert.deepEqual(aspectRatios, [3]);
  assert.throws(
    () =>
      proposeAnchors([{ width: 64, height: 64, boxes: [] }], { sizesPerLevel: 1, aspectRatios: 1 }),
    { name: "ModelError", code: "input" },
  );
});
