import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { liveTensors, manualSeed, readSafetensors, scope } from "@malleolus/torch";
import { maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { writeAveragedDetector } from "./averaged-detectors.ts";
import { openDetector, writeDetector } from "./detector.ts";
import { writeFusedDetectors } from "./fused-detectors.ts";
import { shrinkDetector } from "./shrink-detector.ts";
import { thinConfig } from "./test-thin-config.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-averaged-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, `${name}.safetensors`);

/** A small network with weights by a seed. */
function written(name: string, seed: number, config = thinConfig(), minSize = 64): string {
  scope(() => {
    manualSeed(seed);
    const preprocess = { minSize, maxSize: 96, maskCollimation: false, testTimeFlip: false };
    writeDetector(at(name), maskRcnn(config), preprocess);
  });
  return at(name);
}

function weightsOf(path: string): Map<string, Float32Array> {
  return scope(() => {
    const { tensors } = readSafetensors(path);
    return new Map(
      [...tensors].map(([name, tensor]) => [
        name,
        tensor.to({ dtype: "float32" }).toFloat32Array(),
      ]),
    );
  });
}

const files = [1, 2, 3].map((seed) => written(`${seed}`, seed, thinConfig(), 48 + 16 * seed));

test("writeAveragedDetector: every weight is the mean, and all else is the first's", () => {
  const before = liveTensors();
  // One is stored in halves, as the detector that comes with the project is.
  shrinkDetector(files[1], at("small"));
  const from = [files[0], at("small"), files[2]];
  writeAveragedDetector(at("mean"), from);
  const [mean, ...own] = [at("mean"), ...from].map(weightsOf);
  assert.equal(mean.size, own[0].size);
  for (const [name, values] of mean) {
    const expected = values.map(
      (_, i) => own.reduce((sum, one) => sum + (one.get(name)?.[i] ?? NaN), 0) / 3,
    );
    const error = values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - expected[i])),
      0,
    );
    assert.ok(error < 1e-6, `${name}: ${error}`);
  }
  const detector = openDetector(at("mean"));
  assert.equal(detector.members.length, 1);
  assert.equal(detector.members[0].preprocess.minSize, 64);
  assert.equal(detector.decision, null);
  detector.close();
  assert.equal(liveTensors(), before);
});

test("writeAveragedDetector: refuses networks that are not the same, and writes nothing", () => {
  const before = liveTensors();
  const config = thinConfig();
  const unlike: readonly (readonly [Partial<MaskRcnnConfig>, RegExp])[] = [
    [
      { classes: ["implant", "fracture"] },
      /got classes \["implant","fracture"\] instead of \["fracture",/,
    ],
    [{ pixelMean: [1, 2, 3] }, /got channels /],
    [{ soundClass: "implant" }, /got the sound class "implant" instead of null/],
    [{ anchors: { ...config.anchors, offset: 0.25 } }, /got anchors /],
    [
      { roi: { ...config.roi, box: { ...config.roi.box, fullyConnectedChannels: 16 } } },
      /got roi_heads\.box_head\.fc1\.weight of \[16,1568\] instead of \[32,1568\]; average/,
    ],
    [
      { imageHead: { hiddenChannels: 8, lossWeight: 1, weighsScores: false } },
      /got an image head false instead of undefined/,
    ],
  ];
  for (const [place, [changed, message]] of unlike.entries()) {
    const other = written(`unlike-${place}`, 4, { ...config, ...changed });
    assert.throws(() => writeAveragedDetector(at("refused"), [files[0], other]), message);
    assert.ok(!existsSync(at("refused")));
  }
  const { mask } = config.roi;
  const deeper = { ...config, roi: { ...config.roi, mask: { ...mask, convolutions: 2 } } };
  const more = written("deeper", 4, deeper);
  const name = /got roi_heads\.mask_head\.mask_fcn2\.\w+ besides/;
  assert.throws(() => writeAveragedDetector(at("refused"), [files[0], more]), name);
  assert.throws(
    () => writeAveragedDetector(at("refused"), [more, files[0]]),
    /got no roi_heads\.mask_head/,
  );
  writeFusedDetectors(at("fused"), files.slice(0, 2));
  assert.throws(
    () => writeAveragedDetector(at("refused"), [files[2], at("fused")]),
    /fused\.safetensors: expected one network, got 2 that were fused; name them one by one/,
  );
  assert.ok(!existsSync(at("refused")));
  assert.equal(liveTensors(), before);
});
