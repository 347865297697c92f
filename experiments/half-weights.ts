/**
 * What storing a detector's weights in 16 bits changes, and which of them do it: the same ONNX Runtime with one
 * part of the network after another in float16, with all of them, with all but one, and with whole numbers of 16
 * bits that have a scale for each row. Everything is held against the file in float32. Started by hand:
 *
 *     node experiments/half-weights.ts CHECKPOINT [RADIOGRAPHS [FIRST]]
 *
 * A score's difference says little of one pair, since suppression decides between boxes by the last bit: where
 * another box wins, the pair differs at once by hundredths. Hence the median and the 99th percentile beside the
 * greatest, and the number of pairs that jumped.
 */
import { readFileSync } from "node:fs";
import { boxIou } from "@malleolus/geometry";
import { type Detection, type NetworkImage, prepareImage } from "@malleolus/imaging";
import {
  exportNetwork,
  openOnnxDetector,
  readDetectorModel,
  type WeightType,
} from "@malleolus/onnx";
import * as runtime from "onnxruntime-node";
import { patientRadiographs, shownPart } from "./parity-radiographs.ts";

/** Beyond it a pair is two boxes and not one that moved. */
const JUMPED_IOU = 0.99;

const PARTS: readonly (readonly [name: string, tensors: RegExp])[] = [
  ["stem", /bottom_up\.stem/],
  ["res2", /bottom_up\.res2/],
  ["res3", /bottom_up\.res3/],
  ["res4", /bottom_up\.res4/],
  ["res5", /bottom_up\.res5/],
  ["pyramid", /backbone\.fpn_/],
  ["proposals", /proposal_generator/],
  ["box head", /box_head/],
  ["class and box predictors", /box_predictor/],
  ["mask head", /mask_head/],
  ["image head", /image_head/],
];

interface Variant {
  readonly name: string;
  readonly typeOf: (tensor: string) => WeightType;
}

const variants: readonly Variant[] = [
  { name: "all in float16", typeOf: () => "float16" },
  { name: "all in int16 with a scale a row", typeOf: () => "int16" },
  ...PARTS.map(([name, tensors]) => ({
    name: `${name} alone in float16`,
    typeOf: (tensor: string): WeightType => (tensors.test(tensor) ? "float16" : "float32"),
  })),
  ...PARTS.filter(([name]) => /stem|proposals|predictors/.test(name)).map(([name, tensors]) => ({
    name: `all but ${name} in float16`,
    typeOf: (tensor: string): WeightType => (tensors.test(tensor) ? "float32" : "float16"),
  })),
];

const [checkpoint, countText = "20", firstText = "1"] = process.argv.slice(2);
const [count, first] = [Number(countText), Number(firstText)];
if (checkpoint === undefined || !Number.isInteger(count) || count < 1 || !(first >= 1)) {
  console.error("usage: node experiments/half-weights.ts CHECKPOINT [RADIOGRAPHS [FIRST]]");
  process.exit(2);
}
const file = readFileSync(checkpoint);
const whole = exportNetwork(file, checkpoint, { weightType: "float32" });
const images = networkImages(readDetectorModel(whole, checkpoint).preprocess);
const expected = await detectionsOf(whole);
console.log(
  `${images.length} radiographs, ${expected.flat().length} detections; float32 ${megabytes(whole)} MB`,
);
console.log("weights|MB|pairs|alone|jumped|least IoU|score: median|99 %|most|of those that stayed");
console.log("---|---|---|---|---|---|---|---|---|---");
for (const { name, typeOf } of variants) {
  const model = exportNetwork(file, checkpoint, { weightType: typeOf });
  console.log(rowOf(name, model, await detectionsOf(model)));
}

function rowOf(name: string, model: Uint8Array, found: readonly (readonly Detection[])[]): string {
  const pairs = expected.flatMap((theirs, i) => pairsOf(found[i], theirs));
  const alone = found.flat().length + expected.flat().length - 2 * pairs.length;
  const stayed = pairs.filter(({ iou }) => iou > JUMPED_IOU);
  const differences = pairs.map(({ difference }) => difference).toSorted((a, b) => a - b);
  const at = (share: number) => differences[Math.floor(share * (differences.length - 1))];
  return [
    name,
    megabytes(model),
    pairs.length,
    alone,
    pairs.length - stayed.length,
    Math.min(...pairs.map(({ iou }) => iou)).toFixed(5),
    ...[at(0.5), at(0.99), at(1)].map((value) => value.toExponential(1)),
    Math.max(...stayed.map(({ difference }) => difference)).toExponential(1),
  ].join("|");
}

/** Every detection beside the one of its class that overlaps it most. */
function pairsOf(ours: readonly Detection[], theirs: readonly Detection[]) {
  const left = new Set(theirs);
  return ours.flatMap((own) => {
    const [best] = [...left]
      .filter((one) => one.class === own.class)
      .map((one) => ({ one, iou: boxIou(one.box, own.box) }))
      .filter(({ iou }) => iou >= 0.5)
      .toSorted((a, b) => b.iou - a.iou);
    if (best === undefined) return [];
    left.delete(best.one);
    return [{ iou: best.iou, difference: Math.abs(own.score - best.one.score) }];
  });
}

async function detectionsOf(model: Uint8Array): Promise<Detection[][]> {
  const detector = await openOnnxDetector(model, checkpoint, runtime);
  const all: Detection[][] = [];
  for (const image of images) all.push((await detector.examinePrepared(image)).detections);
  await detector.close();
  return all;
}

/** Those on which engines are compared, from the `first`th on. */
function networkImages(preprocess: Parameters<typeof prepareImage>[1]): NetworkImage[] {
  const made: NetworkImage[] = [];
  let number = 0;
  for (let patient = 1; made.length < count; patient++) {
    for (const radiograph of patientRadiographs(patient)) {
      number++;
      if (number < first || made.length === count) continue;
      made.push(prepareImage(shownPart(radiograph, number), preprocess).image);
    }
  }
  return made;
}

function megabytes(model: Uint8Array): string {
  return (model.length / 1e6).toFixed(1);
}
