/** Prediction and export as a person runs them, with ONNX Runtime, where there is no LibTorch. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { internalHospital, internalXrayUnit, simulateStudy, withPitch } from "@malleolus/phantom";
import { type Prediction, predictionSchema, readJson } from "@malleolus/schema";

const mainPath = join(import.meta.dirname, "../main.ts");
const folder = mkdtempSync(join(tmpdir(), "malleolus-predict-onnx-"));
after(() => rmSync(folder, { recursive: true }));
const ankle = join(folder, "ankle.dcm");
const { images } = simulateStudy(
  internalHospital,
  "predict-onnx",
  1,
  { weberClass: "B", exclusion: null },
  withPitch(internalXrayUnit, 0.4),
);
writeFileSync(ankle, images[0].file);

/** An addon that is not there: whatever loads LibTorch fails. */
const withoutLibTorch = { ...process.env, MALLEOLUS_ADDON: join(folder, "no-such-addon") };

function run(args: readonly string[], env: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainPath, ...args], {
    encoding: "utf8",
    env,
  });
  return { code: status, written: stdout, said: stderr };
}

function predictionOf(args: readonly string[], env: NodeJS.ProcessEnv): Prediction {
  const command = ["predict", "--json", "--threshold", "0.05", "--threads", "1", ...args, ankle];
  const { code, written, said } = run(command, env);
  assert.equal(code, 0, said);
  return readJson(predictionSchema, written, "predict");
}

/** Engines round differently: outlines may move by a pixel, scores by their last digits. */
function checkSame(own: Prediction, other: Prediction, tolerance: number): void {
  assert.ok(other.findings.length > 0, "nothing to compare");
  assert.equal(own.findings.length, other.findings.length);
  for (const [i, finding] of own.findings.entries()) {
    const expected = other.findings[i];
    assert.equal(finding.class, expected.class);
    assert.ok(
      Math.abs(finding.score - expected.score) < tolerance,
      `${finding.score} ${expected.score}`,
    );
    assert.ok(Math.abs((finding.areaMm2 ?? 0) / (expected.areaMm2 ?? 1) - 1) < 0.02);
    for (const [c, corner] of finding.box.entries()) {
      assert.ok(Math.abs(corner - expected.box[c]) < 0.5, `${finding.box} ${expected.box}`);
    }
  }
  assert.equal(own.answer?.class, other.answer?.class);
  assert.deepEqual(own.pixelSpacingMm, other.pixelSpacingMm);
}

test("predict --engine onnx: the findings of LibTorch, without loading it", () => {
  const refused = run(["predict", ankle], withoutLibTorch);
  assert.equal(refused.code, 1, "the addon is still found: the test proves nothing");
  assert.match(refused.said, /no-such-addon/);
  const own = predictionOf(["--engine", "onnx"], withoutLibTorch);
  checkSame(own, predictionOf(["--dtype", "float32"], process.env), 1e-3);
});

test("export --onnx: a file that predicts the same, at half its size with float16", () => {
  const [whole, half] = ["float32", "float16"].map((weights) => {
    const path = join(folder, `${weights}.onnx`);
    const args = ["export", "--onnx", "--weights", weights, "--out", path, "--json"];
    const { code, written, said } = run(args, withoutLibTorch);
    assert.equal(code, 0, said);
    assert.equal(JSON.parse(written).bytes, statSync(path).size);
    return path;
  });
  assert.ok(statSync(half).size < 0.52 * statSync(whole).size);
  const reference = predictionOf(["--engine", "onnx"], withoutLibTorch);
  for (const path of [whole, half]) {
    const own = predictionOf(["--engine", "onnx", "--checkpoint", path], withoutLibTorch);
    checkSame(own, reference, path === whole ? 1e-6 : 0.01);
  }
});

function checkRefused(name: string, args: readonly string[], expected: RegExp): void {
  test(`predict and export: refuse ${name}`, () => {
    const { code, said } = run(args, withoutLibTorch);
    assert.equal(code, 1, said);
    assert.match(said, expected);
    assert.ok(!said.includes("internal:"), said);
  });
}

const onnx = ["predict", "--engine", "onnx"];
checkRefused(
  "bfloat16",
  [...onnx, "--dtype", "bfloat16", ankle],
  /expected --dtype float32.*leave/,
);
const text = join(folder, "text.onnx");
writeFileSync(text, "this is no network");
checkRefused(
  "a text",
  [...onnx, "--checkpoint", text, ankle],
  /text\.onnx: .*(not a whole|expected a detector)/,
);
checkRefused(
  "a file of ONNX for LibTorch",
  ["predict", "--checkpoint", text, ankle],
  /got a file of ONNX.*--engine onnx/,
);
checkRefused(
  "a set beside the network",
  ["export", "training", "--onnx", "--out", text],
  /--onnx or --page alone, got --onnx and training/,
);
checkRefused(
  "a page beside the network, which would lie where it does",
  ["export", "--onnx", "--page", "--out", text],
  /alone, got --onnx and --page/,
);
checkRefused(
  "a set beside an annotator's outlines",
  ["export", "training", "--annotator", "a", "--out", text],
  /alone, got --annotator and training/,
);
test("export --onnx: what was refused left the file that was there", () => {
  const { code, said } = run(
    ["export", "--onnx", "--checkpoint", ankle, "--out", text],
    withoutLibTorch,
  );
  assert.equal(code, 1);
  assert.match(said, /not a whole safetensors/);
  assert.equal(readFileSync(text, "utf8"), "this is no network");
});
