import assert from "node:assert/strict";
import test from "node:test";
import { type LabelMap, type NetworkImage, paintLabels, structureMask } from "@malleolus/imaging";
import { deepLabConfig, type SegmentationConfig } from "@malleolus/schema";
import {
  add,
  autocast,
  backward,
  liveTensors,
  manualSeed,
  nn,
  optim,
  scope,
} from "@malleolus/torch";
import { batchImages } from "../input/image-batch.ts";
import { weightsByPrevalence } from "../prevalence-weights.ts";
import { randomFrom } from "../test-heads.ts";
import { deepLab } from "./deeplab.ts";

function scratchConfig(): SegmentationConfig {
  const config = deepLabConfig();
  return { ...config, backbone: { ...config.backbone, norm: "group" } };
}

const rectangle = (x1: number, y1: number, x2: number, y2: number) => [
  ...[x1, y1, x2, y1],
  ...[x2, y2, x1, y2],
];

/** A bright tibia, a less bright fibula, and a dark oblique line through it, on dark noise. */
function tinyAnkle(number: number): { image: NetworkImage; labels: LabelMap } {
  const side = 64;
  const left = 6 + 3 * number;
  const outlines = [
    [rectangle(left, 4, left + 20, 50)],
    [rectangle(left + 24, 8, left + 34, 60)],
    [[left + 24, 30, left + 34, 22, left + 34, 27, left + 24, 35]],
  ];
  const target = { classes: [0, 1, 2], polygons: outlines };
  const labels = paintLabels(target, scratchConfig().structures, { width: side, height: side });
  const levels = [200, 150, 80, 30];
  const pixels = Float32Array.from(labels.data, (label, i) => levels[label] + ((i * 37) % 11));
  return { image: { width: side, height: side, pixels }, labels };
}

function dice(a: Uint8Array, b: Uint8Array): number {
  const both = a.reduce((sum, value, i) => sum + value * b[i], 0);
  const area = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);
  return (2 * both) / (area(a) + area(b));
}

test("deepLab: a few images are learned by heart, bones and fractures", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(1);
    const ankles = [0, 1, 2, 3].map(tinyAnkle);
    const batch = batchImages(ankles.map(({ image }) => image));
    const truth = ankles.map(({ labels }) => labels);
    const counts = [0, 1, 2, 3].map((label) =>
      truth.reduce((sum, { data }) => sum + data.filter((value) => value === label).length, 0),
    );
    const classWeights = weightsByPrevalence(counts, 0.5);
    const loss = { prevalencePower: 0.5, classWeights, diceWeight: 1 };
    const config = { ...scratchConfig(), loss };
    const model = deepLab(config);
    const adam = optim.adam(nn.parameters(model), { learningRate: 3e-3 });
    for (let step = 0; step < 60; step++) {
      scope(() => {
        const { crossEntropy, dice } = model.losses(batch, truth, randomFrom(step));
        backward(add(crossEntropy, dice));
        adam.step();
        adam.zeroGrad();
      });
    }
    adam.free();
    model.segment(batch).forEach(({ labels, probabilities, width, height }, i) => {
      assert.equal(probabilities.length, 4 * width * height);
      for (const { name } of config.structures) {
        const masks = [labels, truth[i]].map((map) => structureMask(map, config.structures, name));
        const got = dice(masks[0].data, masks[1].data);
        assert.ok(got > (name === "fracture" ? 0.85 : 0.95), `${name} of image ${i}: ${got}`);
      }
    });
  });
  assert.equal(liveTensors(), before);
});

test("deepLab: losses hold nothing but their graph, reach every parameter, and are the same again", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(2);
    const model = deepLab(scratchConfig());
    const { image, labels } = tinyAnkle(1);
    const batch = batchImages([image]);
    const held = liveTensors();
    const losses = model.losses(batch, [labels], randomFrom(1));
    assert.equal(liveTensors() - held, 2);
    backward([losses.crossEntropy, losses.dice]);
    for (const [name, parameter] of nn.parameters(model)) {
      assert.ok((parameter.grad?.abs().sum().item() ?? 0) > 0, name);
      parameter.grad = null;
    }
    const again = (seed: number) =>
      scope(() => model.losses(batch, [labels], randomFrom(seed)).crossEntropy.item());
    assert.equal(again(1), losses.crossEntropy.item());
    assert.notEqual(again(2), losses.crossEntropy.item(), "another draw leaves out other values");
  });
  assert.equal(liveTensors(), before);
});

