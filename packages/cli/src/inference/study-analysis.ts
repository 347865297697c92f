/** A study's radiographs in memory to its findings and DICOM objects: what `predict --dicom` does with files. */
import { DataError, decodeRadiograph } from "@malleolus/data";
import { readFileParts } from "@malleolus/data/dicom";
import { atPrevalence } from "@malleolus/evaluation";
import { type RadiographFault, radiographFault } from "@malleolus/imaging";
import type { View } from "@malleolus/schema";
import type { AnalysisNews, AnalysisOrder } from "@malleolus/server";
import manifest from "../../package.json" with { type: "json" };
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { LEAST_SCORE } from "../patients/least-score.ts";
import { predictionsOf, type Seen } from "../patients/predict-patient.ts";
import { fileSha256, resultObjects, settingsOf } from "../patients/result-objects.ts";
import type { AnalysisOptions } from "./analysis-options.ts";

/** Such a picture is refused, since it would be called sound. */
const FAULTS: Readonly<Record<RadiographFault, string>> = {
  inverted: "expected bones brighter than air, got inverted grey levels",
  flat: "expected a picture of some contrast, got hardly any",
};

export interface StudyAnalysis {
  readonly modelSha256: string;
  /** Either what was found, or why these radiographs cannot be analysed. */
  analyse(order: AnalysisOrder, tell: (news: AnalysisNews) => void): Promise<AnalysisNews>;
}

/** Opens the detector and has it look at something once: the first look takes longer than those after it. */
export async function openStudyAnalysis(options: AnalysisOptions): Promise<StudyAnalysis> {
  const { detector, engine: name, dtype, threads, threshold, prevalence, errorRate } = options;
  const engine = await openEngine(name, detector, {
    dtype,
    threads,
    scoreThreshold: Math.min(LEAST_SCORE, threshold ?? LEAST_SCORE),
    isQuiet: true,
    output: { write: () => undefined, writeError: () => undefined },
  });
  const modelSha256 = await fileSha256(detector);
  await warm(engine);
  const decision =
    engine.decision === null || prevalence === null
      ? engine.decision
      : atPrevalence(engine.decision, prevalence);
  return {
    modelSha256,
    async analyse({ id, images, predecessor }, tell) {
      try {
        const seen: (Seen & { readonly view: View | null })[] = [];
        for (const [i, { bytes }] of images.entries()) {
          const file = { path: `radiograph ${i + 1}`, name: String(i + 1) };
          const { view, ...radiograph } = await decodeRadiograph(bytes, file.path);
          const fault = radiographFault(radiograph);
          if (fault !== null) {
            const reason = `${file.path}: ${FAULTS[fault]}; send it as it was taken`;
            return { news: "refused", id, reason };
          }
          const { width, height, pixelSpacingMm, spacingSource } = radiograph;
          seen.push({
            file,
            image: { width, height, pixelSpacingMm, spacingSource },
            analysis: await engine.analyze(radiograph),
            view,
          });
          tell({ news: "progress", id, done: i + 1, total: images.length });
        }
        const given = { decision, detectorFile: detector, patient: null, threshold, errorRate };
        const predictions = predictionsOf(given, seen);
        const [first] = predictions;
        const settings = settingsOf(first, {
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
        return {
          news: "analysed",
          id,
          result: {
            analysedAt: new Date().toISOString(),
            modelSha256,
            modelVersion: manifest.version,
            scoreThreshold: first.scoreThreshold,
            predictions: predictions.map(({ width, height, findings, classScores }, i) => ({
              width,
              height,
              findings,
              classScores,
              view: seen[i].view,
            })),
            answer: first.answer,
          },
          objects,
        };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        return { news: "refused", id, reason: error.message };
      }
    },
  };
}

/** A wedge of grey: any picture will do. */
async function warm(engine: Engine): Promise<void> {
  const [width, height] = [640, 800];
  const pixels = Float32Array.from({ length: width * height }, (_, i) => (i % width) / width);
  await engine.analyze({ width, height, pixels });
}
