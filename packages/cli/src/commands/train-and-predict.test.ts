/**
 * Training, prediction and evaluation as a person runs them, on a few small images and a network
 * with narrow heads.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { hasCuda } from "@malleolus/torch";
import sharp from "sharp";
import { run as runHere } from "../test-command.ts";
import { prepareTraining, start } from "../test-small-training.ts";

const run = (...args: string[]) => start(args).ended;

test("train and predict: Ctrl-C leaves a checkpoint, and what it holds predicts", async (context) => {
  const { folder, train } = await prepareTraining(context);
  const { child, ended } = start([...train, "--json"]);
  assert.ok(child.stdout);
  for await (const line of createInterface(child.stdout)) {
    const { event, step } = JSON.parse(line);
    if (event === "step" && step === 2) child.kill("SIGINT");
  }
  const trained = await ended;
  assert.equal(trained.code, 0, trained.said);
  const events = trained.written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(events.at(-1).reason, "stopped");
  const { step } = events.at(-1);
  const names = readdirSync(join(folder, "run/checkpoints"));
  assert.deepEqual(names, [`step-${String(step).padStart(6, "0")}`]);
  assert.equal(readFileSync(join(folder, "run/events.jsonl"), "utf8"), trained.written);

  const other = await run(...train, "--seed", "7");
  assert.equal(other.code, 1);
  assert.match(
    other.said,
    /^malleolus: .*recipe\.json: this run has another recipe: seed is 1 there/,
  );

  const bad = join(folder, "bad.png");
  writeFileSync(bad, readFileSync(join(folder, "images/1.png")).subarray(0, 60));
  const predicted = await run(
    ...["predict", "--checkpoint", join(folder, "run"), "--out", join(folder, "found")],
    ...["--threshold", "0", "--threads", "1", "--json", bad, join(folder, "images/2.png")],
  );
  assert.equal(predicted.code, 1);
  assert.match(predicted.said, /^malleolus: \S*bad\.png: [^\n]*\n$/);
  const prediction = JSON.parse(predicted.written);
  assert.equal(prediction.file, join(folder, "images/2.png"));
  assert.ok(prediction.findings.length > 0);
  for (const finding of prediction.findings) {
    assert.equal(finding.class, "fracture");
    assert.equal(finding.lengthMm, null);
  }
  assert.deepEqual(readdirSync(join(folder, "found")).sort(), ["2.png.json", "2.png.png"]);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, "found/2.png.json"), "utf8")), prediction);
  await predictAmongOthers(folder);
});

/** Inputs that lie beside what would be replaced, what was written before, and what is no file. */
async function predictAmongOthers(folder: string): Promise<void> {
  const inputs = join(folder, "inputs");
  mkdirSync(inputs);
  for (const [from, to] of [
    ["1.png", "IM1"],
    ["2.png", "IM1.png"],
  ] as const) {
    copyFileSync(join(folder, "images", from), join(inputs, to));
  }
  const predict = (...args: string[]) =>
    run("predict", "--checkpoint", join(folder, "run"), "--threads", "1", ...args);
  const refused = await predict("--out", inputs, join(inputs, "IM1"));
  assert.equal(refused.code, 1);
  assert.match(
    refused.said,
    /malleolus: \S*inputs: expected room .*replaced: \S*IM1\.png; give another --out/,
  );
  assert.deepEqual(readdirSync(inputs), ["IM1", "IM1.png"]);

  const turned = sharp(join(folder, "images/3.png")).jpeg().withMetadata({ orientation: 6 });
  await turned.toFile(join(inputs, "turned.jpg"));
  execFileSync("mkfifo", [join(inputs, "pipe")]);
  symlinkSync(".", join(inputs, "loop"));
  const out = ["--out", join(inputs, "found"), inputs];
  const first = await predict(...out);
  assert.equal(first.code, 1);
  assert.equal(first.written.match(/: \d+ findings?$/gm)?.length, 3);
  assert.match(
    first.said,
    /\nmalleolus: \S*pipe: expected a file, got a named pipe; leave it out\n/,
  );
  assert.match(
    first.said,
    /\nnote: an EXIF orientation stands in \S*turned\.jpg: it is not applied/,
  );
  rmSync(join(inputs, "pipe"));
  const second = await predict(...out);
  assert.equal(second.code, 0, second.said);
  assert.equal(second.written, first.written);
  assert.match(second.said, /passed over: 6 files that predict wrote before\n/);

  mkdirSync(join(folder, "empty"));
  const none = await predict(join(folder, "empty"));
  assert.equal(none.code, 1);
  assert.match(none.said, /malleolus: \S*empty: expected radiographs, got none; check the path\n$/);
}

test("train: a second signal ends at once", async (context) => {
  const { train } = await prepareTraining(context);
  const { child, ended } = start([...train, "--json"]);
  assert.ok(child.stdout);
  let sent = false;
  for await (const line of createInterface(child.stdout)) {
    if (sent || JSON.parse(line).event !== "step") continue;
    sent = true;
    // Of two signals of one kind that wait, one is dropped; and a step here takes milliseconds, so
    // that a second signal which waited for an answer to the first would come too late.
    child.kill("SIGINT");
    child.kill("SIGTERM");
  }
  const { code } = await ended;
  assert.ok(child.signalCode !== null || code === 130 || code === 143, `code ${code}`);
});

