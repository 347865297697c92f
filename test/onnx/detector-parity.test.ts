/**
 * The ONNX file of a detector against the same detector on LibTorch: the shipped one on simulated ankles, and
 * a small network of every option, with weights that make none, one or many detections, on odd sizes.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import type { Examined, NetworkImage } from "@malleolus/imaging";
import {
  examineWithFlip,
  freeModel,
  type MaskRcnn,
  maskRcnn,
  openDetector,
  shippedDetector,
  writeDetector,
} from "@malleolus/networks";
import { type ExportOptions, exportNetwork, openOnnxDetector } from "@malleolus/onnx";
import {
  buildAnkle,
  internalXrayUnit,
  samplePatient,
  simulateRadiograph,
  withPitch,
} from "@malleolus/phantom";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { manualSeed, nn, noGrad } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import { agreementOf, maskAgreement, PERFECT, together } from "../../bench/detection-agreement.ts";
import { DETECTOR_OPTIONS, PREPROCESS, thinConfig } from "./test-networks.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-onnx-"));
after(() => rmSync(folder, { recursive: true }));

/** A model whose norms and predictors are no longer what they begin as, so that all of them matter. */
function disturbedModel(config: MaskRcnnConfig, seed: number): MaskRcnn {
  manualSeed(seed);
  const model = maskRcnn(config);
  noGrad(() => {
    for (const [name, tensor] of nn.stateDict(model)) {
      if (/(running_var|norm\.weight)$/.test(name)) nn.normal(tensor, 0.1, 1);
      // Fixed norms do not normalise: without these, values grow from block to block, and scores are 0 or 1.
      if (config.backbone.norm === "frozen") {
        if (name.endsWith("features.0.1.running_var")) nn.normal(tensor, 100, 20_000);
        if (name.endsWith("stem.conv1.norm.running_var")) nn.normal(tensor, 100, 20_000);
        if (name.endsWith("conv3.norm.weight")) nn.normal(tensor, 0.1, 0.3);
        const isLinear = /features\.\d+\.conv\.[23]\.weight$/.test(name);
        if (isLinear && tensor.shape.length === 1) nn.normal(tensor, 0.1, 0.5);
      }
      if (/(running_mean|bias)$/.test(name)) nn.normal(tensor, 0.1);
    }
  });
  const { cls_score: scores } = model.roi_heads.box_predictor;
  nn.normal(scores.weight, 4);
  // The background is rarely the likeliest.
  noGrad(() => scores.bias.setAt([config.classes.length], -4));
  nn.normal(model.roi_heads.box_predictor.bbox_pred.weight, 0.5);
  const { second_box_predictor: second } = model.roi_heads;
  if (second !== undefined) nn.normal(second.bbox_pred.weight, 1);
  nn.normal(model.roi_heads.mask_head.predictor.weight, 0.5);
  return model;
}

/** Of any size: smooth, with an edge. */
function picture(width: number, height: number): NetworkImage {
  const pixels = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return 120 + 90 * Math.sin(x / 9) * Math.cos(y / 13) + (x > width / 2 ? 40 : 0);
  });
  return { width, height, pixels };
}

const sizes = [
  [64, 96],
  [65, 97],
  [33, 40],
] as const;

async function bothOf(
  model: MaskRcnn,
  images: readonly NetworkImage[],
  written: Partial<ExportOptions> = {},
): Promise<{ torch: Examined[]; onnx: Examined[] }> {
  const path = join(folder, "model.safetensors");
  writeDetector(path, model, PREPROCESS);
  const { config } = model;
  const torch = images.map((image) =>
    examineWithFlip(model, image, false, {
      divisibility: config.sizeDivisibility,
      pixelMean: config.pixelMean,
      channels: config.channels,
    }),
  );
  const file = exportNetwork(readFileSync(path), path, { weightType: "float32", ...written });
  const detector = await openOnnxDetector(file, path, runtime);
  const onnx: Examined[] = [];
  for (const image of images) onnx.push(await detector.examinePrepared(image));
  await detector.close();
  return { torch, onnx };
}

for (const { name, change, written } of DETECTOR_OPTIONS) {
  test(`exportNetwork: the same detections as LibTorch, ${name}`, async () => {
    const images = sizes.map(([width, height]) => picture(width, height));
    const model = disturbedModel(change(thinConfig()), 3);
    const { torch, onnx } = await bothOf(model, images, written);
    freeModel(model);
    let agreement = PERFECT;
    for (const [i, image] of images.entries()) {
      assert.ok(torch[i].detections.length > 1, `${torch[i].detections.length} detections`);
      agreement = together(agreement, agreementOf(onnx[i].detections, torch[i].detections, image));
      const [own, other] = [onnx[i].shown, torch[i].shown];
      assert.equal(own?.length, other?.length);
      for (const [c, value] of (own ?? []).entries()) {
        assert.ok(Math.abs(value - (other?.[c] ?? 2)) < 1e-3);
      }
    }
    assert.equal(agreement.alone, 0, JSON.stringify(agreement));
    assert.ok(agreement.leastIou > 0.99, JSON.stringify(agreement));
    assert.ok(agreement.mostScoreDifference < 1e-3, JSON.stringify(agreement));
    assert.ok(maskAgreement(agreement) > 0.999, JSON.stringify(agreement));
  });
}

test("exportNetwork: none and one detection, as LibTorch", async () => {
  for (const most of [0, 1]) {
    const config = thinConfig();
    const model = disturbedModel(
      {
        ...config,
        roi: {
          ...config.roi,
          detectionsPerImage: 1,
          scoreThreshold: most === 0 ? 1 : config.roi.scoreThreshold,
        },
      },
      4,
    );
    const { torch, onnx } = await bothOf(model, [picture(64, 96)]);
    freeModel(model);
    assert.equal(torch[0].detections.length, most);
    assert.equal(onnx[0].detections.length, most);
    if (most === 1) assert.equal(onnx[0].detections[0].mask.length, 28 * 28);
  }
});

test("exportNetwork: the shipped detector finds the same on simulated ankles", async () => {
  const path = shippedDetector();
  assert.ok(path !== null);
  const file = exportNetwork(readFileSync(path), path, { weightType: "float32" });
  const detector = await openOnnxDetector(file, path, runtime);
  const reference = openDetector(path);
  for (const [seed, view] of [
    ["a", "ap"],
    ["b", "lateral"],
  ] as const) {
    const ankle = buildAnkle(samplePatient(seed, { weberClass: "B", exclusion: null }));
    const radiograph = simulateRadiograph(ankle, view, withPitch(internalXrayUnit, 0.4));
    const own = await detector.analyze(radiograph);
    const other = reference.analyze(radiograph);
    assert.equal(own.findings.length, other.findings.length);
    for (const [name, score] of Object.entries(other.classScores)) {
      assert.ok(
        Math.abs(own.classScores[name] - score) < 1e-3,
        `${name} ${own.classScores[name]} ${score}`,
      );
    }
    assert.ok(other.findings.length > 0, "nothing to compare");
  }
  reference.close();
  await detector.close();
});