test("deepLab: bfloat16 trains, with losses in float32", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(2);
    const model = deepLab(scratchConfig());
    // Small: a processor without instructions for bfloat16 takes long.
    const [width, height] = [32, 32];
    const pixels = Float32Array.from({ length: 1024 }, (_, i) => (i * 37) % 200);
    const labels = { width, height, data: Uint8Array.from(pixels, (_, i) => (i >> 6) % 4) };
    const batch = batchImages([{ width, height, pixels }]);
    const exact = scope(() => model.losses(batch, [labels], randomFrom(1)).crossEntropy.item());
    const losses = autocast("bfloat16", () => model.losses(batch, [labels], randomFrom(1)));
    assert.equal(losses.crossEntropy.dtype, "float32");
    assert.ok(Math.abs(losses.crossEntropy.item() - exact) < 0.1 * exact);
    backward([losses.crossEntropy, losses.dice]);
    for (const [name, { grad }] of nn.parameters(model)) {
      assert.ok(grad?.dtype === "float32" && grad.isfinite().all().item() === 1, name);
    }
  });
  assert.equal(liveTensors(), before);
});

test("deepLab: every image of a batch is segmented at its own size, by its likeliest label", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(4);
    const model = deepLab(scratchConfig());
    const { image } = tinyAnkle(0);
    const wide = { width: 96, height: 32, pixels: new Float32Array(96 * 32).fill(90) };
    const batch = batchImages([image, wide]);
    assert.deepEqual(batch.sizes, [
      [64, 64],
      [32, 96],
    ]);
    const [first, second] = model.segment(batch);
    assert.deepEqual([first.width, first.height, second.width, second.height], [64, 64, 96, 32]);
    for (const { width, height, probabilities, labels } of [first, second]) {
      const cells = width * height;
      assert.equal(labels.data.length, cells);
      for (const pixel of [0, 17, cells - 1]) {
        const own = [0, 1, 2, 3].map((k) => probabilities[k * cells + pixel]);
        assert.ok(Math.abs(own.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
        assert.equal(labels.data[pixel], own.indexOf(Math.max(...own)));
      }
    }
  });
  assert.equal(liveTensors(), before);
});

/** How many cells of a map of 512 x 512 each layer computes, at an output stride of 16. */
const CELLS: readonly (readonly [RegExp, side: number])[] = [
  [/^backbone\.features\.(0|1)\./, 256],
  [/^backbone\.features\.2\.conv\.0\./, 256],
  [/^backbone\.features\.(2|3)\./, 128],
  [/^backbone\.features\.4\.conv\.0\./, 128],
  [/^backbone\.features\.(4|5|6)\./, 64],
  [/^backbone\.features\.7\.conv\.0\./, 64],
  [/^backbone\.features\.\d+\./, 32],
  [/^aspp\.convs\.4\.1\./, 1],
  [/^aspp\./, 32],
  [/^(decoder|predictor)\./, 128],
];

test("deepLab: as many multiplications as its authors' layers have at 512 x 512", () => {
  scope(() => {
    const model = deepLab(scratchConfig());
    const parts = new Map<string, number>();
    for (const [name, { shape, size }] of nn.parameters(model)) {
      if (shape.length !== 4) continue;
      const side = CELLS.find(([pattern]) => pattern.test(name))?.[1];
      assert.ok(side !== undefined, name);
      const part = name.split(".")[0];
      parts.set(part, (parts.get(part) ?? 0) + size * side ** 2);
    }
    const millions = [...parts].map(([part, count]) => [part, Math.round(count / 1e6)]);
    // 5.6 thousand million; 4.2 at an output stride of 32.
    const expected = { backbone: 2380, aspp: 680, decoder: 2545, predictor: 17 };
    assert.deepEqual(Object.fromEntries(millions), expected);
  });
});

test("deepLab: a configuration that cannot be is refused", () => {
  const config = deepLabConfig();
  const refuse = (changed: Partial<SegmentationConfig>, message: RegExp) =>
    assert.throws(() => deepLab({ ...config, ...changed }), { code: "config", message });
  refuse({ structures: [] }, /structures: expected 1 to 254/);
  refuse(
    { loss: { ...config.loss, classWeights: [1, 1] } },
    /loss.classWeights: expected 4, one a structure and the background's last, got 2; name each/,
  );
});
