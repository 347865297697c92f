import assert from "node:assert/strict";
import test from "node:test";
import type { NetworkImage } from "@malleolus/imaging";
import type { RandomStreams } from "@malleolus/random";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import { add, backward, liveTensors, manualSeed, nn, scope } from "@malleolus/torch";
import { resNetOf } from "../backbones/fpn.ts";
import { clearFoldedWeightsIn } from "../backbones/normed-convolution.ts";
import { batchImages } from "../input/image-batch.ts";
import { maskRcnn } from "./mask-rcnn.ts";

/** Detectron2's network with thin heads: its backbone is most of what the tests need. */
function thinConfig(): MaskRcnnConfig {
  const config = detectron2Config(["a", "b"]);
  return {
    ...config,
    backbone: { ...config.backbone, trainedNorms: ["res5"], fpnChannels: 32 },
    rpn: { ...config.rpn, postNms: { train: 60, test: 60 } },
    roi: {
      ...config.roi,
      scoreThreshold: 0.01,
      detectionsPerImage: 12,
      batchSizePerImage: 64,
      box: { ...config.roi.box, fullyConnectedChannels: 32 },
      mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
    },
  };
}

function thinModel() {
  manualSeed(3);
  return maskRcnn(thinConfig());
}

/** A disc on dark ground. */
function disc(width: number, height: number, x: number, y: number): NetworkImage {
  const pixels = Float32Array.from({ length: width * height }, (_, i) =>
    Math.hypot((i % width) - x, Math.floor(i / width) - y) < 12 ? 220 : 30,
  );
  return { width, height, pixels };
}

const random: RandomStreams = (_, slot) => {
  let state = slot + 1;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
};

test("maskRcnn: its parameters have Detectron2's names and shapes", () => {
  scope(() => {
    const model = maskRcnn(detectron2Config(["a", "b", "c"]));
    const shapes = new Map(
      [...nn.stateDict(model)].map(([name, { shape }]) => [name, shape.join("x")]),
    );
    const expected = detectron2Names(3);
    assert.deepEqual([...shapes.keys()].sort(), [...expected.keys()].sort());
    for (const [name, shape] of expected) assert.equal(shapes.get(name), shape, name);
  });
});

test("maskRcnn: losses reach every trained parameter and no frozen one", () => {
  const before = liveTensors();
  scope(() => {
    const model = thinModel();
    // A branch that starts at zero passes no gradient to its convolutions.
    for (const { conv3 } of resNetOf(model.backbone).res5) nn.constant(conv3.norm.weight, 0.2);
    const held = liveTensors();
    scope(() => {
      const batch = batchImages([disc(64, 60, 30, 30), disc(50, 64, 20, 40)]);
      const outline = [20, 20, 42, 20, 42, 42, 20, 42];
      const target = { boxes: [[20, 20, 42, 42] as const], classes: [1], polygons: [[outline]] };
      const nothing = { boxes: [], classes: [], polygons: [] };
      const loaded = liveTensors();
      const losses = model.losses(batch, [target, nothing], random);
      clearFoldedWeightsIn(model.backbone);
      assert.equal(liveTensors() - loaded, 5, "only the graph holds what gradients need");
      const values = Object.entries(losses);
      assert.deepEqual(
        values.map(([name]) => name),
        ["rpnClass", "rpnBox", "boxClass", "boxRegression", "mask"],
      );
      for (const [name, loss] of values) {
        assert.equal(loss.dtype, "float32");
        assert.ok(Number.isFinite(loss.item()) && loss.item() >= 0, `${name} ${loss.item()}`);
      }
      backward(Object.values(losses).reduce((sum, loss) => add(sum, loss)));
      for (const [name, tensor] of nn.stateDict(model)) {
        const isFrozen =
          /\.(stem|res2)\./.test(name) ||
          name.includes("running_") ||
          (name.includes(".norm.") && !name.includes(".res5."));
        const norm = tensor.grad?.abs().sum().item() ?? null;
        if (isFrozen) assert.equal(norm, null, name);
        else assert.ok(norm !== null && norm > 0, `${name}: ${norm}`);
        tensor.grad = null;
      }
    });
    clearFoldedWeightsIn(model.backbone);
    assert.ok(liveTensors() <= held, "a step leaves nothing behind");
  });
  assert.equal(liveTensors(), before);
});

