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
import type { ClassificationConfig } from "@malleolus/schema";
import { manualSeed, nn, noGrad } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import { BACKBONES, PREPROCESS, thinClassifiers, thinSegmenter } from "./test-networks.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-onnx-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "model.safetensors");

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

for (const backbone of BACKBONES) {
  test(`exportNetwork: a segmenter's probabilities, ${backbone.norm} norms`, async () => {
    const config = thinSegmenter(backbone);
    manualSeed(2);
    const model = deepLab(config);
    disturb(model);
    nn.normal(model.predictor.weight, 1);
    writeSegmenter(path, model, PREPROCESS);
    const outputs = await outputsOf(config, "probabilities");
    for (const [at, [width, height]] of sizes.entries()) {
      const options = { divisibility: 32, pixelMean: config.pixelMean, channels: config.channels };
      const own = segmentImage(model, picture(width, height), { testTimeFlip: false }, options);
      assert.deepEqual(outputs[at].dims, [4, height, width]);
      checkClose(floatsOf(outputs[at]), own.probabilities, 1e-3);
    }
    freeModel(model);
  });

  for (const { name, config } of thinClassifiers(backbone)) {
    test(`exportNetwork: ${name}, ${backbone.norm} norms`, () => checkLogits(config));
  }
}

async function checkLogits(config: ClassificationConfig): Promise<void> {
  manualSeed(2);
  const model = imageClassifier(config);
  disturb(model);
  nn.normal(model.classifier[1].weight, 0.1);
  writeClassifier(path, model, PREPROCESS);
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
