/** Fits a classifier's temperature on radiographs that it has not seen, and writes it into its file. */
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { fitTemperature, NO_FRACTURE } from "@malleolus/evaluation";
import { openClassifier, writeCalibration } from "@malleolus/networks";
import type { ClassifierCalibration } from "@malleolus/schema";
import { CliError } from "../errors.ts";
import type { PatientRadiographs } from "./patient-radiographs.ts";

export interface ClassifierToCalibrate {
  /** The classifier's file. */
  readonly path: string;
  readonly patients: readonly PatientRadiographs[];
  /** Where their images lie. */
  readonly folder: string;
  readonly onImage: (done: number, total: number) => void;
}

/**
 * A radiograph is of its patient's class. Left out are those of a fracture that nobody has outlined: it
 * may not be seen there.
 *
 * @throws CliError `patients` where none is left, and for a class that the classifier does not know.
 * @throws DataError, ModelError and TorchError for a radiograph or a file that cannot be used.
 */
export async function calibrateClassifier(
  given: ClassifierToCalibrate,
): Promise<ClassifierCalibration> {
  const { path, patients, folder, onImage } = given;
  const classifier = openClassifier(path);
  try {
    const known = patients.flatMap(({ class: name, images }) =>
      images
        .filter(({ truths }) => name === NO_FRACTURE || (truths?.length ?? 0) > 0)
        .map(({ fileName }) => ({ fileName, class: indexOf(name, classifier.classes, path) })),
    );
    if (known.length === 0) {
      throw new CliError(
        "patients",
        `${path}: expected radiographs whose class is known, got none; give tuning patients with outlines`,
      );
    }
    const logits: Float32Array[] = [];
    for (const [i, { fileName }] of known.entries()) {
      logits.push(classifier.logits(await readRadiograph(join(folder, fileName))));
      onImage(i + 1, known.length);
    }
    const { temperature, logLossBefore, logLoss } = fitTemperature(
      logits,
      known.map((one) => one.class),
    );
    const calibration = {
      temperature,
      fittedOn: { radiographs: known.length, logLossBefore, logLoss },
    };
    writeCalibration(path, calibration);
    return calibration;
  } finally {
    classifier.close();
  }
}

function indexOf(name: string, classes: readonly string[], path: string): number {
  const index = classes.indexOf(name);
  if (index >= 0) return index;
  throw new CliError(
    "patients",
    `${path}: expected patients of the classifier's classes (${classes.join(", ")}), got one of ${name}; ` +
      "leave the patient out, or train a classifier of all classes",
  );
}