test("train: what is held out is measured as evaluate measures it, and the best is what is taken", async (context) => {
  const { folder, train } = await prepareTraining(context);
  const validating = [...train, "--tuning-share", "0.34", "--validate-every", "25"];
  const ended = await run(...validating, "--steps", "50", "--checkpoint-every", "25", "--json");
  assert.equal(ended.code, 0, ended.said);
  const events = ended.written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const [{ tuning }] = events;
  assert.equal(tuning.length, 2);
  const found = events.filter(({ event }) => event === "validation");
  assert.deepEqual(
    found.map(({ step }) => step),
    [25, 50],
  );
  assert.ok(found[1].measures["mask AP"] > 0, JSON.stringify(found[1].measures));

  const coco = JSON.parse(readFileSync(join(folder, "train.json"), "utf8"));
  const images = coco.images.filter(({ file_name }: { file_name: string }) =>
    tuning.includes(file_name),
  );
  const ids = images.map(({ id }: { id: number }) => id);
  const annotations = coco.annotations.filter(({ image_id }: { image_id: number }) =>
    ids.includes(image_id),
  );
  writeFileSync(join(folder, "held.json"), JSON.stringify({ ...coco, images, annotations }));
  const evaluate = async (checkpoint: string, ...more: string[]) => {
    const path = ["--coco", join(folder, "held.json"), "--images", join(folder, "images")];
    const rest = ["--checkpoint", checkpoint, "--threads", "1", "--dtype", "float32", ...more];
    return run("evaluate", ...path, ...rest);
  };
  for (const { step, measures } of found) {
    const checkpoint = join(folder, "run/checkpoints", `step-${String(step).padStart(6, "0")}`);
    const { code, said, written } = await evaluate(checkpoint, "--json", "--threshold", "0.05");
    assert.equal(code, 0, said);
    const { box, mask, imageLevel } = JSON.parse(written);
    assert.equal(measures["box AP"], box.averagePrecision.all);
    assert.equal(measures["box AP50"], box.averagePrecision.iou50);
    assert.equal(measures["mask AP"], mask.averagePrecision.all);
    assert.equal(measures["mask AP50"], mask.averagePrecision.iou50);
    assert.equal(measures["image AUC"], imageLevel.auc.auc);
  }
  const best = found.findLast(({ isBest }) => isBest).step;
  const chosen = await evaluate(join(folder, "run"));
  assert.match(
    chosen.said,
    new RegExp(`^the best checkpoint of the run's validations, after step ${best}: /`),
  );

  // A tuning set of its own must not share what is trained on.
  const both = [...train, "--tuning", join(folder, "held.json"), "--out", join(folder, "other")];
  const refused = await run(...both);
  assert.equal(refused.code, 1);
  assert.match(
    refused.said,
    /held\.json: expected radiographs and patients that are not trained on, got 2 of 2 that/,
  );
});

const wrongUsages: readonly (readonly [change: readonly string[], code: number, RegExp])[] = [
  [
    ["--recipe", "quik"],
    2,
    /no recipe is called 'quik'; there is quick, demo, [^\n]*\n\(Did you mean quick\?\)/,
  ],
  [
    ["--task", "segmentation", "--recipe", "quick"],
    1,
    /--recipe quick: expected a recipe of segmentation, got one whose model is of kind "mask-rcnn"; give one of preliminary-segmentation/,
  ],
  [
    ["--recipe", "preliminary-segmentation"],
    1,
    /a segmentation of tibia, fibula, fracture: expected a category of each in the annotations, got none/,
  ],
  [["--task", "sculpture"], 2, /Allowed choices are detection, segmentation, classification/],
  [["--tuning-images", "/images"], 2, /--tuning-images needs --tuning/],
  [["--patience", "3"], 2, /--patience needs --tuning or --tuning-share/],
  [["--tuning", "a.json", "--tuning-share", "0.1"], 2, /cannot be used with option/],
  [["--tuning-share", "0.01"], 1, /a tuning share of 0\.01: expected radiographs with objects/],
  [
    ["--gradient-accumulation", "3"],
    1,
    /at gradientAccumulation: expected a number that divides batchSize/,
  ],
  [["--steps", "0"], 2, /'0' is invalid. expected a whole number from 1 on/],
  [["--dtype", "int8"], 2, /Allowed choices are float32, bfloat16/],
  [["--weights", "/nowhere.safetensors"], 1, /^malleolus: \/nowhere\.safetensors: cannot be read/],
  [["--images", "/nowhere"], 1, /^malleolus: \/nowhere: expected 6 images, but 6 are missing: /],
];
for (const [change, code, expected] of wrongUsages) {
  test(`train: ${change.join(" ")} is told before anything is made`, async (context) => {
    const { folder, train } = await prepareTraining(context);
    const ended = await runHere(...train, ...change);
    assert.equal(ended.code, code, ended.said);
    assert.match(ended.said, expected);
    assert.ok(!readdirSync(folder).includes("run"));
  });
}

test("train: --device cuda without CUDA is one line", async (context) => {
  if (hasCuda()) {
    context.skip("this machine has CUDA");
    return;
  }
  const { folder, train } = await prepareTraining(context);
  const { code, said } = await runHere(...train, "--device", "cuda");
  assert.equal(code, 1);
  assert.match(
    said,
    /^malleolus: --device cuda: expected a LibTorch with CUDA [^\n]* without; [^\n]*\n$/,
  );
  assert.ok(!readdirSync(folder).includes("run"));
});

test("predict: a checkpoint that is none is one line", async (context) => {
  const { folder } = await prepareTraining(context);
  for (const path of [join(folder, "absent"), folder, join(folder, "train.json")]) {
    const { code, said, written } = await runHere(
      "predict",
      "--checkpoint",
      path,
      join(folder, "images"),
    );
    assert.equal(code, 1);
    assert.match(said, /^malleolus: [^\n]*\n$/);
    assert.ok(said.includes(path), said);
    assert.equal(written, "");
  }
});
