/**
 * The decision of the demonstration's network between classes, fitted on its study's tuning patients.
 */
import { findDetector } from "@malleolus/runs";
import { cocoExport, type Study } from "@malleolus/studies";
import { chooseDtype } from "../dtype/choose-dtype.ts";
import { calibrateDetector } from "../patients/calibrate-detector.ts";
import { patientsOf } from "../patients/patient-radiographs.ts";
import type { DemoProgress } from "./demo-progress.ts";

export async function calibrateDemo(
  study: Study,
  runDirectory: string,
  progress: DemoProgress,
): Promise<void> {
  const { dataset } = await cocoExport(study, "tuning");
  const { dtype } = await chooseDtype("detection");
  await calibrateDetector({
    path: findDetector(runDirectory).path,
    precision: dtype,
    patients: patientsOf(dataset, "the tuning patients"),
    folder: study.images,
    prevalence: null,
    onImage: (done, total) => progress.count(done, total, "radiographs of tuning patients"),
  });
}
