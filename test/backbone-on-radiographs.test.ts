/**
 * The published weights on real radiographs: every stage's activations stay between 0.1 and 10,
 * although the norms of res5 belong to convolutions that the file lacks. MobileNetV2's are whole but
 * for its classifier.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { readRadiograph } from "@malleolus/data";
import { prepareImage } from "@malleolus/imaging";
import {
  activationMeans,
  batchImages,
  initializeBackbone,
  initializeMobileNetV2,
  maskRcnn,
  measureNormStatistics,
  mobileNetV2,
  mobileNetV2Weights,
  resNetOf,
} from "@malleolus/networks";
import { detectron2Config } from "@malleolus/schema";
import { autocast, manualSeed, noGrad, readSafetensors, scope } from "@malleolus/torch";

const data = process.env.MALLEOLUS_DATA ?? join(import.meta.dirname, "../../shared/data");
const weightsPath = join(data, "weights/resnet50-msra-partial.safetensors");
const imagesPath = join(data, "fracatlas/images");
const mobileNetPath = join(data, "weights/mobilenet-v2-gluon.safetensors");
const skipWithout = (path: string) =>
  existsSync(path) && existsSync(imagesPath)
    ? false
    : "the real data is absent; set MALLEOLUS_DATA to it";

/** Batches of two from all over the data set. */
async function readBatches(count: number) {
  const names = readdirSync(imagesPath).sort();
  const step = Math.floor(names.length / count);
  const images = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const radiograph = await readRadiograph(join(imagesPath, names[i * step]));
      return prepareImage(radiograph, { minSize: 192, maxSize: 320, maskCollimation: false }).image;
    }),
  );
  return Array.from({ length: count / 2 }, (_, i) => images.slice(2 * i, 2 * i + 2));
}

test("backbone: activations of every stage are healthy on real radiographs", {
  skip: skipWithout(weightsPath),
}, async () => {
  const [unseen, ...measured] = await readBatches(18);
  scope(() => {
    manualSeed(1);
    const config = detectron2Config(["fracture"]);
    const model = maskRcnn({
      ...config,
      backbone: { ...config.backbone, trainedNorms: ["res5"] },
    });
    const report = initializeBackbone(model, readSafetensors(weightsPath).tensors);
    assert.equal(report.found.length, 216);
    measureNormStatistics(
      model,
      (function* () {
        for (const images of measured) yield batchImages(images);
      })(),
    );
    // The last norms of res5 begin at zero; at one, its branches show what they can give.
    for (const { conv3 } of resNetOf(model.backbone).res5) conv3.norm.weight.detach().fill_(1);
    const means = {
      float32: activationMeans(model, batchImages(unseen)),
      bfloat16: autocast("bfloat16", () => activationMeans(model, batchImages(unseen))),
    };
    for (const [dtype, stages] of Object.entries(means)) {
      for (const [stage, mean] of Object.entries(stages)) {
        assert.ok(mean > 0.1 && mean < 10, `${dtype} ${stage}: ${mean}`);
      }
    }
  });
});

test("mobileNetV2: Gluon's weights are healthy on real radiographs, dilated or not", {
  skip: skipWithout(mobileNetPath),
}, async () => {
  const [images] = await readBatches(4);
  scope(() => {
    const weights = mobileNetV2Weights(readSafetensors(mobileNetPath));
    assert.deepEqual(weights.leftOver, []);
    const batch = batchImages(images);
    for (const outputStride of [16, 32] as const) {
      const { firstExpansion } = weights;
      const config = { norm: "fixed", outputStride, firstExpansion, freezeAt: 0 } as const;
      const model = mobileNetV2(config);
      const report = initializeMobileNetV2(model, config, weights);
      assert.equal(report.found.length, 5 * 52);
      assert.equal(report.leftOver.length, 5, "the last convolution is the classifier's");
      const { low, deep } = noGrad(() => model.forward(batch.tensor));
      for (const [name, map] of Object.entries({ low, deep })) {
        const mean = map.abs().mean().item();
        assert.ok(mean > 0.1 && mean < 10, `${name} at ${outputStride}: ${mean}`);
      }
    }
  });
});
