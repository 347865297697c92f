/** A decision from a COCO file into a detector, and out again as a patient's class. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import {
  imageClassifier,
  maskRcnn,
  openClassifier,
  openDetector,
  writeClassifier,
  writeDetector,
} from "@malleolus/networks";
import { classifierConfig, detectron2Config, predictionSchema } from "@malleolus/schema";
import { manualSeed, scope, setThreads } from "@malleolus/torch";
import sharp from "sharp";
import { run } from "../test-command.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-calibrate-"));
after(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);
// As the commands below ask for: sums in another order differ in the last digits.
setThreads(1);

/** A network that knows nothing, whose scores still differ from image to image. */
function writeTinyDetector(path: string, soundClass: string | null): void {
  const config = detectron2Config(["weber_a", "no_fracture"]);
  scope(() => {
    manualSeed(4);
    const model = maskRcnn({
      ...config,
      backbone: {
        ...config.backbone,
        depth: 26,
        width: 32,
        norm: "group",
        freezeAt: 0,
        fpnChannels: 32,
      },
      roi: {
        ...config.roi,
        detectionsPerImage: 5,
        box: { ...config.roi.box, fullyConnectedChannels: 32 },
        mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
      },
      imageHead: { hiddenChannels: 8, lossWeight: 1, weighsScores: false },
      soundClass,
    });
    writeDetector(path, model, {
      minSize: 64,
      maxSize: 96,
      maskCollimation: false,
      testTimeFlip: false,
    });
  });
}

const [width, height] = [60, 50];
/** Three patients of each class with two images each; one patient's image is not annotated. */
const patients = Array.from({ length: 6 }, (_, i) => ({ id: `p${i}`, sound: i % 2 === 1 }));
const images = patients.flatMap(({ id, sound }, p) =>
  [0, 1].map((view) => ({
    id: 2 * p + view + 1,
    file_name: `${id}-${view}.png`,
    width,
    height,
    patient: id,
    class: sound ? "no_fracture" : "weber_a",
  })),
);
const coco = {
  images,
  annotations: images.slice(1).map(({ id, class: name }) => ({
    id,
    image_id: id,
    category_id: name === "weber_a" ? 1 : 2,
    bbox: [10, 10, 20, 10],
    segmentation: [[10, 10, 30, 10, 30, 20, 10, 20]],
  })),
  categories: [
    { id: 1, name: "weber_a" },
    { id: 2, name: "no_fracture" },
  ],
};
for (const { file_name, class: name, id } of images) {
  const bright = name === "weber_a" ? 180 : 60;
  const pixels = Uint8Array.from(
    { length: width * height },
    (_, n) => ((n * (7 + id)) % 60) + (n % 13 < 4 ? bright : 20),
  );
  await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(at(file_name));
}
writeFileSync(at("tuning.json"), JSON.stringify(coco));
writeTinyDetector(at("model.safetensors"), "no_fracture");
const base = ["--coco", at("tuning.json"), "--images", folder, "--threads", "1"];
const calibrate = ["calibrate", "--checkpoint", at("model.safetensors"), "--dtype", "float32"];

test("calibrate: the decision lies in the detector, whose weights stay", async () => {
  const before = openDetector(at("model.safetensors"));
  const analysis = before.analyze(blank());
  assert.equal(before.decision, null);
  before.close();
  const json = await run(...calibrate, ...base, "--json");
  assert.equal(json.code, 0, json.said);
  const decision = JSON.parse(json.written);
  assert.deepEqual(decision.fittedOn.patients, { weber_a: 3, no_fracture: 3 });
  assert.equal(decision.fittedOn.radiographs, 12);
  const detector = openDetector(at("model.safetensors"));
  assert.deepEqual(detector.decision, decision);
  assert.deepEqual(detector.analyze(blank()), analysis);
  detector.close();
  const told = await run(...calibrate, ...base);
  assert.match(
    told.written,
    /^fitted on +6 patients \(3 weber_a, 3 no_fracture\), 12 radiographs\n/,
  );
  assert.match(told.written, /\neach left out once +\d of 6 right, log loss \d\.\d+/);
});

