/** The ONNX files of the preliminary networks against the same networks on LibTorch, on odd sizes. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { type NetworkImage, writeChannels } from "@malleolus/imaging";
import {
  deepLab,
  freeModel,
  imageClassifier,
  logitsOf,
  segmentImage,
  writeClassifier,
  writeSegmenter,
} from "@malleolus/networks";
import { exportNetwork } from "@malleolus/onnx";
import {
  type ClassificationConfig,
  classifierConfig,
  deepLabConfig,
  type MobileNetV2Config,
} from "@malleolus/schema";
import { manualSeed, nn, noGrad } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";

const folder = mkdtempSync(join(tmpdir(), "malleolus-onnx-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "model.safetensors");
const preprocess = { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false };

const sizes = [
  [64, 96],
  [65, 97],
  [40, 33],
] as const;

function picture(width: number, height: number): NetworkImage {
  const pixels = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return 120 + 90 * Math.sin(x / 9) * Math.cos(y / 13) + (x > width / 2 ? 40 : 0);
  });
  return { width, height, pixels };
}

/** Norms and predictors that are no longer what they begin as, so that all of them matter. */
function disturb(model: object): void {
  noGrad(() => {
    for (const [name, tensor] of nn.stateDict(model)) {
      if (tensor.shape.length > 1) continue;
      if (/(running_mean|bias)$/.test(name)) nn.normal(tensor, 0.1);
      else nn.normal(tensor, 0.1, 1);
      // The stem's norm brings grey levels to the size of ones.
      if (/features\.0\.1\.running_var$/.test(name)) nn.normal(tensor, 100, 5000);
    }
  });
}

interface Networks {
  readonly pixelMean: readonly [number, number, number];
  readonly channels: "gray" | "detail";
}

/** What the file of ONNX gives for each image. */
async function outputsOf(config: Networks, name: string): Promise<runtime.Tensor[]> {
  const file = exportNetwork(readFileSync(path), path, { weightType: "float32" });
  const session = await runtime.InferenceSession.create(file);
  const outputs: runtime.Tensor[] = [];
  for (const [width, height] of sizes) {
    const channels = new Float32Array(3 * width * height);
    const layout = { pixelStep: 1, rowStep: width, channelStep: width * height };
    writeChannels(picture(width, height), config, channels, layout);
    const image = new runtime.Tensor("float32", channels, [3, height, width]);
    outputs.push((await session.run({ image }))[name]);
  }
  await session.release();
  return outputs;
}

const backbones: readonly MobileNetV2Config[] = [
  { norm: "fixed", outputStride: 16, firstExpansion: false, freezeAt: 0 },
  { norm: "group", outputStride: 32, firstExpansion: true, freezeAt: 0 },
];

for (const [i, backbone] of backbones.entries()) {
  test(`exportNetwork: a segmenter's probabilities, ${backbone.norm} norms`, async () => {
    const plain = deepLabConfig();
    const separable = i === 0;
    const config = {
      ...plain,
      backbone,
      channels: separable ? ("gray" as const) : ("detail" as const),
      aspp: { ...plain.aspp, channels: 32, separable },
      decoder: { ...plain.decoder, channels: 32 },
    };
    manualSeed(2);
    const model = deepLab(config);
    disturb(model);
    nn.normal(model.predictor.weight, 1);
    writeSegmenter(path, model, preprocess);
    const outputs = await outputsOf(config, "probabilities");
    for (const [at, [width, height]] of sizes.entries()) {
      const options = { divisibility: 32, pixelMean: config.pixelMean, channels: config.channels };
      const own = segmentImage(model, picture(width, height), { testTimeFlip: false }, options);
      assert.deepEqual(outputs[at].dims, [4, height, width]);
      checkClose(floatsOf(outputs[at]), own.probabilities, 1e-3);
    }
    freeModel(model);
  });

  test(`exportNetwork: a classifier's logits, ${backbone.norm} norms`, async () => {
    const config = { ...classifierConfig(["a", "b", "none"]), backbone };
    await checkLogits(config);
  });

  test(`exportNetwork: a classifier that looks where structures are found, ${backbone.norm} norms`, async () => {
    const { structures, aspp, decoder } = deepLabConfig();
    const pooling = {
      kind: "structures" as const,
      structures,
      aspp: { ...aspp, channels: 32 },
      decoder: { ...decoder, channels: 24 },
    };
    await checkLogits({ ...classifierConfig(["a", "b", "none"]), backbone, pooling });
  });
}

async function checkLogits(config: ClassificationConfig): Promise<void> {
  manualSeed(2);
  const model = imageClassifier(config);
  disturb(model);
  nn.normal(model.classifier[1].weight, 0.1);
  writeClassifier(path, model, preprocess);
  const outputs = await outputsOf(config, "logits");
  for (const [at, [width, height]] of sizes.entries()) {
    const options = { pixelMean: config.pixelMean, channels: config.channels };
    const own = logitsOf(model, picture(width, height), { testTimeFlip: false }, options);
    assert.deepEqual(outputs[at].dims, [3]);
    checkClose(floatsOf(outputs[at]), own, 1e-3);
  }
  freeModel(model);
}

function floatsOf({ data }: runtime.Tensor): Float32Array {
  assert.ok(data instanceof Float32Array);
  return data;
}

/** Not alike everywhere, so that the comparison says something, and equal. */
function checkClose(own: Float32Array, other: Float32Array, tolerance: number): void {
  assert.equal(own.length, other.length);
  assert.ok(Math.max(...other) - Math.min(...other) > 0.05, "all values are alike");
  const furthest = own.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
  assert.ok(furthest < tolerance, `${furthest}`);
}
