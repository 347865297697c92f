/**
 * A patient's radiographs to findings: in memory, with DICOM objects, as `predict --dicom` does it with files; or in
 * files that somebody looks at, without.
 */
import { readFile } from "node:fs/promises";
import { DataError, decodeRadiograph, type Radiograph } from "@malleolus/data";
import { readFileParts } from "@malleolus/data/dicom";
import { atPrevalence } from "@malleolus/evaluation/decision";
import { type RadiographFault, radiographFault } from "@malleolus/imaging";
import type { RadiographCheck, RadiographLook } from "@malleolus/networks";
import type { Prediction, View } from "@malleolus/schema";
import type { AnalysisNews, OrderToAnalyse, OrderToLook } from "@malleolus/server/analysis-orders";
import manifest from "../../package.json" with { type: "json" };
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { CliError } from "../errors.ts";
import { type ShownImage, shownImage } from "../overlay.ts";
import { LEAST_SCORE } from "../patients/least-score.ts";
import { predictionsOf, type Seen } from "../patients/predict-patient.ts";
import { fileSha256, resultObjects, settingsOf } from "../patients/result-objects.ts";
import type { AnalysisOptions } from "./analysis-options.ts";

/** Such a picture is refused, since it would be called sound. */
const FAULTS: Readonly<Record<RadiographFault | "another part" | "another view", string>> = {
  inverted:
    "expected bones brighter than air, got inverted grey levels, bones that are burnt out, or a cast; send what is inverted or " +
    "burnt out as it was taken; with a cast it is not analysed",
  flat: "expected a picture of some contrast, got hardly any; send it as it was taken",
  white:
    "expected bones in shades of grey, got them burnt out to white; send it with the window that it is read with",
  black:
    "expected soft tissue in shades of grey, got it sunk into black; send it with the window that it is read with",
  "another part":
    "expected an ankle, got what looks like another part of the body; send ankles alone",
  "another view":
    "expected the view that its header says, frontal or lateral, got what looks like the other; correct the header",
};

export interface StudyAnalysis {
  readonly modelSha256: string;
  /** Either what was found, or why these radiographs cannot be analysed. */
  analyse(order: OrderToAnalyse, tell: (news: AnalysisNews) => void): Promise<AnalysisNews>;
  /** The same of files, without objects. */
  look(order: OrderToLook, tell: (news: AnalysisNews) => void): Promise<AnalysisNews>;
}

/** Opens the detector and has it look at something once: the first look takes longer than those after it. */
export async function openStudyAnalysis(options: AnalysisOptions): Promise<StudyAnalysis> {
  const { detector, engine: name, dtype, measurements, threads } = options;
  const { threshold, prevalence, errorRate } = options;
  const engine = await openEngine(name, detector, {
    dtype,
    measurements,
    threads,
    scoreThreshold: Math.min(LEAST_SCORE, threshold ?? LEAST_SCORE),
    isQuiet: true,
    output: { write: () => undefined, writeError: () => undefined },
  });
  const modelSha256 = await fileSha256(detector);
  const check = name === "onnx" ? null : await openCheck(options.anyPart);
  const faultOf = (image: Radiograph) =>
    radiographFault(image) ??
    (check === null ? null : faultSeen(check.look(image), image.view, options.anyPart));
  await warm(engine, check);
  const decision =
    engine.decision === null || prevalence === null
      ? engine.decision
      : atPrevalence(engine.decision, prevalence);
  const given = { decision, detectorFile: detector, patient: null, threshold, errorRate };
  const resultOf = (seen: readonly SeenRadiograph[], predictions: readonly Prediction[]) => ({
    analysedAt: new Date().toISOString(),
    modelSha256,
    modelVersion: manifest.version,
    scoreThreshold: predictions[0].scoreThreshold,
    predictions: predictions.map(({ width, height, findings, classScores }, i) => ({
      width,
      height,
      findings: [...findings],
      classScores,
      view: seen[i].radiograph.view,
    })),
    answer: predictions[0].answer,
  });
  return {
    modelSha256,
    analyse: ({ id, images, predecessor }, tell) =>
      refusing(id, async () => {
        const seen = await lookAt(
          { engine, faultOf },
          images.map(
            ({ bytes }) =>
              (where) =>
                decodeRadiograph(bytes, where),
          ),
          (done, total) => tell({ news: "progress", id, done, total }),
        );
        const predictions = predictionsOf(given, seen);
        const settings = settingsOf(predictions[0], {
          detector: engine,
          isThresholdGiven: threshold !== null,
        });
        const model = {
          name: "Malleolus detector",
          version: manifest.version,
          sha256: modelSha256,
          settings,
        };
        const examined = predictions.map((prediction, i) => ({
          name: seen[i].file.name,
          prediction,
          bytes: () => images[i].bytes,
          shown: () => seen[i].shown,
        }));
        const objects: Extract<AnalysisNews, { news: "analysed" }>["objects"] = [];
        const made = resultObjects(examined, model, engine.classes, predecessor ?? []);
        for await (const { kind, file } of made) {
          objects.push({
            kind,
            sopInstance: readFileParts(file, kind).sopInstance,
            bytes: new Uint8Array(file),
          });
        }
        return { news: "analysed", id, result: resultOf(seen, predictions), objects };
      }),
    look: ({ id, paths }, tell) =>
      refusing(id, async () => {
        const seen = await lookAt(
          { engine, faultOf },
          // Not by its path, which is nobody's business: by its number.
          paths.map((path) => async (where) => decodeRadiograph(await readFile(path), where)),
          (done, total) => tell({ news: "progress", id, done, total }),
        );
        const facts = seen.map(
          ({ radiograph: { side, pixelSpacingMm, spacingSource, notes } }) => ({
            side,
            pixelSpacingMm,
            spacingSource,
            notes: [...notes],
          }),
        );
        return { news: "looked", id, result: resultOf(seen, predictionsOf(given, seen)), facts };
      }),
  };
}