test("calibrate: of a classifier it fits the temperature, which its probabilities then have", async () => {
  const path = at("classifier.safetensors");
  const config = classifierConfig(["weber_a", "no_fracture"]);
  scope(() => {
    manualSeed(4);
    const backbone = { ...config.backbone, norm: "group" } as const;
    writeClassifier(path, imageClassifier({ ...config, backbone }), {
      minSize: 64,
      maxSize: 96,
      maskCollimation: false,
      testTimeFlip: false,
    });
  });
  const asked = ["calibrate", "--checkpoint", path, ...base];
  const { code, written, said } = await run(...asked, "--json");
  assert.equal(code, 0, said);
  const calibration = JSON.parse(written);
  // The radiograph of a fracture that nobody has outlined is left out.
  assert.equal(calibration.fittedOn.radiographs, 11);
  assert.ok(calibration.fittedOn.logLoss <= calibration.fittedOn.logLossBefore);
  const classifier = openClassifier(path);
  assert.deepEqual(classifier.calibration, calibration);
  const [first, second] = classifier.logits(blank());
  const probabilities = classifier.classify(blank());
  classifier.close();
  const odds = Math.log(probabilities[0] / probabilities[1]);
  assert.ok(Math.abs(odds - (first - second) / calibration.temperature) < 1e-4);
  assert.match(
    (await run(...asked)).written,
    /^temperature +\d+\.\d+\nfitted on +11 radiographs\n/,
  );
});

function blank() {
  return { width, height, pixels: new Float32Array(width * height).fill(0.4) };
}

test("predict: one answer for a patient, whose probabilities sum to 1, and findings that agree", async () => {
  const of = (...more: string[]) =>
    run(
      ...["predict", "--checkpoint", at("model.safetensors"), "--threads", "1"],
      ...["--dtype", "float32", ...more],
    );
  const files = [at("p0-0.png"), at("p0-1.png")];
  const together = await of("--one-patient", "--json", "--out", at("found"), ...files);
  assert.equal(together.code, 0, together.said);
  const predictions = together.written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    predictions.map(({ file }) => file),
    files,
  );
  for (const one of predictions) assert.deepEqual(predictionSchema.parse(one), one);
  const [first, second] = predictions;
  assert.deepEqual(first.answer, second.answer);
  assert.equal(first.answer.radiographs, 2);
  const { weber_a: a, no_fracture: none } = first.answer.probabilities;
  assert.ok(Math.abs(a + none - 1) < 1e-9);
  assert.equal(first.answer.class, a > 0.5 ? "weber_a" : "no_fracture");
  for (const { answer, findings, scoreThreshold } of predictions) {
    if (answer.class === "no_fracture") assert.deepEqual(findings, []);
    for (const finding of findings) {
      assert.equal(finding.class, "weber_a");
      assert.ok(finding.score >= scoreThreshold || findings.length === 1);
    }
  }
  assert.deepEqual(readdirSync(at("found")).sort(), [
    "p0-0.png.json",
    "p0-0.png.png",
    "p0-1.png.json",
    "p0-1.png.png",
  ]);
  assert.deepEqual(JSON.parse(readFileSync(at("found/p0-1.png.json"), "utf8")), second);

  // Files that name nobody are each by themselves.
  const alone = await of("--json", ...files);
  for (const line of alone.written.trimEnd().split("\n")) {
    assert.equal(JSON.parse(line).answer.radiographs, 1);
  }
  const told = await of("--one-patient", ...files);
  assert.match(
    told.written,
    /p0-0\.png: (weber_a|no_fracture) \d\.\d\d \(a fracture \d\.\d\d; 2 radiographs\)\n$/,
  );
  // Asked for all findings, it shows them, whatever is held of the patient.
  const all = await of("--threshold", "0", "--json", files[0]);
  assert.ok(JSON.parse(all.written).findings.length > 0);
});

