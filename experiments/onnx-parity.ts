/**
 * How far ONNX Runtime finds what LibTorch finds, on many simulated radiographs: with the detector of the
 * project, another one, or a ResNet-50-FPN whose weights are drawn (`drawn`), in float32 and with the file's
 * weights in float16. Started by hand:
 *
 *     node experiments/onnx-parity.ts OUT.jsonl [RADIOGRAPHS [CHECKPOINT|drawn]]
 *
 * The aims for float32: boxes with an IoU above 0.99, scores within 1e-3, masks equal in 99.9 % of the boxes'
 * pixels. Each radiograph is a line of the file as
 * soon as it was compared: where the experiment was cut, the same command goes on behind the last line.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NetworkImage, prepareImage } from "@malleolus/imaging";
import { examineWithFlip, maskRcnn, shippedDetector } from "@malleolus/networks";
import {
  exportNetwork,
  type OnnxDetector,
  openOnnxDetector,
  readDetectorModel,
} from "@malleolus/onnx";
import { nn, readSafetensors, scope } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import { z } from "zod";
import { agreementOf, maskAgreement, PERFECT, together } from "../bench/detection-agreement.ts";
import { writeDrawnDetector } from "../bench/drawn-detector.ts";
import { placeShape, readDoneLines, remainingRadiographs } from "./parity-radiographs.ts";

const WEIGHT_TYPES = ["float32", "float16"] as const;

const agreementSchema = z.object({
  pairs: z.number(),
  alone: z.number(),
  leastIou: z.number(),
  mostScoreDifference: z.number(),
  maskPixels: z.number(),
  differentPixels: z.number(),
});
const FORMAT = "malleolus-onnx-parity-2";
const lineSchema = z.object({
  ...placeShape,
  /** At the network's size. */
  width: z.number(),
  height: z.number(),
  detections: z.number(),
  agreement: z.object({ float32: agreementSchema, float16: agreementSchema }),
});
type Line = z.infer<typeof lineSchema>;

const [out, countText = "200", given] = process.argv.slice(2);
const count = Number(countText);
const shipped = shippedDetector();
if (out === undefined || !Number.isInteger(count) || count < 1 || (given ?? shipped) === null) {
  console.error(
    "usage: node experiments/onnx-parity.ts OUT.jsonl [RADIOGRAPHS [CHECKPOINT|drawn]]",
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "malleolus-onnx-parity-"));
try {
  const checkpoint =
    given === "drawn" ? join(folder, "drawn.safetensors") : (given ?? shipped ?? "");
  if (given === "drawn") writeDrawnDetector(checkpoint);
  const done = readDoneLines(out, FORMAT, readFileSync(checkpoint), lineSchema);
  await compareAll(out, checkpoint, done);
  console.log(JSON.stringify(summaryOf(done), null, 2));
} finally {
  rmSync(folder, { recursive: true });
}

/** Appends to the file and to `done`, until there are as many as were asked for. */
async function compareAll(path: string, checkpoint: string, done: Line[]): Promise<void> {
  const file = readFileSync(checkpoint);
  const models = new Map<(typeof WEIGHT_TYPES)[number], OnnxDetector>();
  for (const weightType of WEIGHT_TYPES) {
    const model = exportNetwork(file, checkpoint, { weightType });
    models.set(weightType, await openOnnxDetector(model, checkpoint, runtime));
  }
  const { config, preprocess } = readDetectorModel(
    exportNetwork(file, checkpoint, { weightType: "float32" }),
    checkpoint,
  );
  const network = maskRcnn(config);
  scope(() => nn.loadStateDict(network, readSafetensors(checkpoint).tensors));
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  const options = { divisibility, pixelMean, channels };

  const agreementWith = async (
    type: (typeof WEIGHT_TYPES)[number],
    image: NetworkImage,
    expected: Parameters<typeof agreementOf>[1],
  ) => {
    const model = models.get(type);
    if (model === undefined) throw new Error(`internal: no model in ${type}`);
    return agreementOf((await model.examinePrepared(image)).detections, expected, image);
  };
  for (const { place, radiograph } of remainingRadiographs(count, done)) {
    const { image } = prepareImage(radiograph, preprocess);
    const { detections } = scope(() => examineWithFlip(network, image, false, options));
    const agreement = {
      float32: await agreementWith("float32", image, detections),
      float16: await agreementWith("float16", image, detections),
    };
    const { width, height } = image;
    const line = { ...place, width, height, detections: detections.length, agreement };
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    done.push(line);
    if (done.length % 10 === 0) console.error(`${done.length} of ${count}`);
  }
}

function summaryOf(lines: readonly Line[]) {
  const counts = lines.map(({ detections }) => detections);
  const sizes = new Set(lines.map(({ width, height }) => `${width}x${height}`));
  return {
    radiographs: lines.length,
    sizes: sizes.size,
    withoutDetection: counts.filter((one) => one === 0).length,
    withOne: counts.filter((one) => one === 1).length,
    mostDetections: Math.max(...counts),
    detections: counts.reduce((sum, one) => sum + one, 0),
    agreement: Object.fromEntries(
      WEIGHT_TYPES.map((type) => {
        const agreement = lines.map((line) => line.agreement[type]).reduce(together, PERFECT);
        return [type, { ...agreement, maskAgreement: maskAgreement(agreement) }];
      }),
    ),
  };
}
