/**
 * Makes and measures the check that comes with the project: whether a radiograph is of an ankle. A linear classifier on
 * what MobileNetV2 of ImageNet sees in it, fitted on real radiographs of FracAtlas and on simulated ankles. Started by
 * hand:
 *
 *     node experiments/ankle-check.ts FRACATLAS MOBILENET_WEIGHTS OUT [KEPT]
 *
 * FracAtlas is divided by what it calls near-duplicates. Fitted on train.json and on a half of normals.json, in five
 * parts, each judged by a fit without it; the limit is what two of a hundred ankles lie below. Measured on valid.json and
 * the other half of normals.json, which decide nothing. Legs on which a layman saw no ankle are not fitted on, since many
 * show one; they are measured. Half an hour, nearly all of it for what the network sees, which KEPT keeps for another call.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeRadiograph, parseCoco, readRadiograph } from "@malleolus/data";
import { proportionOf } from "@malleolus/evaluation";
import { freeModel, openClassifier, writeClassifier } from "@malleolus/networks";
import { externalHospital, internalHospital, simulateStudy, withPitch } from "@malleolus/phantom";
import { fromTypedArray, noGrad, scope } from "@malleolus/torch";
import {
  type Example,
  FEATURES,
  fitLinear,
  hashOf,
  type LinearFit,
  mobileNetOf,
  openFeatures,
  PREPROCESS,
  scoreOf,
  scoresWithout,
} from "./linear-heads.ts";

const [fracatlas, weightsPath, out, kept] = process.argv.slice(2);
if (fracatlas === undefined || weightsPath === undefined || out === undefined) {
  console.error("usage: node experiments/ankle-check.ts FRACATLAS MOBILENET_WEIGHTS OUT [KEPT]");
  process.exit(2);
}

const CLASSES = ["ankle", "other"];
const REFUSED_ANKLES = 0.02;
const [PHANTOMS, FITTED_PHANTOMS] = [12, 8];

/** Positive is an ankle. */
interface Seen extends Example {
  /** As a row of the measurement. */
  readonly what: string;
  readonly isMeasured: boolean;
  /** What is near-duplicate shares one. */
  readonly group: string;
}

const { featuresOf, close: closeFeatures } = openFeatures(weightsPath, kept);
const seen = [...(await realRadiographs(fracatlas)), ...(await simulatedRadiographs())];
closeFeatures();

const fitted = seen.filter(({ isMeasured }) => !isMeasured);
const scores = scoresWithout(fitted);
const ankles = scores.filter((_, i) => fitted[i].what === "ankles").toSorted((a, b) => a - b);
const limit = ankles[Math.floor(REFUSED_ANKLES * ankles.length)];
const whole = fitLinear(fitted);
write(out, weightsPath, { ...whole, bias: whole.bias - limit });
report("fitted on, each part by a fit without it", fitted, (_, i) => scores[i] < limit);
const measured = seen.filter(({ isMeasured }) => isMeasured);
report("measured", measured, ({ features }) => scoreOf(whole, features[0]) < limit);
await compareFile(out, fracatlas);

async function realRadiographs(folder: string): Promise<Seen[]> {
  const all: Seen[] = [];
  for (const set of ["train", "valid", "normals"]) {
    const path = join(folder, `${set}.json`);
    for (const { fileName, extra } of parseCoco(readFileSync(path, "utf8"), path).images) {
      const isAnkle = typeof extra.ankle === "string";
      const region = String(extra.region);
      // Nobody has looked whether these show ankles.
      if (set === "normals" && region === "leg") continue;
      const group = String(extra.group);
      const isLeg = !isAnkle && region === "leg";
      const isHalf = set === "normals" && hashOf(`half ${group}`) % 2 === 1;
      all.push({
        isPositive: isAnkle,
        what: isAnkle ? "ankles" : isLeg ? "legs without an ankle" : `${region}s`,
        isMeasured: set === "valid" || isHalf || isLeg,
        group,
        features: await featuresOf(`${set} ${fileName}`, () =>
          readRadiograph(join(folder, "images", fileName)),
        ),
      });
    }
  }
  return all;
}

async function simulatedRadiographs(): Promise<Seen[]> {
  const all: Seen[] = [];
  for (const hospital of [internalHospital, externalHospital]) {
    for (let number = 0; number < PHANTOMS; number++) {
      const weberClass = (["A", "B", "C", null] as const)[number % 4];
      const spec = { weberClass, exclusion: null };
      const unit = withPitch(hospital.xrayUnit, 0.4);
      const study = Promise.try(() => simulateStudy(hospital, "scope", number, spec, unit));
      for (const [view] of hospital.views.entries()) {
        all.push({
          isPositive: true,
          what: "simulated ankles",
          isMeasured: number >= FITTED_PHANTOMS,
          group: `${hospital.key} ${number}`,
          features: await featuresOf(`${hospital.key} ${number} ${view}`, async () =>
            decodeRadiograph((await study).images[view].file, "phantom"),
          ),
        });
      }
    }
  }
  return all;
}

/** The limit is in the bias: softmax with a second class of nothing. */
function write(path: string, weightsPath: string, { weights, bias }: LinearFit): void {
  const model = mobileNetOf(weightsPath, CLASSES);
  noGrad(() =>
    scope(() => {
      const both = new Float32Array(2 * FEATURES);
      both.set(weights);
      model.classifier[1].weight.copy_(fromTypedArray(both, [2, FEATURES]));
      model.classifier[1].bias?.copy_(fromTypedArray(Float32Array.of(bias, 0), [2]));
    }),
  );
  // Not in half the bits: near the limit that decides otherwise on one radiograph of fifty.
  writeClassifier(path, model, PREPROCESS);
  freeModel(model);
}

function report(
  title: string,
  radiographs: readonly Seen[],
  isRefused: (one: Seen, index: number) => boolean,
): void {
  const rows = Map.groupBy(
    radiographs.map((one, i) => ({ what: one.what, is: isRefused(one, i) })),
    ({ what }) => what,
  );
  const others = radiographs.flatMap((one, i) =>
    one.isPositive || one.what === "legs without an ankle"
      ? []
      : [{ what: "", is: isRefused(one, i) }],
  );
  console.log(title);
  for (const [what, own] of [...rows, ["hands, hips and shoulders", others] as const]) {
    const { count, total, interval } = proportionOf(own.filter(({ is }) => is).length, own.length);
    const [low, high] = (interval ?? []).map((share) => share.toFixed(3));
    console.log(`  ${what}: ${count} of ${total} refused (${low} to ${high})`);
  }
}

/** What was written decides as what was measured: on valid.json. */
async function compareFile(path: string, folder: string): Promise<void> {
  const { classify, close } = openClassifier(path);
  let [others, all] = [0, 0];
  const { images } = parseCoco(readFileSync(join(folder, "valid.json"), "utf8"), "valid.json");
  for (const { fileName } of images) {
    const read = () => readRadiograph(join(folder, "images", fileName));
    const [features] = await featuresOf(`valid ${fileName}`, read);
    const [probability] = classify(await read());
    all++;
    if (probability < 0.5 !== scoreOf(whole, features) < limit) others++;
  }
  close();
  console.log(`${path}: decides otherwise on ${others} of ${all} than what was measured`);
}