test("predict, calibrate: --prevalence moves the odds of a fracture as it moves the prior ones", async () => {
  const answerOf = async (...more: string[]) => {
    const { written } = await run(
      ...["predict", "--checkpoint", at("model.safetensors"), "--threads", "1", "--json"],
      ...["--dtype", "float32", ...more, at("p2-0.png")],
    );
    return JSON.parse(written).answer;
  };
  const odds = ({ fractureProbability: p }: { fractureProbability: number }) => p / (1 - p);
  const asFitted = await answerOf();
  assert.equal(asFitted.prevalence, 0.5);
  const rare = await answerOf("--prevalence", "0.2");
  assert.equal(rare.prevalence, 0.2);
  // With two patients of a class nothing can be excluded.
  const { notExcluded } = await answerOf("--error-rate", "0.1");
  assert.deepEqual(notExcluded, { errorRate: 0.1, classes: Object.keys(rare.probabilities) });
  assert.equal(rare.notExcluded, undefined);
  assert.ok(Math.abs(odds(rare) / odds(asFitted) - 0.25) < 1e-6);

  const told = await run(...calibrate, ...base, "--prevalence", "0.2");
  assert.match(told.written, /probabilities hold at +a prevalence of 0\.20 fractures\n/);
  assert.deepEqual(await answerOf(), rare);
  const wrong = await run(...calibrate, ...base, "--prevalence", "1");
  assert.match(wrong.said, /expected a share between 0 and 1, got 1/);
  assert.deepEqual(await answerOf(), rare);
});

test("calibrate: patients that the detector was trained on are refused, or left out", async () => {
  const hashOf = (name: string) =>
    createHash("sha256")
      .update(readFileSync(at(name)))
      .digest("hex");
  const record = { format: "malleolus-run-images-1", training: [hashOf("p1-1.png")], tuning: [] };
  const without = await run(...calibrate, ...base, "--held-out");
  assert.match(without.said, /--held-out: expected a run that says which radiographs/);
  writeFileSync(at("seen-images.json"), JSON.stringify(record));
  try {
    const refused = await run(...calibrate, ...base);
    assert.equal(refused.code, 1);
    assert.match(refused.said, /has not seen, got 1 of 6 that it was trained on; .*--held-out/);
    const others = await run(...calibrate, ...base, "--held-out");
    assert.match(others.said, /left out: 1 patient that it was trained on\n/);
    assert.match(others.written, /^fitted on +5 patients \(3 weber_a, 2 no_fracture\), 10 radio/);
  } finally {
    rmSync(at("seen-images.json"));
  }
});

test("calibrate: a set that does not say whose radiographs it holds, or of a detector without a sound class", async () => {
  const without = images.map(({ patient: _, ...image }) => image);
  writeFileSync(at("nameless.json"), JSON.stringify({ ...coco, images: without }));
  const nameless = await run(...calibrate, ...base, "--coco", at("nameless.json"));
  assert.equal(nameless.code, 1);
  assert.match(
    nameless.said,
    /nameless\.json: expected every image to name its patient, got 12 of/,
  );

  const few = { ...coco, images: images.slice(0, 6), annotations: coco.annotations.slice(0, 5) };
  writeFileSync(at("few.json"), JSON.stringify(few));
  const refused = await run(...calibrate, ...base, "--coco", at("few.json"));
  assert.match(refused.said, /at least 2 of every class to fit a decision, got 1 of no_fracture/);

  writeTinyDetector(at("plain.safetensors"), null);
  const plain = await run("calibrate", "--checkpoint", at("plain.safetensors"), ...base);
  assert.equal(plain.code, 1);
  assert.match(plain.said, /expected a detector that has learned what no fracture looks like/);
});
