/** A training step and a detection on a GPU against the same on the CPU. */
import assert from "node:assert/strict";
import test from "node:test";
import type { NetworkImage } from "@malleolus/imaging";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import {
  add,
  autocast,
  backward,
  type Device,
  hasCuda,
  manualSeed,
  nn,
  optim,
  scope,
  type Tensor,
} from "@malleolus/torch";
import { batchImages } from "./input/image-batch.ts";
import { type MaskRcnn, maskRcnn } from "./mask-rcnn/mask-rcnn.ts";
import { anchorGenerator } from "./mask-rcnn/proposals/anchors.ts";
import { selectProposals } from "./mask-rcnn/proposals/proposal-selection.ts";
import { waitsIn } from "./mask-rcnn/proposals/test-waits.ts";
import { detectBoxes } from "./mask-rcnn/regions/box-inference.ts";
import { arrangeRegions } from "./mask-rcnn/regions/region-pooling.ts";
import { freeModel, placeModel } from "./placement.ts";
import { assertClose, randomFrom, wave, waveArray } from "./test-heads.ts";

const skip = hasCuda() ? false : "no CUDA device: LibTorch has none, or finds no GPU";

/** Detectron2's network with thin heads; `norms` as a network from scratch or from weights has them. */
function config(normKind: MaskRcnnConfig["backbone"]["norm"]): MaskRcnnConfig {
  const whole = detectron2Config(["a", "b"]);
  return {
    ...whole,
    backbone: { ...whole.backbone, norm: normKind, fpnChannels: 32 },
    roi: {
      ...whole.roi,
      scoreThreshold: 0.01,
      box: { ...whole.roi.box, fullyConnectedChannels: 32 },
      mask: { ...whole.roi.mask, channels: 32, convolutions: 1 },
    },
  };
}

/** A bright disc on dark ground. */
function disc(width: number, height: number, x: number, y: number): NetworkImage {
  const pixels = Float32Array.from({ length: width * height }, (_, i) =>
    Math.hypot((i % width) - x, Math.floor(i / width) - y) < 12 ? 220 : 30,
  );
  return { width, height, pixels };
}

const images = [disc(96, 90, 40, 40), disc(80, 96, 30, 50)];
const targets = [
  {
    boxes: [[28, 28, 52, 52] as const],
    classes: [1],
    polygons: [[[28, 28, 52, 28, 52, 52, 28, 52]]],
  },
  { boxes: [], classes: [], polygons: [] },
];

/** The same weights on every device: they are drawn on the CPU and moved. */
function modelOn(device: Device, norm: MaskRcnnConfig["backbone"]["norm"]): MaskRcnn {
  manualSeed(3);
  const model = maskRcnn(config(norm));
  placeModel(model, device);
  return model;
}

/** Losses, and after one step of SGD the parameters, by name. */
function trainOnce(device: Device, norm: MaskRcnnConfig["backbone"]["norm"], bfloat16: boolean) {
  return scope(() => {
    const model = modelOn(device, norm);
    const parameters = new Map(
      [...nn.parameters(model)].filter(([, { requiresGrad }]) => requiresGrad),
    );
    const optimizer = optim.sgd(parameters, {
      learningRate: 0.01,
      momentum: 0.9,
      weightDecay: 1e-4,
    });
    const batch = batchImages(images, { device });
    const losses = autocast(bfloat16 ? "bfloat16" : null, () =>
      model.losses(batch, targets, randomFrom(1)),
    );
    backward(Object.values(losses).reduce((sum, loss) => add(sum, loss)));
    const gradients = new Map<string, number>();
    for (const [name, { grad }] of parameters) {
      assert(grad !== null, name);
      assert(grad.device.startsWith(device), `${name}: ${grad.device}`);
      gradients.set(name, grad.abs().sum().item());
    }
    optimizer.step();
    const moved = new Map([...parameters].map(([name, own]) => [name, own.toFloat32Array()]));
    optimizer.free();
    const values = Object.entries(losses).map(([name, loss]) => [name, loss.item()] as const);
    freeModel(model);
    return { losses: new Map(values), gradients, moved };
  });
}

function assertNear(
  got: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
  share: number,
) {
  assert.deepEqual([...got.keys()], [...wanted.keys()]);
  for (const [name, value] of wanted) {
    const own = got.get(name) ?? Number.NaN;
    assert(
      Math.abs(own - value) <= share * Math.abs(value) + 1e-5,
      `${name}: ${own}, not ${value}`,
    );
  }
}

