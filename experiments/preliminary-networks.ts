/**
 * Makes the preliminary networks that come with the project, `packages/networks/detectors`: 375 radiographs of
 * simulated ankles of a seed that no test and no demonstration uses, DeepLabV3+ in two rounds on windows around fractures and
 * then on whole radiographs, the classifier from its weights, and the classifier's temperature on patients of
 * whom neither has learned. Started by hand; what is done is not done again, and a training that was cut goes on:
 *
 *     node experiments/preliminary-networks.ts OUT WEIGHTS [STEPS]
 *
 * WEIGHTS are MobileNetV2's of ImageNet, as `train --weights` takes them. It leaves
 * OUT/simulated-outlines.safetensors and OUT/simulated-classes.safetensors. STEPS is for trying whether its parts
 * fit together: so many steps a training, on a few small radiographs; networks made so are worth nothing.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { shrinkDetector } from "@malleolus/networks";
import { findDetector } from "@malleolus/runs";

const [out, weights, steps] = process.argv.slice(2);
if (out === undefined || weights === undefined) {
  console.error("usage: node experiments/preliminary-networks.ts OUT WEIGHTS [STEPS]");
  process.exit(2);
}

const archive = join(out, "archive");
const images = join(archive, "internal");
const sets = join(out, "sets");
const run = (name: string) => join(out, name);
const set = (kind: "structures" | "classes", part: "train" | "validation" | "tuning") =>
  join(sets, `${kind}-${part}.json`);

if (!existsSync(join(images, "annotations.json"))) {
  const [perClass, pitch] = steps === undefined ? ["150", "0.48"] : ["4", "1"];
  const patients = ["--per-class", perClass, "--excluded", "0", "--pitch", pitch];
  malleolus("phantom", archive, "--hospital", "internal", "--seed", "weights", ...patients);
}
if (!existsSync(set("classes", "tuning"))) {
  const few = steps === undefined ? [] : ["4", "8"];
  node(join(import.meta.dirname, "preliminary-sets.ts"), images, sets, ...few);
}
const rounds = ["windows", "windows-again"];
for (const [i, name] of rounds.entries()) {
  const from = i === 0 ? weights : findDetector(run(rounds[i - 1])).path;
  // Other windows in the second round.
  train("segmentation", "preliminary-segmentation", "structures", run(name), from, i + 1);
}
const windows = findDetector(run(rounds[1])).path;
train("segmentation", "preliminary-segmentation-whole", "structures", run("whole"), windows);
const whole = findDetector(run("whole")).path;
train("classification", "preliminary-classification", "classes", run("classes"), whole);
const classes = findDetector(run("classes")).path;

const [ownOutlines, ownClasses] = ["outlines", "classes"].map((what) =>
  join(out, `simulated-${what}.safetensors`),
);
shrinkDetector(whole, ownOutlines);
shrinkDetector(classes, ownClasses);
malleolus(
  "calibrate",
  "--checkpoint",
  ownClasses,
  "--coco",
  set("classes", "tuning"),
  "--images",
  images,
);
console.log(`${ownOutlines}\n${ownClasses}`);

function train(
  task: string,
  recipe: string,
  kind: "structures" | "classes",
  to: string,
  from: string,
  seed = 1,
): void {
  const data = [
    "--coco",
    set(kind, "train"),
    "--images",
    images,
    "--tuning",
    set(kind, "validation"),
  ];
  malleolus(
    "train",
    "--task",
    task,
    "--recipe",
    recipe,
    ...data,
    "--weights",
    from,
    "--seed",
    String(seed),
    "--out",
    to,
    ...(steps === undefined ? [] : ["--steps", steps]),
  );
}

function malleolus(...args: string[]): void {
  node(join(import.meta.dirname, "..", "packages", "cli", "src", "main.ts"), ...args);
}

function node(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
