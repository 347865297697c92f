/**
 * A patient's findings as DICOM objects, as an archive keeps them: what `predict --dicom` writes. Of each
 * radiograph a segmentation, a presentation state and a picture, and of each study a report.
 */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import {
  type Analysis,
  type ExaminedRadiograph,
  imageFormat,
  measurementReportFile,
  presentationStateFile,
  type ResultModel,
  type ResultPicture,
  type ResultSource,
  readRadiograph,
  readResultSource,
  secondaryCaptureFile,
  segmentationFile,
} from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import type { Prediction } from "@malleolus/schema";
import sharp from "sharp";
import manifest from "../../package.json" with { type: "json" };
import type { Engine } from "../engine/engine.ts";
import { renderOverlay } from "../overlay.ts";
import type { PredictedFile } from "./findings-coco.ts";
import { OBJECT_ENDINGS } from "./object-endings.ts";
import { sentenceOf } from "./predict-patient.ts";

export interface ObjectWriting {
  readonly folder: string;
  readonly detectorFile: string;
  readonly detector: Pick<Engine, "classes" | "engine" | "precision">;
  /** Whether all findings from a score on are shown, whatever is held of the patient. */
  readonly isThresholdGiven: boolean;
}

/**
 * Of one patient after another. Reads the detector's file once: its hash is in every object.
 *
 * @throws a system error where that file cannot be read.
 */
export async function objectWriter(given: ObjectWriting) {
  const sha256 = await fileSha256(given.detectorFile);
  return async (patient: readonly PredictedFile[]): Promise<void> => {
    const [first] = patient;
    if (first === undefined) return;
    const settings = settingsOf(first.prediction, given);
    const model = { name: "Malleolus detector", version: manifest.version, sha256, settings };
    await writeResultObjects(patient, model, given.detector.classes, given.folder);
  };
}

/** All that a patient's findings depend on but the detector and the radiographs. */
function settingsOf(
  { scoreThreshold, answer }: Prediction,
  { detector, isThresholdGiven }: ObjectWriting,
): string[] {
  const isDecided = answer !== null && !isThresholdGiven;
  return [
    `score threshold ${scoreThreshold}${isDecided ? ", by the decided class" : ""}`,
    ...(answer?.prevalence === undefined ? [] : [`prevalence ${answer.prevalence}`]),
    `precision ${detector.precision}`,
    ...(detector.engine === "onnx" ? ["engine ONNX Runtime"] : []),
  ];
}

async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * Writes a patient's objects into a folder, each file whole. What is no DICOM file has none, since there is no study
 * that they could be of. The report of a study is named for its first radiograph.
 *
 * @throws DataError `damaged` for a radiograph that objects cannot name; nothing is written then.
 */
async function writeResultObjects(
  patient: readonly PredictedFile[],
  model: ResultModel,
  classes: readonly string[],
  folder: string,
): Promise<void> {
  const known = patient.flatMap(({ name, prediction }) => {
    const source = sourceOf(prediction.file);
    return source === null ? [] : [{ name, prediction, source }];
  });
  const analysis: Analysis = { model, sources: known.map(({ source }) => source) };
  const write = (name: string, kind: keyof typeof OBJECT_ENDINGS, file: Uint8Array) =>
    writeFileWhole(join(folder, `${name}${OBJECT_ENDINGS[kind]}`), file);
  for (const { name, prediction, source } of known) {
    const { findings } = prediction;
    const sentence = sentenceOf(prediction);
    const picture = await renderPicture(prediction, classes, sentence);
    const segmentation = segmentationFile(analysis, source, findings);
    if (segmentation !== null) write(name, "segmentation", segmentation);
    const presentation = presentationStateFile(analysis, source, findings, sentence);
    if (presentation !== null) write(name, "presentation", presentation);
    write(name, "picture", secondaryCaptureFile(analysis, source, picture));
  }
  for (const ofStudy of Map.groupBy(known, ({ source }) => source.study).values()) {
    const [first] = ofStudy;
    const examined = ofStudy.map(
      ({ source, prediction }): ExaminedRadiograph => ({ source, findings: prediction.findings }),
    );
    const { answer } = first.prediction;
    write(first.name, "report", measurementReportFile(analysis, { examined, answer }));
  }
}

/** Null for a JPEG or PNG file. */
function sourceOf(path: string): ResultSource | null {
  const bytes = readFileSync(path);
  return imageFormat(bytes) === undefined ? readResultSource(bytes, path) : null;
}

/** The overlay, whose words are burned in. */
async function renderPicture(
  { file, findings }: Prediction,
  classes: readonly string[],
  sentence: string | null,
): Promise<ResultPicture> {
  const image = await readRadiograph(file);
  const png = await renderOverlay(image, findings, classes, [], sentence);
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}
