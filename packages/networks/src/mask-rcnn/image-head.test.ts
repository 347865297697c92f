import assert from "node:assert/strict";
import test from "node:test";
import type { NetworkImage } from "@malleolus/imaging";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import { backward, fromTypedArray, liveTensors, nn, noGrad, scope } from "@malleolus/torch";
import { batchImages } from "../input/image-batch.ts";
import { randomFrom } from "../test-heads.ts";
import { imageHead, imageLoss } from "./image-head.ts";
import { maskRcnn } from "./mask-rcnn.ts";

/** A network that a test has time for, with an image head. */
function thinConfig(weighsScores = false): MaskRcnnConfig {
  const config = detectron2Config(["a", "b", "sound"]);
  return {
    ...config,
    backbone: {
      ...config.backbone,
      depth: 26,
      width: 32,
      norm: "group",
      freezeAt: 0,
      fpnChannels: 32,
    },
    roi: {
      ...config.roi,
      batchSizePerImage: 32,
      box: { ...config.roi.box, fullyConnectedChannels: 32 },
      mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
    },
    imageHead: { hiddenChannels: 16, lossWeight: 0.5, weighsScores },
    soundClass: "sound",
  };
}

function head() {
  const made = imageHead(thinConfig());
  assert.ok(made !== null);
  return made;
}

test("imageHead: Detectron2's network has none, and no parameter of one", () => {
  scope(() => {
    const config = { ...thinConfig(), imageHead: null };
    assert.equal(imageHead(config), null);
    const names = [...nn.stateDict(maskRcnn(config)).keys()];
    assert.deepEqual(
      names.filter((name) => name.startsWith("image_head")),
      [],
    );
  });
});

test("imageHead: pools the cells that hold image, and no padding", () => {
  const before = liveTensors();
  scope(() => {
    const made = head();
    // An image of 64 x 96, and below it 32 rows of padding that shout.
    const maps = [4, 8, 16, 32].map((stride, level) => {
      const [height, width] = [96 / stride, 96 / stride];
      const values = Float32Array.from({ length: 32 * height * width }, (_, i) =>
        Math.floor(i / width) % height < 64 / stride ? Math.sin(i + level) : 1e6,
      );
      return fromTypedArray(values, [1, 32, height, width]);
    });
    const own = maps.map((map) => map.narrow(2, 0, (map.shape[2] * 2) / 3));
    const seen = made.logits(maps, [[64, 96]]).toNumbers();
    const alone = made.logits(own, [[64, 96]]).toNumbers();
    assert.deepEqual(seen, alone);
    // 65 rows reach a third row of the coarsest cells.
    assert.notDeepEqual(made.logits(maps, [[65, 96]]).toNumbers(), alone);
  });
  assert.equal(liveTensors(), before);
});

test("imageLoss: the mean cross-entropy of every image and class, by hand", () => {
  scope(() => {
    const logits = fromTypedArray(Float32Array.of(0, 2, -1, 1, 0, 0), [2, 3]);
    const none = { boxes: [], classes: [], polygons: [] };
    const two = {
      boxes: [[0, 0, 1, 1] as const, [2, 2, 3, 3] as const],
      classes: [1, 1],
      polygons: [[], []],
    };
    const entropy = (logit: number, shown: boolean) => Math.log1p(Math.exp(shown ? -logit : logit));
    const expected =
      (entropy(0, false) +
        entropy(2, true) +
        entropy(-1, false) +
        entropy(1, false) +
        2 * entropy(0, false)) /
      6;
    const loss = imageLoss(logits, [two, none], 0.5).item();
    assert.ok(Math.abs(loss - 0.5 * expected) < 1e-6, `${loss}`);
  });
});

test("maskRcnn: with an image head, its loss reaches the backbone, and detection says what is shown", () => {
  const before = liveTensors();
  scope(() => {
    const model = maskRcnn(thinConfig());
    const image: NetworkImage = {
      width: 60,
      height: 50,
      pixels: Float32Array.from({ length: 3000 }, (_, i) => (i * 37) % 256),
    };
    const batch = batchImages([image, { ...image, pixels: image.pixels.map((v) => 255 - v) }]);
    const outline = [20, 20, 42, 20, 42, 42, 20, 42];
    const target = { boxes: [[20, 20, 42, 42] as const], classes: [1], polygons: [[outline]] };
    const nothing = { boxes: [], classes: [], polygons: [] };
    scope(() => {
      const { image: loss } = model.losses(batch, [target, nothing], randomFrom(1));
      assert.ok(loss !== undefined);
      backward(loss);
      for (const [name, parameter] of nn.parameters(model)) {
        const reached = (parameter.grad?.abs().sum().item() ?? 0) > 0;
        const expected = name.startsWith("image_head") || name.startsWith("backbone");
        assert.equal(reached, expected, name);
        parameter.grad = null;
      }
    });
    const seen = model.examine(batch);
    const fc = model.image_head?.predictor;
    assert.ok(fc !== undefined);
    for (const { shown } of seen) {
      assert.equal(shown?.length, 3);
      assert.ok(shown?.every((p) => p > 0 && p < 1));
    }
    assert.notDeepEqual(seen[0].shown, seen[1].shown);
    noGrad(() => fc.bias.setAt([2], 50));
    assert.equal(model.examine(batch)[1].shown?.[2], 1);
    assert.deepEqual(
      model.detect(batch).map(({ length }) => length),
      seen.map(({ detections }) => detections.length),
    );
  });
  assert.equal(liveTensors(), before);
});

test("maskRcnn: an image head that weighs scores multiplies them, in detection alone", () => {
  const before = liveTensors();
  scope(() => {
    const [plain, weighing] = [false, true].map((weighs) => {
      const config = thinConfig(weighs);
      return maskRcnn({ ...config, roi: { ...config.roi, scoreThreshold: 0.01 } });
    });
    nn.normal(plain.roi_heads.box_predictor.cls_score.weight, 0, 0.3);
    nn.loadStateDict(weighing, nn.stateDict(plain));
    const image: NetworkImage = {
      width: 60,
      height: 50,
      pixels: Float32Array.from({ length: 3000 }, (_, i) => (i * 37) % 256),
    };
    const batch = batchImages([image]);
    const [own] = plain.examine(batch);
    const [weighed] = weighing.examine(batch);
    assert.deepEqual(weighed.shown, own.shown);
    const wanted = own.detections
      .map((one) => one.score * (own.shown?.[one.class] ?? Number.NaN))
      .filter((score) => score > 0.01)
      .toSorted((a, b) => b - a);
    assert.ok(wanted.length > 1, `${wanted.length} detections`);
    assert.deepEqual(
      weighed.detections.map(({ score }) => score),
      wanted,
    );
    const outline = [20, 20, 42, 20, 42, 42, 20, 42];
    const target = { boxes: [[20, 20, 42, 42] as const], classes: [1], polygons: [[outline]] };
    const losses = [plain, weighing].map((model) =>
      Object.values(model.losses(batch, [target], randomFrom(1))).map((loss) => loss.item()),
    );
    assert.deepEqual(losses[1], losses[0]);
  });
  assert.equal(liveTensors(), before);
});
