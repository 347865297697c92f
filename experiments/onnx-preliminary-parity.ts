/**
 * How far ONNX Runtime sees what LibTorch sees with a preliminary network, on simulated radiographs: the
 * probabilities and labels of a segmenter's pixels, or a classifier's logits and classes. Started by hand with the
 * `model.safetensors` of a run of `malleolus train --task segmentation` or `--task classification`:
 *
 *     node experiments/onnx-preliminary-parity.ts OUT.jsonl CHECKPOINT [RADIOGRAPHS]
 *
 * The aims: probabilities within 1e-3, labels equal in 99.9 % of all pixels, the same class on every radiograph.
 * Each radiograph is a line of the file as soon as it was compared: where the experiment was cut, the same command
 * goes on behind the last line.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { type NetworkImage, prepareImage, writeChannels } from "@malleolus/imaging";
import {
  deepLab,
  imageClassifier,
  isClassifier,
  logitsOf,
  segmentImage,
  softmax,
} from "@malleolus/networks";
import { exportNetwork } from "@malleolus/onnx";
import {
  classificationConfigSchema,
  type Preprocess,
  preprocessSchema,
  readJson,
  segmentationConfigSchema,
} from "@malleolus/schema";
import { nn, readSafetensors, scope } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import { z } from "zod";
import { placeShape, readDoneLines, remainingRadiographs } from "./parity-radiographs.ts";

/** One image through both engines: what is compared, value by value, and the choice for every place. */
interface Compared {
  /** Both with the choices one after the other: [K, places]. */
  readonly own: Float32Array;
  readonly other: Float32Array;
}

const FORMAT = "malleolus-onnx-preliminary-parity-1";
const lineSchema = z.object({
  ...placeShape,
  /** Pixels at the network's size; 1 for a classifier. */
  places: z.number(),
  furthestProbability: z.number(),
  /** Places for which the engines choose differently. */
  otherChoices: z.number(),
  /** Of LibTorch, how many places each choice has: where all are alike, nothing was compared. */
  chosen: z.array(z.number()),
});
type Line = z.infer<typeof lineSchema>;

const [out, checkpoint, countText = "40"] = process.argv.slice(2);
const count = Number(countText);
if (checkpoint === undefined || !Number.isInteger(count) || count < 1) {
  console.error(
    "usage: node experiments/onnx-preliminary-parity.ts OUT.jsonl CHECKPOINT [RADIOGRAPHS]",
  );
  process.exit(2);
}
const weights = readFileSync(checkpoint);
const done = readDoneLines(out, FORMAT, weights, lineSchema);
const session = await runtime.InferenceSession.create(
  exportNetwork(weights, checkpoint, { weightType: "float32" }),
);
const { preprocess, choices, compare } = isClassifier(checkpoint) ? classifier() : segmenter();
for (const { place, radiograph } of remainingRadiographs(count, done)) {
  const compared = await compare(prepareImage(radiograph, preprocess).image);
  const line = { ...place, ...lineOf(compared) };
  appendFileSync(out, `${JSON.stringify(line)}\n`);
  done.push(line);
  console.error(`${done.length} of ${count}`);
}
console.log(JSON.stringify(summaryOf(done), null, 2));

function lineOf({ own, other }: Compared): Omit<Line, keyof typeof placeShape> {
  const places = own.length / choices.length;
  const chosen = choices.map(() => 0);
  let otherChoices = 0;
  for (let place = 0; place < places; place++) {
    const choice = choiceAt(other, place, places);
    chosen[choice]++;
    if (choiceAt(own, place, places) !== choice) otherChoices++;
  }
  const furthestProbability = own.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - other[i])),
    0,
  );
  return { places, furthestProbability, otherChoices, chosen };
}

function summaryOf(lines: readonly Line[]) {
  const total = (of: (line: Line) => number) => lines.reduce((sum, line) => sum + of(line), 0);
  return {
    radiographs: lines.length,
    places: total(({ places }) => places),
    furthestProbability: Math.max(...lines.map((line) => line.furthestProbability)),
    otherChoices: total(({ otherChoices }) => otherChoices),
    chosen: Object.fromEntries(choices.map((name, i) => [name, total(({ chosen }) => chosen[i])])),
  };
}

function segmenter() {
  const { config, preprocess } = read((text, where) =>
    readJson(segmentationConfigSchema, text, where),
  );
  const network = deepLab(config);
  scope(() => nn.loadStateDict(network, readSafetensors(checkpoint).tensors));
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  const options = { divisibility, pixelMean, channels };
  return {
    preprocess,
    choices: [...config.structures.map((structure) => structure.name), "background"],
    async compare(image: NetworkImage): Promise<Compared> {
      const { probabilities } = segmentImage(network, image, { testTimeFlip: false }, options);
      return { own: await outputOf("probabilities", image, config), other: probabilities };
    },
  };
}

function classifier() {
  const { config, preprocess } = read((text, where) =>
    readJson(classificationConfigSchema, text, where),
  );
  const network = imageClassifier(config);
  scope(() => nn.loadStateDict(network, readSafetensors(checkpoint).tensors));
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  const options = { divisibility, pixelMean, channels };
  return {
    preprocess,
    choices: config.classes,
    async compare(image: NetworkImage): Promise<Compared> {
      const other = logitsOf(network, image, { testTimeFlip: false }, options);
      const own = await outputOf("logits", image, config);
      return { own: softmax(own, 1), other: softmax(other, 1) };
    },
  };
}

function read<Config>(configOf: (text: string, where: string) => Config): {
  config: Config;
  preprocess: Preprocess;
} {
  const { metadata } = scope(() => readSafetensors(checkpoint));
  return {
    config: configOf(metadata.config ?? "", checkpoint),
    preprocess: readJson(preprocessSchema, metadata.preprocess ?? "", checkpoint),
  };
}

async function outputOf(
  name: string,
  image: NetworkImage,
  channels: Parameters<typeof writeChannels>[1],
): Promise<Float32Array> {
  const { width, height } = image;
  const pixels = new Float32Array(3 * width * height);
  const layout = { pixelStep: 1, rowStep: width, channelStep: width * height };
  writeChannels(image, channels, pixels, layout);
  const input = new runtime.Tensor("float32", pixels, [3, height, width]);
  const { data } = (await session.run({ image: input }))[name];
  if (data instanceof Float32Array) return data;
  throw new Error(`internal: ${name} is not float32`);
}

/** The index of the highest of a place's values. */
function choiceAt(values: Float32Array, place: number, places: number): number {
  let best = 0;
  for (let i = 1; i < choices.length; i++) {
    if (values[i * places + place] > values[best * places + place]) best = i;
  }
  return best;
}
