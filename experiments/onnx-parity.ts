/**
 * How far ONNX Runtime finds what LibTorch finds, on many simulated radiographs: with the detector of the
 * project, or another one, in float32 and with the file's weights in float16. Started by hand:
 *
 *     node experiments/onnx-parity.ts OUT.json [RADIOGRAPHS [CHECKPOINT]]
 *
 * The aims for float32: boxes with an IoU above 0.99, scores within 1e-3, masks equal in 99.9 % of the boxes'
 * pixels. Radiographs are of all classes and of both hospitals, at odd sizes; two in ten of them are cut to a
 * strip without an ankle, where there is little or nothing to find.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type Detection, type NetworkImage, prepareImage } from "@malleolus/imaging";
import { examineWithFlip, maskRcnn, shippedDetector } from "@malleolus/networks";
import {
  exportNetwork,
  type OnnxDetector,
  openOnnxDetector,
  readDetectorModel,
} from "@malleolus/onnx";
import {
  externalHospital,
  internalHospital,
  type PatientSpec,
  simulateStudy,
  withPitch,
} from "@malleolus/phantom";
import { nn, readSafetensors, scope } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import {
  type Agreement,
  agreementOf,
  maskAgreement,
  PERFECT,
  together,
} from "../bench/detection-agreement.ts";

const [out, countText = "200", checkpoint = shippedDetector() ?? ""] = process.argv.slice(2);
const count = Number(countText);
if (out === undefined || !Number.isInteger(count) || count < 1 || checkpoint === "") {
  console.error("usage: node experiments/onnx-parity.ts OUT.json [RADIOGRAPHS [CHECKPOINT]]");
  process.exit(2);
}

const WEIGHT_TYPES = ["float32", "float16"] as const;
const CLASSES: readonly PatientSpec["weberClass"][] = ["A", "B", "C", null];
/** Millimetres a pixel: coarse, since the detector works at a few hundred pixels anyway. */
const PITCHES = [0.4, 0.37, 0.52] as const;

const file = readFileSync(checkpoint);
const models = new Map<string, OnnxDetector>();
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

const agreements = new Map<string, Agreement>(WEIGHT_TYPES.map((type) => [type, PERFECT]));
const found: number[] = [];
for await (const image of networkImages()) {
  const options = { divisibility, pixelMean, channels };
  const { detections } = scope(() => examineWithFlip(network, image, false, options));
  found.push(detections.length);
  for (const [type, model] of models) await compare(type, model, image, detections);
  if (found.length % 10 === 0) {
    console.error(`${found.length} of ${count}`);
    // What was compared is kept when it is cut.
    writeResult();
  }
}
console.log(JSON.stringify(writeResult(), null, 2));

function writeResult() {
  const result = {
    format: "malleolus-onnx-parity-1",
    checkpoint: checkpoint === shippedDetector() ? "the project's own" : checkpoint,
    radiographs: found.length,
    withoutDetection: found.filter((one) => one === 0).length,
    withOne: found.filter((one) => one === 1).length,
    mostDetections: Math.max(...found),
    detections: found.reduce((sum, one) => sum + one, 0),
    agreement: Object.fromEntries(
      [...agreements].map(([type, agreement]) => [
        type,
        { ...agreement, maskAgreement: maskAgreement(agreement) },
      ]),
    ),
  };
  writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

async function compare(
  type: string,
  model: OnnxDetector,
  image: NetworkImage,
  expected: readonly Detection[],
): Promise<void> {
  const { detections } = await model.examinePrepared(image);
  const own = agreementOf(detections, expected, image);
  agreements.set(type, together(agreements.get(type) ?? PERFECT, own));
}

/** At the network's size, as many as were asked for. */
async function* networkImages(): AsyncGenerator<NetworkImage> {
  let made = 0;
  for (let number = 1; made < count; number++) {
    const hospital = number % 2 === 0 ? externalHospital : internalHospital;
    const spec = { weberClass: CLASSES[number % CLASSES.length], exclusion: null };
    const unit = withPitch(hospital.xrayUnit, PITCHES[number % PITCHES.length]);
    for (const { radiograph } of simulateStudy(hospital, "onnx-parity", number, spec, unit)
      .images) {
      if (made === count) return;
      made++;
      const { width, height, pixels } = radiograph;
      // A strip of the top: leg, or air beside it.
      const shown = made % 5 === 0 ? Math.floor(height / 5) : height;
      const part = { width, height: shown, pixels: pixels.slice(0, width * shown) };
      yield prepareImage(part, preprocess).image;
    }
  }
}
