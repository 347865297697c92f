/** Fits a detector's decision between classes, and writes it into the detector's file. */

import { atPrevalence, fitDecision, type TuningPatient } from "@malleolus/evaluation";
import { openDetector, type Precision, writeDecision } from "@malleolus/networks";
import type { PatientDecision } from "@malleolus/schema";
import { CliError } from "../errors.ts";
import { analyzePatients } from "./analyze-patients.ts";
import { LEAST_SCORE } from "./least-score.ts";
import type { PatientRadiographs } from "./patient-radiographs.ts";

export interface Calibration {
  /** A `model.safetensors`. */
  readonly path: string;
  readonly precision: Precision;
  /** Whom nothing of the detector was learned from. */
  readonly patients: readonly PatientRadiographs[];
  /** Where their images lie. */
  readonly folder: string;
  /** The share of fractures where the detector will be used; null as among these patients. */
  readonly prevalence: number | null;
  readonly onImage: (done: number, total: number) => void;
}

export interface Calibrated {
  readonly decision: PatientDecision;
  readonly patients: readonly TuningPatient[];
}

/**
 * @throws CliError `patients` for a detector that knows no class of no fracture, EvaluationError
 *   `input` for too few patients of a class; the detector's file is then as it was.
 */
export async function calibrateDetector(given: Calibration): Promise<Calibrated> {
  const { path, precision, patients, folder, prevalence, onImage } = given;
  const detector = openDetector(path, { precision, scoreThreshold: LEAST_SCORE });
  try {
    const { soundClass } = detector;
    if (soundClass === null) {
      throw new CliError(
        "patients",
        `${path}: expected a detector that has learned what no fracture looks like, got one of ` +
          `${detector.classes.join(", ")}; annotate sound bones as no_fracture, and train with them`,
      );
    }
    const analysed = await analyzePatients({ detector, patients, folder, onImage });
    const fitted = fitDecision(analysed, {
      classes: detector.classes,
      noFractureClass: soundClass,
    });
    const decision = prevalence === null ? fitted : atPrevalence(fitted, prevalence);
    writeDecision(path, decision);
    return { decision, patients: analysed };
  } finally {
    detector.close();
  }
}
