import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { fuseDetections } from "@malleolus/imaging";
import type { MaskRcnnConfig, PatientDecision } from "@malleolus/schema";
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
import { openDetector, writeDecision, writeDetector } from "./detector.ts";
import { writeFusedDetectors } from "./fused-detectors.ts";
import { thinConfig } from "./test-thin-config.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-fused-"));
after(() => rmSync(folder, { recursive: true }));

const radiograph = {
  width: 100,
  height: 80,
  pixels: Float32Array.from({ length: 8000 }, (_, i) => ((i * 7) % 100) / 100),
};

/** Its weights by a seed, of one seed the same proposals. A small network of two classes whose every proposal has these scores. */
function written(name: string, seed: number, scores: readonly number[], changed: Changed = {}) {
  const path = join(folder, `${name}.safetensors`);
  const { maxSize = 96, ...model } = changed;
  scope(() => {
    manualSeed(seed);
    const network = maskRcnn({ ...headedConfig(), ...model });
    const { cls_score: predictor } = network.roi_heads.box_predictor;
    nn.constant(predictor.weight, 0);
    scores.forEach((score, at) => {
      noGrad(() => predictor.bias.setAt([at], Math.log(score)));
    });
    const preprocess = { minSize: 64, maxSize, maskCollimation: false, testTimeFlip: false };
    writeDetector(path, network, preprocess);
  });
  return path;
}

type Changed = Partial<MaskRcnnConfig> & { readonly maxSize?: number };

function headedConfig(): MaskRcnnConfig {
  const imageHead = { hiddenChannels: 8, lossWeight: 1, weighsScores: false };
  return { ...thinConfig(), imageHead };
}

const evidence = { objectMean: 1, objectMax: 1, imageMean: 0, imageMax: 0 };
const decision: PatientDecision = {
  format: "malleolus-decision-1",
  classes: ["fracture", "implant"],
  noFractureClass: "implant",
  usesImageHead: false,
  weights: { fracture: evidence, noFracture: evidence },
  bias: { fracture: 0, implant: 0 },
  findingThreshold: 0.5,
  fittedOn: {
    patients: { fracture: 2, implant: 2 },
    radiographs: 4,
    sha256: "",
    penalty: 1,
    leaveOneOut: { logLoss: 1, accuracy: 0.5 },
  },
};

const sure = written("sure", 5, [0.6, 0.2, 0.2]);
const other = written("other", 5, [0.4, 0.2, 0.4], { maxSize: 120 });

function seenBy(path: string) {
  const detector = openDetector(path);
  try {
    const { decision, members } = detector;
    return { ...detector.see(radiograph), decision, sizes: members.map((one) => one.preprocess) };
  } finally {
    detector.close();
  }
}

test("writeFusedDetectors: its findings are those of all its networks, fused", () => {
  const before = liveTensors();
  const path = join(folder, "both.safetensors");
  assert.equal(writeFusedDetectors(path, [sure, other]), 2);
  const [first, second, both] = [sure, other, path].map(seenBy);
  assert.deepEqual(
    both.sizes.map(({ maxSize }) => maxSize),
    [96, 120],
  );
  // Boxes and scores do not hang on the masks, which findings no longer hold.
  const asDetections = ({ findings }: typeof first) =>
    findings.map(({ class: name, box, score }) => ({
      box,
      score,
      class: name === "fracture" ? 0 : 1,
      probabilities: Float32Array.of(score, 0),
      mask: Float32Array.of(score),
    }));
  const expected = fuseDetections([first, second].map(asDetections));
  assert.ok(
    expected.length > 0 && expected.length < first.findings.length + second.findings.length,
  );
  const order = (found: readonly { readonly score: number; readonly box: readonly number[] }[]) =>
    found
      .map(({ score, box }) => [score, ...box].map((value) => Number(value.toFixed(3))))
      .toSorted((a, b) => b[0] - a[0] || a[1] - b[1] || a[2] - b[2]);
  assert.deepEqual(order(both.findings), order(expected));
  for (const [name, value] of Object.entries(both.shown ?? {})) {
    const mean = ((first.shown?.[name] ?? 0) + (second.shown?.[name] ?? 0)) / 2;
    assert.ok(Math.abs(value - mean) < 1e-6 && value > 0, name);
  }
  assert.equal(Object.keys(both.shown ?? {}).length, 2);
  assert.equal(liveTensors(), before);
});

test("writeFusedDetectors: a fused file's networks become its own, and no decision is taken over", () => {
  const [two, three] = ["two", "three"].map((name) => join(folder, `${name}.safetensors`));
  writeFusedDetectors(two, [sure, other]);
  writeDecision(two, decision);
  assert.deepEqual(seenBy(two).decision, decision);
  assert.equal(writeFusedDetectors(three, [two, written("third", 7, [0.5, 0.3, 0.2])]), 3);
  assert.equal(seenBy(three).decision, null);
  assert.equal(seenBy(three).sizes.length, 3);
  // Asked with a higher threshold all of its networks and what is fused obey it.
  const [{ score }] = seenBy(two).findings;
  const detector = openDetector(two, { scoreThreshold: score });
  assert.deepEqual(detector.detect(radiograph), []);
  detector.close();
});

test("writeFusedDetectors: refuses detectors that are not alike, and writes nothing", () => {
  const before = liveTensors();
  const config = headedConfig();
  const { mask } = config.roi;
  const unlike = [
    [{ classes: ["fracture", "cast"] }, /expected the classes fracture, implant, as .*, got the/],
    [{ soundClass: "implant" }, /expected none as its sound class, .*, got implant as its sound/],
    [{ imageHead: null }, /expected an image head, as .*, got no image head; fuse/],
    [
      { roi: { ...config.roi, mask: { ...mask, pooledSize: 7 } } },
      /expected masks of 28 cells a side, as .*, got masks of 14 cells/,
    ],
  ] as const;
  for (const [place, [changed, message]] of unlike.entries()) {
    const path = join(folder, `refused-${place}.safetensors`);
    const files = [sure, written(`unlike-${place}`, 8, [0.4, 0.4, 0.2], changed)];
    assert.throws(() => writeFusedDetectors(path, files), message);
    assert.ok(!existsSync(path));
  }
  assert.equal(liveTensors(), before);
});

test("openDetector: refuses a fused file that lacks a network's tensors", () => {
  const path = join(folder, "less.safetensors");
  writeFusedDetectors(path, [sure, other]);
  scope(() => {
    const { tensors, metadata } = readSafetensors(path);
    writeSafetensors(
      path,
      new Map(
        [...tensors].filter(
          ([name]) => name !== "members.1.roi_heads.box_predictor.cls_score.bias",
        ),
      ),
      metadata,
    );
  });
  assert.throws(() => openDetector(path), /less.safetensors: .* missing tensor roi_heads.box_pred/);
});
