/**
 * What Detectron2's own Mask R-CNN makes of two images, and ours: stride in the 1x1, adaptive RoIAlign,
 * a thousand proposals, blue first. Written by golden/write-detectron2.py, whose `uniform`, `fill` and
 * `image` stand here again.
 *
 * The tolerances are what rounding alone changes (the script tries it out): least where it decides
 * nothing, more for gradients, where a number next to 0 may pass a ReLU or not.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { type TestContext } from "node:test";
import { decodeRuns, runsFromString } from "@malleolus/geometry";
import { type NetworkImage, type Target, toRadiograph } from "@malleolus/imaging";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import {
  add,
  backward,
  fromTypedArray,
  liveTensors,
  nn,
  noGrad,
  scope,
  type Tensor,
} from "@malleolus/torch";
import { clearFoldedWeightsIn } from "../backbones/normed-convolution.ts";
import { batchImages } from "../input/image-batch.ts";
import { type MaskRcnn, maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { truthOf } from "../mask-rcnn/truth.ts";

interface Golden {
  readonly rules: [part: string, offset: number, scale: number][];
  readonly sizes: [height: number, width: number][];
  readonly truths: Target[];
  readonly losses: Record<string, number>;
  readonly gradients: Record<string, number>;
  /** Of each image, how many, and the sum of the lengths of their sides. */
  readonly proposals: Record<"train" | "test", [count: number, sides: number][]>;
  readonly detections: {
    boxes: [number, number, number, number][];
    classes: number[];
    scores: number[];
    masks: string[];
  }[];
}

const goldenUrl = new URL("./golden/detectron2.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(goldenUrl, "utf8"));

/** Detectron2's, with the script's widths and sample sizes. */
function goldenConfig(): MaskRcnnConfig {
  const config = detectron2Config(["a", "b", "c"]);
  return {
    ...config,
    backbone: { ...config.backbone, width: 16, fpnChannels: 32 },
    rpn: { ...config.rpn, batchSizePerImage: 20000 },
    roi: {
      ...config.roi,
      batchSizePerImage: 4096,
      positiveFraction: 0.5,
      detectionsPerImage: 20,
      box: { ...config.roi.box, fullyConnectedChannels: 32 },
      mask: { ...config.roi.mask, channels: 16 },
    },
  };
}

function uniform(name: string, count: number): Float64Array {
  let seed = 0;
  for (const character of name) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) >>> 0;
  return Float64Array.from({ length: count }, (_, i) => {
    let x = Math.imul((i + seed) | 0, 2654435761) >>> 0;
    x = (x ^ (x >>> 15)) >>> 0;
    x = Math.imul(x, 2246822519) >>> 0;
    return ((x ^ (x >>> 13)) >>> 0) / 2 ** 31 - 1;
  });
}

function fill(name: string, shape: readonly number[]): Tensor {
  const rule = golden.rules.find(([part]) => name.includes(part));
  assert.ok(rule !== undefined);
  const [, offset, gain] = rule;
  const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
  const scale = shape.length > 1 ? gain * Math.sqrt(3 / inputs) : gain;
  const values = uniform(name, shape[0] * inputs).map((u) => offset + scale * u);
  return fromTypedArray(Float32Array.from(values), shape);
}

function image(index: number): NetworkImage {
  const [height, width] = golden.sizes[index];
  const noise = uniform(`image ${index}`, height * width);
  const pixels = Float32Array.from(noise, (u, i) => {
    const y = Math.floor(i / width);
    return ((5 * (i - y * width) + (3 + 4 * index) * y) % 97) * 2 + 15 * (1 + u);
  });
  return { width, height, pixels };
}

const images = golden.sizes.map((_, index) => image(index));

function goldenTest(
  name: string,
  body: (model: MaskRcnn, context: TestContext) => void,
): Promise<void> {
  return test(`Detectron2's ${name}`, (context) => {
    const before = liveTensors();
    scope(() => {
      const model = maskRcnn(goldenConfig());
      noGrad(() => {
        for (const [name, tensor] of nn.stateDict(model)) {
          scope(() => tensor.copy_(fill(name, tensor.shape)));
        }
      });
      body(model, context);
      for (const parameter of nn.parameters(model).values()) parameter.grad = null;
      clearFoldedWeightsIn(model.backbone);
    });
    assert.equal(liveTensors(), before);
  });
}

