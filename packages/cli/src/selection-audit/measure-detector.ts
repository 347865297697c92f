/**
 * What one training of an audit reaches on the patients that all are measured on: of each patient a score for
 * every class, the mean over the views, and how much of its fractures the detector's surest finding covers.
 */
import {
  diceOf,
  imageScores,
  predictPatient,
  type TruthObject,
  type TuningPatient,
} from "@malleolus/evaluation";
import { type Mask, type Polygon, rasterizePolygons } from "@malleolus/geometry";
import type { Detector } from "@malleolus/networks";
import type { SelectionAuditRun } from "@malleolus/schema";
import { analyzePatients } from "../patients/analyze-patients.ts";
import type { PatientRadiographs } from "../patients/patient-radiographs.ts";

export interface Measured {
  readonly detector: Detector;
  readonly patients: readonly PatientRadiographs[];
  /** Where the images lie. */
  readonly folder: string;
  /** The protocol's, all of them. */
  readonly classes: readonly string[];
  readonly noFractureClass: string;
  readonly onImage: (done: number, total: number) => void;
}

/** In the order of the patients. */
export async function measureDetector(given: Measured): Promise<SelectionAuditRun["patients"]> {
  const { classes, noFractureClass, ...asked } = given;
  const analyzed = await analyzePatients(asked);
  const rule = { classes, noFractureClass, rule: "mean", threshold: 0.5 } as const;
  return analyzed.map(({ id, class: name, images }) => ({
    patient: id,
    class: name,
    scores: predictPatient(
      images.map((image) => imageScores(image, classes)),
      rule,
    ).scores,
    fractureDice: meanOf(images.flatMap((image) => diceOn(image, noFractureClass) ?? [])),
  }));
}

/** Null where no fracture is annotated. A radiograph on which nothing is found has 0. */
function diceOn(
  { width, height, truths, findings }: TuningPatient["images"][number],
  noFractureClass: string,
): number | null {
  const fractures = (truths ?? []).filter((one: TruthObject) => one.class !== noFractureClass);
  if (fractures.length === 0) return null;
  const paint = (polygons: readonly Polygon[]): Mask => rasterizePolygons(polygons, width, height);
  const truth = paint(fractures.flatMap(({ polygons }) => polygons));
  // Findings are sorted by score.
  const [surest] = findings;
  return surest === undefined ? 0 : diceOf(truth, paint(surest.polygons));
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
