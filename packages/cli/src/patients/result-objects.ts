/**
 * A patient's findings as DICOM objects, as an archive keeps them: what `predict --dicom` writes and the inference
 * service sends. Of each radiograph a segmentation, a presentation state and a picture, and of each study a report.
 */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import {
  type Analysis,
  decodeRadiograph,
  type ExaminedRadiograph,
  imageFormat,
  measurementReportFile,
  presentationStateFile,
  type ResultModel,
  type ResultSource,
  readResultSource,
  secondaryCaptureFile,
  segmentationFile,
} from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import type { Prediction } from "@malleolus/schema";
import manifest from "../../package.json" with { type: "json" };
import type { Engine } from "../engine/engine.ts";
import { renderOverlayPixels, type ShownImage, shownImage } from "../overlay.ts";
import type { PredictedFile } from "./findings-coco.ts";
import { OBJECT_ENDINGS } from "./object-endings.ts";
import { lineOf, shownSentenceOf } from "./predict-patient.ts";

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
export function settingsOf(
  { scoreThreshold, answer }: Prediction,
  { detector, isThresholdGiven }: Pick<ObjectWriting, "detector" | "isThresholdGiven">,
): string[] {
  const isDecided = answer !== null && !isThresholdGiven;
  return [
    `score threshold ${scoreThreshold}${isDecided ? ", by the decided class" : ""}`,
    ...(answer?.prevalence === undefined ? [] : [`prevalence ${answer.prevalence}`]),
    ...(answer?.notExcluded === undefined ? [] : [`error rate ${answer.notExcluded.errorRate}`]),
    `precision ${detector.precision}`,
    ...(detector.engine === "onnx" ? ["engine ONNX Runtime"] : []),
  ];
}

export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * Writes a patient's objects into a folder, each file whole. The report of a study is named for its first
 * radiograph.
 *
 * @throws DataError `damaged` for a radiograph that objects cannot name; nothing is written then.
 */
async function writeResultObjects(
  patient: readonly PredictedFile[],
  model: ResultModel,
  classes: readonly string[],
  folder: string,
): Promise<void> {
  const examined = patient.map((one) => {
    const bytes = () => readFileSync(one.prediction.file);
    return {
      ...one,
      bytes,
      shown: async () => shownImage(await decodeRadiograph(bytes(), one.prediction.file)),
    };
  });
  for await (const { name, kind, file } of resultObjects(examined, model, classes)) {
    writeFileWhole(join(folder, `${name}${OBJECT_ENDINGS[kind]}`), file);
  }
}

/** A radiograph with what was found on it. */
export interface ExaminedFile extends PredictedFile {
  readonly bytes: () => Uint8Array;
  /** For the picture of it. */
  readonly shown: () => ShownImage | Promise<ShownImage>;
}

export interface NamedObject {
  /** Of the radiograph; of a report, that of its study's first. */
  readonly name: string;
  readonly kind: keyof typeof OBJECT_ENDINGS;
  readonly file: Uint8Array;
}

/**
 * A patient's objects, one after another. What is no DICOM file has none, since there is no study that they could be
 * of. `earlier` names radiographs of an earlier analysis, whose report this one stands in for.
 *
 * @throws DataError `damaged` for a radiograph that objects cannot name, before the first of them.
 */
export async function* resultObjects(
  patient: readonly ExaminedFile[],
  model: ResultModel,
  classes: readonly string[],
  earlier: readonly string[] = [],
): AsyncGenerator<NamedObject> {
  const known = patient.flatMap(({ name, prediction, bytes, shown }) => {
    const source = sourceOf(bytes(), prediction.file);
    return source === null ? [] : [{ name, prediction, source, shown }];
  });
  const analysis: Analysis = { model, sources: known.map(({ source }) => source) };
  const draw = async ({ prediction, shown }: (typeof known)[number]) =>
    renderOverlayPixels(
      await shown(),
      prediction.findings,
      classes,
      shownSentenceOf(prediction),
      lineOf(prediction),
    );
  // Pictures are drawn by other threads: the next one begins while this one's objects are made here.
  const drawings = new Map<number, ReturnType<typeof draw>>();
  const begin = (i: number) => {
    const drawing = drawings.get(i) ?? draw(known[i]);
    // It is waited for in its turn.
    drawing.catch(() => undefined);
    drawings.set(i, drawing);
    return drawing;
  };
  for (const [i, { name, prediction, source }] of known.entries()) {
    const { findings } = prediction;
    const sentence = shownSentenceOf(prediction);
    const drawing = begin(i);
    if (i + 1 < known.length) begin(i + 1);
    drawings.delete(i);
    const segmentation = segmentationFile(analysis, source, findings);
    if (segmentation !== null) yield { name, kind: "segmentation", file: segmentation };
    const presentation = presentationStateFile(analysis, source, findings, sentence);
    if (presentation !== null) yield { name, kind: "presentation", file: presentation };
    yield { name, kind: "picture", file: secondaryCaptureFile(analysis, source, await drawing) };
  }
  for (const ofStudy of Map.groupBy(known, ({ source }) => source.study).values()) {
    const [first] = ofStudy;
    const examined = ofStudy.map(
      ({ source, prediction }): ExaminedRadiograph => ({ source, findings: prediction.findings }),
    );
    const { answer } = first.prediction;
    const before = ofStudy
      .map(({ source }) => source)
      .filter(({ sopInstance }) => earlier.includes(sopInstance));
    const file = measurementReportFile(analysis, {
      examined,
      answer,
      ...(before.length === 0 ? {} : { predecessor: { model, sources: before } }),
    });
    yield { name: first.name, kind: "report", file };
  }
}

/** Null for a JPEG or PNG file. */
function sourceOf(bytes: Uint8Array, where: string): ResultSource | null {
  return imageFormat(bytes) === undefined ? readResultSource(bytes, where) : null;
}
