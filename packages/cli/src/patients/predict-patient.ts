/** One coherent prediction for all radiographs of a patient. */
import { join } from "node:path";
import { type Radiograph, readRadiograph } from "@malleolus/data";
import {
  conformalSet,
  decidePatient,
  prevalenceOf,
  shownFindings,
} from "@malleolus/evaluation/decision";
import { writeFileWhole } from "@malleolus/host";
import type { FindingLine } from "@malleolus/imaging";
import type {
  PatientAnswer,
  PatientDecision,
  Prediction,
  RadiographAnalysis,
} from "@malleolus/schema";
import type { Engine } from "../engine/engine.ts";
import { renderOverlay } from "../overlay.ts";
import { markOverlay } from "../own-output.ts";
import type { RadiographFile } from "../radiograph-files.ts";

export interface PatientToPredict {
  readonly detector: Engine;
  /** The detector's, or as it is at another prevalence. */
  readonly decision: PatientDecision | null;
  readonly detectorFile: string;
  readonly patient: string | null;
  readonly files: readonly RadiographFile[];
  /** Shows findings from this score on, whatever is held of the patient; null as the decision has it. */
  readonly threshold: number | null;
  /** Of the set of classes that cannot be excluded; null for no such set. */
  readonly errorRate: number | null;
  /** Where NAME.json and NAME.png go; null nowhere. */
  readonly out: string | null;
  readonly overlay: boolean;
  readonly onRead: (file: RadiographFile, radiograph: Radiograph) => void;
  /** For a file that cannot be read; the others go on without it. */
  readonly onFailure: (error: unknown) => void;
}

/** The score from which a detector without a decision shows its findings. */
export const PLAIN_THRESHOLD = 0.5;

/** One a file that could be read. */
export async function predictPatient(given: PatientToPredict): Promise<Prediction[]> {
  const seen: Seen[] = [];
  for (const file of given.files) {
    try {
      seen.push(await analyze(file, await readRadiograph(file.path), given));
    } catch (error) {
      given.onFailure(error);
    }
  }
  const predictions = predictionsOf(given, seen);
  for (const [i, prediction] of predictions.entries()) await write(prediction, seen[i].file, given);
  return predictions;
}

/** One prediction a radiograph, all of them agreeing with the patient's class. Nothing is written. */
export function predictionsOf(
  {
    decision,
    detectorFile,
    patient,
    threshold,
    errorRate,
  }: Pick<PatientToPredict, "decision" | "detectorFile" | "patient" | "threshold" | "errorRate">,
  seen: readonly Seen[],
): Prediction[] {
  if (seen.length === 0) return [];
  const analyses = seen.map(({ analysis }) => analysis);
  const answer = decision === null ? null : decidePatient(decision, analyses);
  const scoreThreshold = threshold ?? decision?.findingThreshold ?? PLAIN_THRESHOLD;
  const findings = analyses.map((analysis) => analysis.findings);
  const shown =
    threshold === null && decision !== null && answer !== null
      ? shownFindings(decision, answer, findings)
      : findings.map((own) => own.filter(({ score }) => score >= scoreThreshold));
  return seen.map(({ file, image, analysis }, i): Prediction => {
    const { width, height, pixelSpacingMm, spacingSource } = image;
    return {
      format: "malleolus-prediction-1",
      file: file.path,
      detector: detectorFile,
      scoreThreshold,
      width,
      height,
      pixelSpacingMm,
      spacingSource,
      findings: shown[i],
      classScores: analysis.classScores,
      imageProbabilities: analysis.imageProbabilities,
      patient,
      answer:
        answer === null || decision === null
          ? null
          : {
              ...answer,
              radiographs: seen.length,
              prevalence: prevalenceOf(decision),
              ...notExcluded(decision, answer, errorRate),
            },
    };
  });
}

function notExcluded(
  decision: PatientDecision,
  answer: PatientAnswer,
  errorRate: number | null,
): Pick<NonNullable<Prediction["answer"]>, "notExcluded"> {
  const classes = errorRate === null ? null : conformalSet(decision, answer, errorRate);
  return errorRate === null || classes === null ? {} : { notExcluded: { errorRate, classes } };
}

/** A radiograph, and what the detector says of it alone. */
export interface Seen {
  readonly file: RadiographFile;
  /** Without its pixels: a patient may have many. */
  readonly image: Pick<Radiograph, "width" | "height" | "pixelSpacingMm" | "spacingSource">;
  readonly analysis: RadiographAnalysis;
}

async function analyze(
  file: RadiographFile,
  radiograph: Radiograph,
  { detector, onRead }: PatientToPredict,
): Promise<Seen> {
  onRead(file, radiograph);
  const { width, height, pixelSpacingMm, spacingSource } = radiograph;
  const image = { width, height, pixelSpacingMm, spacingSource };
  return { file, image, analysis: await detector.analyze(radiograph) };
}

/** Drawn before anything is written: a file has both or neither. */
async function write(
  prediction: Prediction,
  file: RadiographFile,
  { detector, out, overlay }: PatientToPredict,
): Promise<void> {
  if (out === null) return;
  const png = overlay
    ? markOverlay(
        await renderOverlay(
          await readRadiograph(file.path),
          prediction.findings,
          detector.classes,
          [],
          shownSentenceOf(prediction),
          lineOf(prediction),
        ),
      )
    : null;
  const target = join(out, file.name);
  writeFileWhole(`${target}.json`, `${JSON.stringify(prediction, null, 2)}\n`);
  if (png !== null) writeFileWhole(`${target}.png`, png);
}

/**
 * Dotted where it is in doubt what a patient has: where so many errors as were asked for leave another class than the
 * one that is shown, several, or none. Tuning patients decide it, by `conformalSet`.
 */
export function lineOf({ answer }: Pick<Prediction, "answer">): FindingLine {
  return answer === null || isSure(answer) ? "solid" : "dotted";
}

/** Each class is excluded or not for itself, so that the one class that is left need not be the decided one. */
function isSure({ class: own, notExcluded }: NonNullable<Prediction["answer"]>): boolean {
  return (
    notExcluded === undefined ||
    (notExcluded.classes.length === 1 && notExcluded.classes[0] === own)
  );
}

/** `weber_b 0.71 (a fracture 0.88; 3 radiographs)`; null without an answer. */
export function sentenceOf({ answer }: Pick<Prediction, "answer">): string | null {
  if (answer === null) return null;
  const { class: name, probabilities, fractureProbability, radiographs } = answer;
  const count = radiographs === 1 ? "1 radiograph" : `${radiographs} radiographs`;
  return (
    `${name} ${probabilities[name].toFixed(2)} (a fracture ${fractureProbability.toFixed(2)}; ` +
    `${count})`
  );
}

/** The same for a picture, with what else it may be. */
export function shownSentenceOf(prediction: Pick<Prediction, "answer">): string | null {
  const sentence = sentenceOf(prediction);
  const { answer } = prediction;
  if (sentence === null || answer === null || isSure(answer)) return sentence;
  const classes = answer.notExcluded?.classes ?? [];
  const what = classes.length === 0 ? "unlike all tuning patients" : classes.join(" or ");
  return `${sentence}; in doubt: ${what}`;
}
