import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import {
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  readSafetensors,
  scope,
  writeSafetensors,
} from "@malleolus/torch";
import { maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { openDetector, writeDetector } from "./detector.ts";
import { thinConfig } from "./test-thin-config.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-detector-"));
after(() => rmSync(folder, { recursive: true }));

const preprocess = { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false };
const path = join(folder, "model.safetensors");
scope(() => {
  manualSeed(5);
  const model = maskRcnn(thinConfig());
  // Random weights may call everything background: here every proposal is half of either class.
  const { cls_score: scores } = model.roi_heads.box_predictor;
  nn.constant(scores.weight, 0);
  noGrad(() => scores.bias.setAt([2], -20));
  writeDetector(path, model, preprocess);
});

const radiograph = {
  width: 100,
  height: 80,
  pixels: Float32Array.from({ length: 8000 }, (_, i) => ((i * 7) % 100) / 100),
};

test("openDetector: finds in pixels of the radiograph, and the same every time", () => {
  const before = liveTensors();
  const detector = openDetector(path, { device: "cpu" });
  assert.deepEqual(detector.classes, ["fracture", "implant"]);
  assert.deepEqual(detector.members[0].preprocess, preprocess);
  const spaced = {
    ...radiograph,
    pixelSpacingMm: [0.2, 0.2] as const,
    spacingSource: "calibrated" as const,
  };
  const findings = detector.detect(spaced);
  assert.ok(findings.length > 0);
  for (const { class: name, box, score, calibration } of findings) {
    assert.ok(detector.classes.includes(name) && score >= 0.01);
    assert.ok(box[0] >= 0 && box[1] >= 0 && box[2] <= 100 && box[3] <= 80, `${box}`);
    assert.equal(calibration, "calibrated");
  }
  const held = liveTensors();
  assert.deepEqual(detector.detect(spaced), findings);
  assert.equal(detector.detect(radiograph)[0].calibration, "none");
  assert.equal(liveTensors(), held);
  detector.close();
  assert.equal(liveTensors(), before);
});

test("openDetector: bfloat16 finds what float32 finds", () => {
  const before = liveTensors();
  const [precise, fast] = (["float32", "bfloat16"] as const).map((precision) => {
    const detector = openDetector(path, { precision });
    const findings = detector.detect(radiograph);
    detector.close();
    return findings;
  });
  assert.equal(fast.length, precise.length);
  for (const { score } of fast) assert.ok(Math.abs(score - 0.5) < 1e-3, `${score}`);
  assert.equal(liveTensors(), before);
});

test("openDetector: analyses a radiograph: one fracture a place, and the evidence for its class", () => {
  const file = join(folder, "whole.safetensors");
  scope(() => {
    manualSeed(5);
    const config = thinConfig();
    const model = maskRcnn({
      ...config,
      classes: ["weber_a", "weber_b", "no_fracture"],
      imageHead: { hiddenChannels: 8, lossWeight: 1, weighsScores: false },
      soundClass: "no_fracture",
    });
    // Every proposal is A with 0.5, B with 0.25, sound with 0.25.
    const { cls_score: scores } = model.roi_heads.box_predictor;
    nn.constant(scores.weight, 0);
    [Math.log(2), 0, 0, -20].forEach((value, at) => {
      noGrad(() => scores.bias.setAt([at], value));
    });
    writeDetector(file, model, preprocess);
  });
  const detector = openDetector(file);
  const { findings, classScores, imageProbabilities } = detector.analyze(radiograph);
  assert.ok(findings.length > 0);
  for (const { class: name, score, probabilities } of findings) {
    assert.equal(name, "weber_a");
    assert.ok(Math.abs(score - 0.75) < 1e-5, `${score}`);
    assert.deepEqual(Object.keys(probabilities ?? {}), ["weber_a", "weber_b"]);
    assert.ok(Math.abs((probabilities?.weber_a ?? 0) - 2 / 3) < 1e-5);
  }
  const rounded = Object.entries(classScores).map(([name, score]) => [name, score.toFixed(4)]);
  assert.deepEqual(rounded.slice(0, 1), [["weber_a", "0.5000"]]);
  assert.deepEqual(Object.keys(imageProbabilities ?? {}), ["weber_a", "weber_b", "no_fracture"]);
  detector.close();
  const plain = openDetector(path);
  assert.equal(plain.analyze(radiograph).imageProbabilities, null);
  plain.close();
});

test("openDetector: a higher threshold leaves out what scores lower", () => {
  const detector = openDetector(path, { scoreThreshold: 0.999 });
  assert.deepEqual(detector.detect(radiograph), []);
  detector.close();
});

function checkRefused(name: string, write: (file: string) => void, expected: RegExp): void {
  test(`openDetector: refuses ${name}`, () => {
    const before = liveTensors();
    const file = join(folder, "refused.safetensors");
    write(file);
    assert.throws(
      () => openDetector(file),
      (error: Error & { code?: string }) => {
        assert.equal(error.name, "ModelError");
        assert.equal(error.code, "checkpoint");
        assert.match(error.message, expected);
        assert.ok(error.message.startsWith(file));
        assert.equal(error.message.split("\n").length, 1);
        return true;
      },
    );
    assert.equal(liveTensors(), before);
  });
}

/** The good file with other tensors or another header. */
function rewritten(
  file: string,
  change: (stored: ReturnType<typeof readSafetensors>) => Record<string, string>,
): void {
  scope(() => {
    const stored = readSafetensors(path);
    const metadata = change(stored);
    writeSafetensors(file, stored.tensors, metadata);
  });
}

checkRefused("a file that is not there", (file) => rmSync(file, { force: true }), /cannot be read/);
checkRefused("a text", (file) => writeFileSync(file, "not weights"), /not a whole safetensors/);
checkRefused(
  "a file cut in the middle",
  (file) => {
    writeFileSync(file, readFileSync(path));
    truncateSync(file, 50_000_000);
  },
  /ends before the data.*copy it again/,
);
checkRefused(
  "plain weights",
  (file) =>
    scope(() => writeSafetensors(file, nn.stateDict({ a: nn.fullyConnected({ in: 1, out: 1 }) }))),
  /expected a detector.*got format none.*malleolus train/,
);
checkRefused(
  "another kind of checkpoint",
  (file) => rewritten(file, ({ metadata }) => ({ ...metadata, format: "malleolus-classifier-1" })),
  /got format malleolus-classifier-1/,
);
checkRefused(
  "a configuration with an unknown key",
  (file) =>
    rewritten(file, ({ metadata }) => ({
      ...metadata,
      config: JSON.stringify({ ...thinConfig(), color: 1 }),
    })),
  /its configuration.*color.*another version/,
);
checkRefused(
  "weights of another configuration",
  (file) =>
    rewritten(file, ({ metadata }) => ({
      ...metadata,
      config: JSON.stringify({ ...thinConfig(), classes: ["fracture"] }),
    })),
  /roi_heads.*has shape/,
);
checkRefused(
  "weights with a tensor missing",
  (file) =>
    rewritten(file, ({ tensors, metadata }) => {
      tensors.delete("backbone.bottom_up.stem.conv1.weight");
      return { ...metadata };
    }),
  /missing tensor backbone\.bottom_up\.stem\.conv1\.weight/,
);
