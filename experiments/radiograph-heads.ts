/**
 * Gives the check that comes with the project, which `ankle-check` made, one more decision on the same features: whether a
 * radiograph is a frontal or a lateral view, against what its header says. Whether it shows metal is fitted and measured
 * alike, and is not written: it refuses too many ankles without. Started by hand:
 *
 *     node experiments/radiograph-heads.ts FRACATLAS MOBILENET_WEIGHTS CHECK OUT [KEPT]
 *
 * What is fitted on and what is measured was laid down before anything was looked at. View: ankles of one view in
 * train.json are fitted on, those of valid.json are measured. Metal: what FracAtlas flags as hardware in train.json and
 * valid.json, in all parts of the body, against its ankles and a sixth of the others there; a half by near-duplicates (a
 * hash) is fitted on, the other half is measured, and all of valid.json with it. Simulated ankles as well, some of either.
 * The limits are what ninety-five of a hundred ankles of a view lie above and at most one of the other view, and what two
 * of a hundred lie above that have no metal, each judged by a fit without it. Four minutes, nearly all of them for what the network sees, which KEPT keeps for another call.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeRadiograph, parseCoco, readRadiograph } from "@malleolus/data";
import { proportionOf } from "@malleolus/evaluation";
import { freeModel, RADIOGRAPH_CHECK_CLASSES, writeClassifier } from "@malleolus/networks";
import {
  type Exclusion,
  externalHospital,
  internalHospital,
  simulateStudy,
  withPitch,
} from "@malleolus/phantom";
import { fromTypedArray, noGrad, readSafetensors, scope } from "@malleolus/torch";
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

const [fracatlas, weightsPath, check, out, kept] = process.argv.slice(2);
if (
  fracatlas === undefined ||
  weightsPath === undefined ||
  check === undefined ||
  out === undefined
) {
  console.error(
    "usage: node experiments/radiograph-heads.ts FRACATLAS MOBILENET_WEIGHTS CHECK OUT [KEPT]",
  );
  process.exit(2);
}

const [REFUSED_WITHOUT_METAL, REFUSED_VIEWS, SURE_VIEWS] = [0.02, 0.01, 0.95];
const OTHERS_SHARE = 1 / 6;
const [PHANTOMS, FITTED_PHANTOMS] = [6, 4];
const EXCLUDED_PHANTOMS = 3;

/** A radiograph for one of the decisions; positive is metal, or lateral. */
interface Seen extends Example {
  readonly what: string;
  readonly isMeasured: boolean;
  readonly group: string;
}

const { featuresOf, close: closeFeatures } = openFeatures(weightsPath, kept);
const [forMetal, forView]: [Seen[], Seen[]] = [[], []];
await addReal(fracatlas);
await addSimulated();
closeFeatures();

const metal = decide("metal", forMetal);
const metalLimit = limitAbove(metal, ({ what }) => what === "ankle", REFUSED_WITHOUT_METAL);
reportShares("metal", metal, (score) => score > metalLimit);
const view = decide("view", forView);
const opposite = view.map((one) => ({ ...one, score: -one.score }));
const lateralLimit = sureLimit(view, "lateral", "frontal");
const frontalLimit = sureLimit(opposite, "frontal", "lateral");
reportShares("surely lateral", view, (score) => score > lateralLimit);
reportShares("surely frontal", view, (score) => -score > frontalLimit);
write(out, check, weightsPath, [
  above(view[0].fit, lateralLimit),
  above(negative(view[0].fit), frontalLimit),
]);

async function addReal(folder: string): Promise<void> {
  for (const set of ["train", "valid"]) {
    const path = join(folder, `${set}.json`);
    for (const { fileName, extra } of parseCoco(readFileSync(path, "utf8"), path).images) {
      const isAnkle = typeof extra.ankle === "string";
      const isMetal = extra.hardware === true;
      const group = String(extra.group);
      const isSome = isAnkle || isMetal || hashOf(`others ${group}`) < 256 * OTHERS_SHARE;
      if (!isSome) continue;
      const read = () => readRadiograph(join(folder, "images", fileName));
      const features = await featuresOf(`${set} ${fileName}`, read);
      const place = isAnkle ? "ankle" : "other part";
      forMetal.push({
        isPositive: isMetal,
        what: isMetal ? `${place} with metal` : place,
        isMeasured: set === "valid" || hashOf(`metal half ${group}`) % 2 === 1,
        group,
        features,
      });
      const [only, ...more] = Array.isArray(extra.views) ? extra.views : [];
      if (!isAnkle || more.length > 0 || (only !== "frontal" && only !== "lateral")) continue;
      forView.push({
        isPositive: only === "lateral",
        what: only,
        isMeasured: set === "valid",
        group,
        features,
      });
    }
  }
}