goldenTest("proposals, a thousand of each image in training", (model) => {
  const batch = batchImages(images);
  const features = noGrad(() => model.backbone.forward(batch.tensor));
  const { proposals } = noGrad(() =>
    model.proposal_generator.losses(features, batch.sizes, golden.truths.map(truthOf), unused),
  );
  const tested = model.proposal_generator.propose(features, batch.sizes);
  assert.deepEqual(
    proposals.map((boxes) => boxes.length / 4),
    [1000, 1000],
  );
  for (const [mode, own] of [
    ["train", proposals],
    ["test", tested],
  ] as const) {
    golden.proposals[mode].forEach(([count, sides], i) => {
      assert.equal(own[i].length / 4, count, `${mode}, image ${i}`);
      const sum = own[i].reduce((total, value, c) => total + (c % 4 < 2 ? -value : value), 0);
      assertNear(sum, sides, 1e-5, `${mode}, image ${i}`);
    });
  }
});

goldenTest("losses and gradients", (model, context) => {
  const losses = model.losses(batchImages(images), golden.truths, unused);
  const { rpnClass, rpnBox, boxClass, boxRegression, mask } = losses;
  const byName: Record<string, Tensor> = {
    loss_rpn_cls: rpnClass,
    loss_rpn_loc: rpnBox,
    loss_cls: boxClass,
    loss_box_reg: boxRegression,
    loss_mask: mask,
  };
  assert.deepEqual(Object.keys(byName).sort(), Object.keys(golden.losses).sort());
  const differences = Object.entries(byName).map(([name, loss]) =>
    assertNear(loss.item(), golden.losses[name], 1e-4, name),
  );
  backward(Object.values(byName).reduce((sum, loss) => add(sum, loss)));
  const parameters = nn.parameters(model);
  assert.deepEqual([...parameters.keys()].sort(), Object.keys(golden.gradients).sort());
  const ofGradients = [...parameters].map(([name, { grad }]) =>
    assertNear(
      grad?.square().sum().sqrt().item() ?? Number.NaN,
      golden.gradients[name],
      1e-3,
      `norm of the gradient of ${name}`,
    ),
  );
  const [first, second] = [differences, ofGradients].map((list) => Math.max(...list));
  context.diagnostic(
    `largest relative differences ${first.toExponential(1)} and ${second.toExponential(1)}`,
  );
});

goldenTest("detections with their masks in the image", (model) => {
  const found = model.detect(batchImages(images));
  golden.detections.forEach(({ boxes, classes, scores, masks }, i) => {
    assert.deepEqual(
      found[i].map((each) => each.class),
      classes,
    );
    const [height, width] = golden.sizes[i];
    const instances = toRadiograph(found[i], { width, height }, 1, 1);
    instances.forEach(({ box, score, mask }, n) => {
      const what = `detection ${n} of image ${i}`;
      assertNear(score, scores[n], 1e-4, what);
      box.forEach((value, c) => {
        assert.ok(Math.abs(value - boxes[n][c]) < 0.01, `${what}: ${box}, expected ${boxes[n]}`);
      });
      const expected = decodeRuns({ size: [height, width], counts: runsFromString(masks[n]) });
      const own = new Uint8Array(height * width);
      for (let y = 0; y < mask.height; y++) {
        const row = mask.data.subarray(y * mask.width, (y + 1) * mask.width);
        own.set(row, (mask.top + y) * width + mask.left);
      }
      const apart = own.reduce((sum, value, p) => sum + Math.abs(value - expected.data[p]), 0);
      assert.ok(apart <= 1, `${what}: ${apart} pixels of the mask differ`);
      assert.ok(own.includes(1), `${what}: the mask is empty`);
    });
  });
});

/** Everything is taken: whoever draws has taken less. */
function unused(): () => number {
  return () => assert.fail("a sample was drawn where everything should be taken");
}

/** The relative difference, once it is small enough. */
function assertNear(got: number, expected: number, tolerance: number, what: string): number {
  const difference = Math.abs(got - expected) / Math.abs(expected);
  assert.ok(
    difference <= tolerance,
    `${what}: expected ${expected}, got ${got}, relative difference ${difference}`,
  );
  return difference;
}
