/** Weights of our own preliminary networks, told from others' and taken over as they are. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import {
  classifierConfig,
  deepLabConfig,
  detectron2Config,
  type Preprocess,
} from "@malleolus/schema";
import { liveTensors, manualSeed, nn, readWeightsFile, scope } from "@malleolus/torch";
import { imageClassifier } from "../classifier/classifier.ts";
import { initializeClassifier } from "../classifier/initialize-classifier.ts";
import {
  openClassifier,
  writeCalibration,
  writeClassifier,
} from "../classifier/radiograph-classifier.ts";
import { deepLab } from "../deeplab/deeplab.ts";
import { initializeDeepLab } from "../deeplab/initialize-deeplab.ts";
import { openSegmenter, writeSegmenter } from "../deeplab/segmenter.ts";
import { writeDetector } from "../detector/detector.ts";
import { maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { initializeMobileNetV2, isMobileNetV2, mobileNetV2Weights } from "./mobilenet-weights.ts";

const preprocess: Preprocess = {
  minSize: 64,
  maxSize: 96,
  maskCollimation: false,
  testTimeFlip: false,
};

function fileIn(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-own-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "model.safetensors");
}

function segmentationNet(structures = deepLabConfig().structures) {
  const config = deepLabConfig(structures);
  return deepLab({
    ...config,
    backbone: { ...config.backbone, norm: "group" },
    aspp: { channels: 16, rates: [2], separable: true },
    decoder: { lowChannels: 8, channels: 16, convolutions: 1 },
  });
}

function classifierNet(classes: readonly string[]) {
  const config = classifierConfig(classes);
  return imageClassifier({ ...config, backbone: { ...config.backbone, norm: "group" } });
}

test("mobileNetV2Weights: a segmentation of ours goes on as a whole, bit for bit", (context) => {
  const path = fileIn(context);
  const before = liveTensors();
  scope(() => {
    manualSeed(1);
    const trained = segmentationNet();
    writeSegmenter(path, trained, preprocess);
    const file = readWeightsFile(path);
    assert.equal(isMobileNetV2(file), true);
    const weights = mobileNetV2Weights(file);
    assert.deepEqual(
      [weights.norm, weights.firstExpansion, weights.classes, weights.structures],
      ["group", false, ["tibia", "fibula", "fracture"], ["tibia", "fibula", "fracture"]],
    );
    const next = segmentationNet();
    const fit = initializeDeepLab(next, weights);
    assert.deepEqual([fit.fresh, fit.leftOver], [[], []]);
    const [was, is] = [trained, next].map((model) => nn.stateDict(model));
    for (const [name, tensor] of was) {
      assert.deepEqual(is.get(name)?.toFloat32Array(), tensor.toFloat32Array(), name);
    }

    // Other structures keep all but the predictor; a classifier keeps the backbone alone.
    const fewer = segmentationNet([{ name: "fibula", within: null }]);
    const { fresh } = initializeDeepLab(fewer, weights);
    assert.deepEqual(fresh, ["predictor.weight", "predictor.bias"]);
    const classifier = classifierNet(["A", "none"]);
    const { backbone } = classifier.config;
    const report = initializeMobileNetV2(classifier, backbone, weights, ["A", "none"]);
    assert.ok(report.fresh.every((name) => /^(features\.18|classifier)\./.test(name)));
    assert.ok(report.found.includes("features.17.conv.3.weight"));
  });
  assert.equal(liveTensors(), before);
});

test("initializeClassifier: keeps a whole segmentation, goes on from its own, refuses what is none", (context) => {
  const path = fileIn(context);
  const before = liveTensors();
  scope(() => {
    manualSeed(5);
    const segmentation = segmentationNet();
    writeSegmenter(path, segmentation, preprocess);
    const weights = mobileNetV2Weights(readWeightsFile(path));
    const { structures, aspp, decoder, backbone } = segmentation.config;
    const config = (classes: readonly string[]) => ({
      ...classifierConfig(classes),
      backbone,
      pooling: { kind: "structures" as const, structures, aspp, decoder },
    });
    const model = imageClassifier(config(["A", "none"]));
    const fit = initializeClassifier(model, weights);
    assert.deepEqual(fit.leftOver, []);
    assert.ok(fit.fresh.every((name) => /^(standard|classifier)\./.test(name)));
    const own = nn.stateDict(model);
    for (const [name, tensor] of nn.stateDict(segmentation)) {
      assert.deepEqual(own.get(`segmentation.${name}`)?.toFloat32Array(), tensor.toFloat32Array());
    }

    writeClassifier(path, model, preprocess);
    const file = readWeightsFile(path);
    assert.equal(isMobileNetV2(file), true);
    const again = mobileNetV2Weights(file);
    assert.deepEqual(again.classes, ["A", "none"]);
    assert.deepEqual(initializeClassifier(imageClassifier(config(["A", "none"])), again).fresh, []);
    const others = initializeClassifier(imageClassifier(config(["none", "A"])), again).fresh;
    assert.ok(others.includes("classifier.1.weight") && others.includes("standard.mean"));
    // A segmentation goes on from a classifier's, too.
    assert.deepEqual(initializeDeepLab(segmentationNet(), again).fresh, []);

    writeClassifier(path, classifierNet(["A", "none"]), preprocess);
    const whole = mobileNetV2Weights(readWeightsFile(path));
    assert.throws(() => initializeClassifier(model, whole), {
      code: "weights",
      message:
        /expected a segmentation of tibia, fibula, fracture, got weights without structures; train one/,
    });
    const wider = { ...config(["A"]).pooling, decoder: { ...decoder, channels: 24 } };
    const other = imageClassifier({ ...config(["A", "none"]), pooling: wider });
    assert.throws(() => initializeClassifier(other, weights), {
      message: /segmentation\.decoder\.\S+: expected the recipe's model\.pooling/,
    });
  });
  assert.equal(liveTensors(), before);
});

test("mobileNetV2Weights: a classifier of ours brings its classes, and begins anew for others", (context) => {
  const path = fileIn(context);
  scope(() => {
    manualSeed(2);
    const trained = classifierNet(["A", "B"]);
    writeClassifier(path, trained, preprocess);
    const weights = mobileNetV2Weights(readWeightsFile(path));
    const begin = (classes: readonly string[]) => {
      const model = classifierNet(classes);
      return initializeMobileNetV2(model, model.config.backbone, weights, classes).fresh;
    };
    assert.deepEqual(begin(["A", "B"]), []);
    assert.deepEqual(begin(["B", "A"]), ["classifier.1.weight", "classifier.1.bias"]);
  });
});

test("mobileNetV2Weights: a detector of ours is refused by its format", (context) => {
  const path = fileIn(context);
  scope(() => {
    const { backbone, ...config } = detectron2Config(["a"]);
    const small = { ...backbone, depth: 26, width: 8, norm: "group", fpnChannels: 32 } as const;
    writeDetector(path, maskRcnn({ ...config, backbone: small }), preprocess);
    const file = readWeightsFile(path);
    assert.equal(isMobileNetV2(file), false);
    assert.throws(() => mobileNetV2Weights(file), {
      code: "weights",
      message:
        /expected weights of a MobileNetV2, got a file of this project in the format malleolus-detector-2;/,
    });
  });
});

test("openSegmenter and openClassifier: what was written, also flipped; a calibration stays in the file", (context) => {
  const path = fileIn(context);
  const pixels = Float32Array.from({ length: 60 * 80 }, (_, i) => ((i * 31) % 97) / 97);
  const image = { width: 60, height: 80, pixels };
  const before = liveTensors();
  scope(() => writeSegmenter(path, segmentationNet(), { ...preprocess, testTimeFlip: true }));
  const segmenter = openSegmenter(path);
  const { labels, found } = segmenter.segment(image);
  assert.deepEqual([labels.width, labels.height, found.width], [60, 80, 64]);
  const column = found.width * found.height;
  for (let i = 0; i < column; i += 101) {
    const own = Array.from({ length: 4 }, (_, label) => found.probabilities[label * column + i]);
    assert.ok(Math.abs(own.reduce((sum, one) => sum + one, 0) - 1) < 1e-5);
    assert.equal(own.indexOf(Math.max(...own)), found.labels.data[i]);
  }
  const mirrored = { ...image, pixels: pixels.map((_, i) => pixels[i - (i % 60) + 59 - (i % 60)]) };
  const other = segmenter.segment(mirrored).found;
  segmenter.close();
  // The mean with the mirror image's is the same for both, mirrored.
  for (let i = 0; i < column; i += 53) {
    const x = i % found.width;
    const at = i - x + found.width - 1 - x;
    assert.ok(Math.abs(found.probabilities[i] - other.probabilities[at]) < 1e-5);
  }

  scope(() => writeClassifier(path, classifierNet(["A", "B"]), preprocess));
  const sure = openClassifier(path);
  const [logits, plain] = [sure.logits(image), sure.classify(image)];
  sure.close();
  const fittedOn = { radiographs: 3, logLossBefore: 1, logLoss: 0.5 };
  writeCalibration(path, { temperature: 2, fittedOn });
  const calibrated = openClassifier(path);
  assert.deepEqual(calibrated.calibration?.fittedOn, fittedOn);
  const probabilities = calibrated.classify(image);
  calibrated.close();
  const odds = (all: Float32Array) => Math.log(all[0] / all[1]);
  assert.ok(Math.abs(odds(plain) - (logits[0] - logits[1])) < 1e-4);
  assert.ok(Math.abs(odds(probabilities) - (logits[0] - logits[1]) / 2) < 1e-4);
  assert.equal(liveTensors(), before);
});
