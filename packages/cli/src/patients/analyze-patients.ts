/** A detector's analyses of patients. */
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import type { TuningPatient } from "@malleolus/evaluation";
import type { Detector } from "@malleolus/networks";
import type { PatientRadiographs } from "./patient-radiographs.ts";

export interface AnalyzeOptions {
  readonly detector: Detector;
  readonly patients: readonly PatientRadiographs[];
  /** Where the images lie. */
  readonly folder: string;
  readonly onImage: (done: number, total: number) => void;
}

/**
 * What the detector says of every radiograph, in the order given; an image is named by its file.
 *
 * @throws DataError for a radiograph that cannot be read.
 */
export async function analyzePatients(options: AnalyzeOptions): Promise<TuningPatient[]> {
  const { detector, patients, folder, onImage } = options;
  const total = patients.reduce((sum, { images }) => sum + images.length, 0);
  let done = 0;
  const analysed: TuningPatient[] = [];
  for (const { id, class: name, ambiguous, images } of patients) {
    const seen: TuningPatient["images"][number][] = [];
    for (const { fileName, view, width, height, truths } of images) {
      const analysis = detector.analyze(await readRadiograph(join(folder, fileName)));
      seen.push({ id: fileName, view, width, height, truths, ...analysis });
      onImage(++done, total);
    }
    analysed.push({ id, class: name, ambiguous, images: seen });
  }
  return analysed;
}