/** A radiograph in eight bits, and what the detector says of it. */
interface SeenRadiograph extends Seen {
  readonly shown: ShownImage;
  readonly radiograph: Pick<
    Radiograph,
    "view" | "side" | "pixelSpacingMm" | "spacingSource" | "notes"
  >;
}

class Refusal extends Error {}

interface Looking {
  readonly engine: Engine;
  /** Why a picture is not looked at; null for one that is. */
  readonly faultOf: (image: Radiograph) => keyof typeof FAULTS | null;
}

/**
 * The network looks at views alike; but what a header says wrongly once it may say wrongly of the patient, too. Of another
 * part, where any is looked at, it cannot tell the view.
 */
export function faultSeen(
  { isAnkle, view: seen }: RadiographLook,
  said: View | null,
  anyPart: boolean,
): keyof typeof FAULTS | null {
  if (!isAnkle) return anyPart ? null : "another part";
  if (seen === null || said === null || said === "oblique") return null;
  return (said === "lateral") === (seen === "lateral") ? null : "another view";
}

/** Reads and looks, one after the other. Throws Refusal for a picture that would be called sound. */
async function lookAt(
  { engine, faultOf }: Looking,
  sources: readonly ((where: string) => Promise<Radiograph>)[],
  onProgress: (done: number, total: number) => void,
): Promise<SeenRadiograph[]> {
  const seen: SeenRadiograph[] = [];
  for (const [i, read] of sources.entries()) {
    const file = { path: `radiograph ${i + 1}`, name: String(i + 1) };
    const image = await read(file.path);
    const fault = faultOf(image);
    if (fault !== null) throw new Refusal(`${file.path}: ${FAULTS[fault]}`);
    const { width, height, pixelSpacingMm, spacingSource, view, side, notes } = image;
    seen.push({
      file,
      image: { width, height, pixelSpacingMm, spacingSource },
      radiograph: { view, side, pixelSpacingMm, spacingSource, notes },
      shown: shownImage(image),
      analysis: await engine.analyze(image),
    });
    onProgress(i + 1, sources.length);
  }
  return seen;
}

/** What cannot be looked at is told; what fails for a reason of ours is not. */
async function refusing(id: string, work: () => Promise<AnalysisNews>): Promise<AnalysisNews> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DataError) && !(error instanceof Refusal)) throw error;
    return { news: "refused", id, reason: error.message };
  }
}

/** By LibTorch alone. Null where its file is gone and any part is looked at. */
async function openCheck(anyPart: boolean): Promise<RadiographCheck | null> {
  const { openRadiographCheck } = await import("@malleolus/networks");
  const check = openRadiographCheck();
  if (check !== null || anyPart) return check;
  throw new CliError(
    "folder",
    "the check of what a radiograph shows: expected its file beside the detector that comes with the " +
      "project, got none; install again, or say --any-part",
  );
}

/** A wedge of grey, no larger than networks look at: any picture will do. */
async function warm(engine: Engine, check: RadiographCheck | null): Promise<void> {
  const [width, height] = [320, 400];
  const pixels = new Float32Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (i % width) / width;
  check?.look({ width, height, pixels });
  await engine.analyze({ width, height, pixels });
}