test("maskRcnn: a batch of two sizes gives what each gives alone", () => {
  const before = liveTensors();
  scope(() => {
    const model = thinModel();
    // Both are padded to 64 x 64. (Where a batch makes an image's padding larger, the network sees
    // the difference at its border, in Detectron2 as here.)
    const images = [disc(64, 60, 30, 30), disc(50, 64, 20, 40)];
    const together = scope(() => model.detect(batchImages(images)));
    images.forEach((image, i) => {
      const [alone] = scope(() => model.detect(batchImages([image])));
      assert.ok(alone.length > 0);
      assert.equal(together[i].length, alone.length);
      alone.forEach((detection, k) => {
        const other = together[i][k];
        assert.equal(other.class, detection.class);
        assert.ok(Math.abs(other.score - detection.score) < 1e-4);
        detection.box.forEach((value, c) => {
          assert.ok(Math.abs(value - other.box[c]) < 1e-2, `${detection.box} ${other.box}`);
        });
        assert.ok(detection.box[2] <= image.width && detection.box[3] <= image.height);
        assert.ok(detection.mask.every((p, j) => Math.abs(p - other.mask[j]) < 1e-3));
      });
    });
    clearFoldedWeightsIn(model.backbone);
  });
  assert.equal(liveTensors(), before);
});

test("maskRcnn: a blank image is no error", () => {
  const before = liveTensors();
  scope(() => {
    const model = thinModel();
    for (const value of [0, 255]) {
      const blank = { width: 33, height: 70, pixels: new Float32Array(33 * 70).fill(value) };
      const [found] = scope(() => model.detect(batchImages([blank])));
      for (const { score, mask } of found) {
        assert.ok(score >= 0 && score <= 1);
        assert.equal(mask.length, 28 * 28);
      }
    }
    clearFoldedWeightsIn(model.backbone);
  });
  assert.equal(liveTensors(), before);
});

/** `model.state_dict()` of Detectron2's R50-FPN Mask R-CNN, and the shapes, without its anchors. */
function detectron2Names(classes: number): Map<string, string> {
  const names = new Map<string, string>();
  const conv = (name: string, out: number, input: number, kernel: number) =>
    names.set(`${name}.weight`, `${out}x${input}x${kernel}x${kernel}`);
  const biased = (name: string, out: number, input: number, kernel: number) =>
    conv(name, out, input, kernel).set(`${name}.bias`, `${out}`);
  const normed = (name: string, out: number, input: number, kernel: number) => {
    conv(name, out, input, kernel);
    for (const term of ["weight", "bias", "running_mean", "running_var"]) {
      names.set(`${name}.norm.${term}`, `${out}`);
    }
  };
  const bottomUp = "backbone.bottom_up";
  normed(`${bottomUp}.stem.conv1`, 64, 3, 7);
  [3, 4, 6, 3].forEach((blocks, i) => {
    const out = 256 * 2 ** i;
    for (let b = 0; b < blocks; b++) {
      const input = b > 0 ? out : i === 0 ? 64 : out / 2;
      const block = `${bottomUp}.res${i + 2}.${b}`;
      if (b === 0) normed(`${block}.shortcut`, out, input, 1);
      normed(`${block}.conv1`, out / 4, input, 1);
      normed(`${block}.conv2`, out / 4, out / 4, 3);
      normed(`${block}.conv3`, out, out / 4, 1);
    }
    biased(`backbone.fpn_lateral${i + 2}`, 256, out, 1);
    biased(`backbone.fpn_output${i + 2}`, 256, 256, 3);
  });
  biased("proposal_generator.rpn_head.conv", 256, 256, 3);
  biased("proposal_generator.rpn_head.objectness_logits", 3, 256, 1);
  biased("proposal_generator.rpn_head.anchor_deltas", 12, 256, 1);
  const linear = (name: string, out: number, input: number) =>
    names.set(`${name}.weight`, `${out}x${input}`).set(`${name}.bias`, `${out}`);
  linear("roi_heads.box_head.fc1", 1024, 256 * 49);
  linear("roi_heads.box_head.fc2", 1024, 1024);
  linear("roi_heads.box_predictor.cls_score", classes + 1, 1024);
  linear("roi_heads.box_predictor.bbox_pred", classes * 4, 1024);
  for (const i of [1, 2, 3, 4]) biased(`roi_heads.mask_head.mask_fcn${i}`, 256, 256, 3);
  biased("roi_heads.mask_head.deconv", 256, 256, 2);
  biased("roi_heads.mask_head.predictor", classes, 256, 1);
  return names;
}