for (const norm of ["frozen", "group"] as const) {
  test(`CUDA: a training step in float32, ${norm} norms: losses, gradients, moves`, {
    skip,
  }, () => {
    const [wanted, got] = [trainOnce("cpu", norm, false), trainOnce("cuda", norm, false)];
    assertNear(got.losses, wanted.losses, 1e-3);
    assertNear(got.gradients, wanted.gradients, 1e-2);
    for (const [name, values] of wanted.moved) {
      const own = got.moved.get(name) ?? new Float32Array();
      const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - own[i])), 0);
      assert(worst < 1e-3, `${name}: ${worst} apart`);
    }
  });

  test(`CUDA: a training step in bfloat16, ${norm} norms: losses as in float32`, { skip }, () => {
    const [wanted, got] = [trainOnce("cuda", norm, false), trainOnce("cuda", norm, true)];
    assertNear(got.losses, wanted.losses, 0.1);
  });
}

test("CUDA: a training step has the same bits every time", { skip }, () => {
  const [first, second] = [trainOnce("cuda", "frozen", true), trainOnce("cuda", "frozen", true)];
  assert.deepEqual(second.losses, first.losses);
  assert.deepEqual(second.moved, first.moved);
});

test("CUDA: the same detections", { skip }, () => {
  const [wanted, got] = (["cpu", "cuda"] as const).map((device) =>
    scope(() => {
      const model = modelOn(device, "group");
      const found = model.detect(batchImages(images, { device }));
      freeModel(model);
      return found;
    }),
  );
  wanted.forEach((expected, image) => {
    assert(expected.length > 0);
    assert.equal(got[image].length, expected.length);
    expected.forEach((detection, i) => {
      const own = got[image][i];
      assert.equal(own.class, detection.class);
      assert(Math.abs(own.score - detection.score) < 1e-3);
      detection.box.forEach((value, c) => {
        assert(Math.abs(value - own.box[c]) < 0.1, `${own.box}, not ${detection.box}`);
      });
    });
  });
});

test("CUDA: a training step waits once before its losses are read", { skip }, () => {
  scope(() => {
    const model = modelOn("cuda", "group");
    const waits = waitsIn(() => {
      const losses = autocast("bfloat16", () =>
        model.losses(batchImages(images, { device: "cuda" }), targets, randomFrom(1)),
      );
      backward(Object.values(losses).reduce((sum, loss) => add(sum, loss)));
    });
    freeModel(model);
    assert.equal(waits, 1);
  });
});

const devices = ["cpu", "cuda"] as const;
const sizes = [
  [90, 96],
  [96, 80],
] as const;

test("CUDA: the same proposals from the same predictions", { skip }, () => {
  const { anchors, rpn } = config("frozen");
  const strides = [4, 8, 16, 32, 64];
  const maps = strides.map((stride) => [Math.ceil(96 / stride), Math.ceil(96 / stride)] as const);
  const all = anchorGenerator(anchors, strides)(maps);
  const rule = { ...rpn, preNms: 300, postNms: 200 };
  const [wanted, got] = devices.map((device) =>
    scope(() => {
      const waves = (columns: readonly number[], seed: number): Tensor[] =>
        maps.map(([height, width], level) =>
          wave([2, height * width * 3, ...columns], seed + level, 0.5).to({ device }),
        );
      const predictions = { logits: waves([], 1), deltas: waves([4], 11) };
      predictions.logits[1].setAt([0, [0, 5]], Number.NaN);
      return selectProposals(predictions, all, sizes, rule);
    }),
  );
  wanted.forEach((boxes, image) => {
    assert(boxes.length > 0);
    assertClose(got[image], [...boxes], 1e-4, `image ${image}`);
  });
});

test("CUDA: the same boxes from the same predictions", { skip }, () => {
  const { roi } = config("frozen");
  const boxes = waveArray(320, 35, 20).map((value, i) => value + [30, 30, 75, 75][i % 4]);
  const regions = arrangeRegions([boxes.subarray(0, 160), boxes.subarray(160)], roi);
  const [wanted, got] = devices.map((device) =>
    scope(() => {
      const predictions = {
        logits: wave([80, 3], 31, 2).to({ device }),
        deltas: wave([80, 8], 33, 1.5).to({ device }),
      };
      return detectBoxes(predictions, regions, sizes, roi);
    }),
  );
  wanted.forEach((found, image) => {
    assert(found.classes.length > 0);
    assert.deepEqual(got[image].classes, found.classes);
    assertClose(got[image].scores, [...found.scores], 1e-6, `image ${image}`);
    assertClose(got[image].boxes, [...found.boxes], 1e-4, `image ${image}`);
  });
});
