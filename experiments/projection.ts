/**
 * By which figures the view of an ankle is guessed from its bones, and how often the guess is right: fitted on
 * the outlines of the training radiographs of `preliminary-sets.ts`, measured on those of its tuning patients.
 * Started by hand:
 *
 *     node experiments/projection.ts SETS ARCHIVE
 *
 * The figures that it prints are `VIEW_WEIGHTS` of `imaging`. Seconds.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CocoDataset, parseCoco, readRadiograph } from "@malleolus/data";
import {
  boneArrangement,
  featuresOf,
  GUESSED_VIEWS,
  guessProjection,
  paintLabels,
} from "@malleolus/imaging";
import { ankleStructures } from "@malleolus/schema";

const STEPS = 20_000;
const RATE = 0.5;
const DECAY = 1e-4;

const [sets, archive] = process.argv.slice(2);
if (sets === undefined || archive === undefined) {
  console.error("usage: node experiments/projection.ts SETS ARCHIVE");
  process.exit(2);
}

const training = read("structures-train.json").flatMap(({ view, labels }) => {
  const arrangement = boneArrangement(labels, ankleStructures);
  return arrangement === null ? [] : [{ view, features: featuresOf(arrangement) }];
});
const weights = GUESSED_VIEWS.map(() => [0, 0, 0, 0, 0]);
for (let step = 0; step < STEPS; step++) {
  const gradients = weights.map((own) => own.map((weight) => DECAY * weight));
  for (const { view, features } of training) {
    const evidence = weights.map((own) => own.reduce((sum, w, i) => sum + w * features[i], 0));
    const most = Math.max(...evidence);
    const powers = evidence.map((value) => Math.exp(value - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    for (const [k, name] of GUESSED_VIEWS.entries()) {
      const error = powers[k] / sum - (name === view ? 1 : 0);
      for (const [i, feature] of features.entries()) {
        gradients[k][i] += (error * feature) / training.length;
      }
    }
  }
  for (const [k, own] of weights.entries()) {
    for (const i of own.keys()) own[i] -= RATE * gradients[k][i];
  }
}
for (const own of weights) console.log(`  [${own.map((weight) => weight.toFixed(2)).join(", ")}],`);

const counts = new Map<string, number>();
let [right, sure, all, sides, rightSides] = [0, 0, 0, 0, 0];
for (const { view, labels, fileName } of read("structures-tuning.json")) {
  const guess = guessProjection(labels, ankleStructures);
  const key = `${view} is ${guess.view?.value ?? "not guessed"}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  all++;
  if (guess.view?.value === view) right++;
  sure += guess.view?.probability ?? 0;
  if (guess.side === null) continue;
  const { side } = await readRadiograph(join(archive, fileName));
  if (side === null) continue;
  sides++;
  if (side === guess.side.value) rightSides++;
}
for (const [key, number] of [...counts].toSorted()) console.log(key.padEnd(24), number);
console.log(`${right} of ${all} right, mean probability ${(sure / all).toFixed(3)}`);
console.log(`sides: ${rightSides} of ${sides} right`);

function read(name: string) {
  const path = join(sets, name);
  const dataset: CocoDataset = parseCoco(readFileSync(path, "utf8"), path);
  const names = new Map(dataset.categories.map((one) => [one.id, one.name]));
  return dataset.images.map((image) => {
    const objects = dataset.annotationsByImage.get(image.id) ?? [];
    const target = {
      classes: objects.map(({ categoryId }) =>
        ankleStructures.findIndex((one) => one.name === names.get(categoryId)),
      ),
      polygons: objects.map(({ polygons }) => polygons),
    };
    const labels = paintLabels(target, ankleStructures, image);
    return { view: String(image.extra.view), fileName: image.fileName, labels };
  });
}
