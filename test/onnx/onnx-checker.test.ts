/**
 * ONNX's own checker, with its full check of types and shapes, on a file of every network and option. It is
 * Python's, and tests are skipped where it is absent: what the files compute is held elsewhere, by ONNX Runtime.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";
import {
  deepLab,
  freeModel,
  imageClassifier,
  maskRcnn,
  shippedDetector,
  writeClassifier,
  writeDetector,
  writeSegmenter,
} from "@malleolus/networks";
import { type ExportOptions, exportNetwork } from "@malleolus/onnx";
import {
  BACKBONES,
  DETECTOR_OPTIONS,
  PREPROCESS,
  thinClassifiers,
  thinConfig,
  thinSegmenter,
} from "./test-networks.ts";

const python = process.env.MALLEOLUS_PEER_PYTHON ?? "/usr/bin/python3";
const checker = fileURLToPath(new URL("../../tools/golden/onnx_checker.py", import.meta.url));
const hasOnnx = spawnSync(python, ["-c", "import onnx"]).status === 0;
const skip = hasOnnx ? false : `${python} has no onnx`;

const folder = mkdtempSync(join(tmpdir(), "malleolus-onnx-checker-"));
after(() => rmSync(folder, { recursive: true }));
const weights = join(folder, "model.safetensors");

/** What the checker says of a file's bytes. */
function check(file: Uint8Array): { readonly code: number | null; readonly said: string } {
  const path = join(folder, "model.onnx");
  writeFileSync(path, file);
  const { status, stdout, stderr } = spawnSync(python, [checker, path], { encoding: "utf8" });
  return { code: status, said: stdout + stderr };
}

function checkFaultless(path: string, written: Partial<ExportOptions>): void {
  const options: ExportOptions = { weightType: "float32", ...written };
  const { code, said } = check(exportNetwork(readFileSync(path), path, options));
  assert.equal(code, 0, said);
  assert.match(said, /finds no fault/);
}

for (const { name, change, written = {} } of DETECTOR_OPTIONS) {
  test(`onnx.checker: a detector, ${name}`, { skip }, () => {
    const model = maskRcnn(change(thinConfig()));
    writeDetector(weights, model, PREPROCESS);
    freeModel(model);
    checkFaultless(weights, written);
  });
}

for (const backbone of BACKBONES) {
  test(`onnx.checker: a segmenter and both classifiers, ${backbone.norm} norms`, { skip }, () => {
    const segmenter = deepLab(thinSegmenter(backbone));
    writeSegmenter(weights, segmenter, PREPROCESS);
    freeModel(segmenter);
    checkFaultless(weights, {});
    for (const { config } of thinClassifiers(backbone)) {
      const classifier = imageClassifier(config);
      writeClassifier(weights, classifier, PREPROCESS);
      freeModel(classifier);
      checkFaultless(weights, {});
    }
  });
}

test("onnx.checker: the project's detector, as the page has it and in whole numbers", {
  skip,
}, () => {
  const shipped = shippedDetector();
  assert.ok(shipped !== null);
  for (const weightType of ["float16", "int16"] as const) {
    checkFaultless(shipped, { weightType, forBrowser: true });
  }
});

test("onnx.checker: a file that was cut is found faulty", { skip }, () => {
  const shipped = shippedDetector();
  assert.ok(shipped !== null);
  const file = exportNetwork(readFileSync(shipped), shipped, { weightType: "float16" });
  assert.notEqual(check(file.subarray(0, file.length - 100)).code, 0);
});