async function addSimulated(): Promise<void> {
  const add = async (number: number, exclusion: Exclusion | null, isMeasured: boolean) => {
    for (const hospital of [internalHospital, externalHospital]) {
      const weberClass = (["A", "B", "C", null] as const)[number % 4];
      const unit = withPitch(hospital.xrayUnit, 0.4);
      const study = Promise.try(() =>
        simulateStudy(hospital, "heads", number, { weberClass, exclusion }, unit),
      );
      for (const [i, view] of hospital.views.entries()) {
        const group = `${hospital.key} ${number} ${exclusion}`;
        const features = await featuresOf(`${group} ${i}`, async () =>
          decodeRadiograph((await study).images[i].file, "phantom"),
        );
        const seen = { isMeasured, group, features };
        const kind = `simulated${exclusion === null ? "" : `, ${exclusion}`}`;
        forMetal.push({ ...seen, isPositive: exclusion === "hardware", what: kind });
        const isLateral = view === "lateral";
        const what = `${kind}, ${isLateral ? "lateral" : "frontal"}`;
        forView.push({ ...seen, isPositive: isLateral, what });
      }
    }
  };
  for (let number = 0; number < PHANTOMS; number++) {
    await add(number, null, number >= FITTED_PHANTOMS);
  }
  for (let number = 0; number < EXCLUDED_PHANTOMS; number++) {
    for (const exclusion of ["hardware", "cast"] as const) await add(number, exclusion, true);
  }
}

type Judged = Seen & { readonly score: number; readonly fit: LinearFit };

/** Each with its score: by a fit without it where it is fitted on. */
function decide(what: string, all: readonly Seen[]): Judged[] {
  const fitted = all.filter(({ isMeasured }) => !isMeasured);
  const scores = scoresWithout(fitted);
  const fit = fitLinear(fitted);
  const area = areaUnder(fitted.map(({ isPositive }, i) => ({ isPositive, score: scores[i] })));
  console.log(`${what}: area under the curve ${area.toFixed(3)}, each by a fit without it`);
  return [
    ...fitted.map((one, i) => ({ ...one, score: scores[i], fit })),
    ...all
      .filter(({ isMeasured }) => isMeasured)
      .map((one) => ({ ...one, score: scoreOf(fit, one.features[0]), fit })),
  ];
}

/** How often a positive one has the higher score. */
function areaUnder(all: readonly { readonly isPositive: boolean; readonly score: number }[]) {
  const positives = all.filter(({ isPositive }) => isPositive);
  const negatives = all.filter(({ isPositive }) => !isPositive);
  const won = positives.flatMap(({ score }) =>
    negatives.map((other) => (score > other.score ? 1 : score === other.score ? 0.5 : 0)),
  );
  return won.reduce((sum: number, value) => sum + value, 0) / won.length;
}

/** At least 0: what such a share of those lies above that were fitted on. */
function limitAbove(all: readonly Judged[], isMeant: (one: Judged) => boolean, share: number) {
  const scores = all
    .filter((one) => !one.isMeasured && isMeant(one))
    .map(({ score }) => score)
    .toSorted((a, b) => b - a);
  return Math.max(0, scores[Math.floor(share * scores.length)]);
}

/** Where all but a few of one view lie above, and next to none of the other. */
function sureLimit(all: readonly Judged[], own: string, other: string): number {
  return Math.max(
    limitAbove(all, ({ what }) => what === other, REFUSED_VIEWS),
    limitAbove(all, ({ what }) => what === own, SURE_VIEWS),
  );
}

function reportShares(
  what: string,
  all: readonly Judged[],
  isDecided: (score: number) => boolean,
): void {
  const rows = Map.groupBy(all, (one) => `${one.isMeasured ? "measured" : "fitted"}, ${one.what}`);
  for (const [name, own] of [...rows].toSorted(([a], [b]) => a.localeCompare(b))) {
    const { count, total, interval } = proportionOf(
      own.filter(({ score }) => isDecided(score)).length,
      own.length,
    );
    const [low, high] = (interval ?? []).map((bound) => bound.toFixed(3));
    console.log(`  ${what}: ${name}: ${count} of ${total} (${low} to ${high})`);
  }
}

function above({ weights, bias }: LinearFit, limit: number): LinearFit {
  return { weights, bias: bias - limit };
}

function negative({ weights, bias }: LinearFit): LinearFit {
  return { weights: weights.map((weight) => -weight), bias: -bias };
}

/** Behind the first two rows of `check`, an ankle and none; what is decided has a logit above the second's, which is 0. */
function write(
  path: string,
  check: string,
  weightsPath: string,
  heads: readonly LinearFit[],
): void {
  const model = mobileNetOf(weightsPath, RADIOGRAPH_CHECK_CLASSES);
  noGrad(() =>
    scope(() => {
      const { tensors } = readSafetensors(check);
      const before = (name: string) => tensors.get(`classifier.1.${name}`)?.toFloat32Array();
      const [oldWeights, oldBias] = [before("weight"), before("bias")];
      if (oldWeights === undefined || oldBias === undefined) {
        throw new Error(`${check}: expected a classifier, got a file without its last layer`);
      }
      const count = RADIOGRAPH_CHECK_CLASSES.length;
      const [weights, bias] = [new Float32Array(count * FEATURES), new Float32Array(count)];
      weights.set(oldWeights.subarray(0, 2 * FEATURES));
      bias.set(oldBias.subarray(0, 2));
      for (const [i, head] of heads.entries()) {
        weights.set(head.weights, (2 + i) * FEATURES);
        bias[2 + i] = head.bias;
      }
      model.classifier[1].weight.copy_(fromTypedArray(weights, [count, FEATURES]));
      model.classifier[1].bias?.copy_(fromTypedArray(bias, [count]));
    }),
  );
  writeClassifier(path, model, PREPROCESS);
  freeModel(model);
}
