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
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
import { patientRadiographs, shownPart } from "./parity-radiographs.ts";

const WEIGHT_TYPES = ["float32", "float16"] as const;

const agreementSchema = z.object({
  pairs: z.number(),
  alone: z.number(),
  leastIou: z.number(),
  mostScoreDifference: z.number(),
  maskPixels: z.number(),
  differentPixels: z.number(),
});
const headSchema = z.object({
  format: z.literal("malleolus-onnx-parity-2"),
  /** Of the checkpoint. */
  sha256: z.string(),
});
const lineSchema = z.object({
  patient: z.number(),
  /** Of how many of this patient. */
  image: z.number(),
  images: z.number(),
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
  const done = readDone(out, createHash("sha256").update(readFileSync(checkpoint)).digest("hex"));
  await compareAll(out, checkpoint, done);
  console.log(JSON.stringify(summaryOf(done), null, 2));
} finally {
  rmSync(folder, { recursive: true });
}

/** The lines of an earlier start with the same checkpoint; a last one that was cut is dropped. */
function readDone(path: string, sha256: string): Line[] {
  const head = { format: "malleolus-onnx-parity-2", sha256 } as const;
  const texts = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  if (texts.length < 2) {
    writeFileSync(path, `${JSON.stringify(head)}\n`);
    return [];
  }
  const found = headSchema.parse(JSON.parse(texts[0]));
  if (found.sha256 !== sha256) {
    throw new Error(
      `${path}: expected results of the checkpoint ${sha256}, got those of ${found.sha256}; name another file`,
    );
  }
  const whole = texts.slice(0, -1);
  writeFileSync(path, `${whole.join("\n")}\n`);
  return whole.slice(1).map((text) => lineSchema.parse(JSON.parse(text)));
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
  for (const { picture: image, ...place } of radiographs(done, preprocess)) {
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

/** At the network's size, behind those that are done. */
function* radiographs(done: readonly Line[], preprocess: Parameters<typeof prepareImage>[1]) {
  let made = 0;
  for (let patient = 1; made < count; patient++) {
    const own = done.filter((line) => line.patient === patient);
    if (own.length > 0 && own.length === own[0].images) {
      made += own.length;
      continue;
    }
    const whole = patientRadiographs(patient);
    for (const [image, radiograph] of whole.entries()) {
      if (made === count) return;
      made++;
      if (own.some((line) => line.image === image)) continue;
      const { image: picture } = prepareImage(shownPart(radiograph, made), preprocess);
      yield { patient, image, images: whole.length, picture };
    }
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
