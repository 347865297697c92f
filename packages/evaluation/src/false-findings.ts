/** The radiographs on which something is shown in vain: the cases behind the false positives. */
import type { View } from "@malleolus/schema";
import { fractureFindings, markedImage } from "./matching.ts";
import type { TestPatient } from "./patient.ts";

export interface FalseFindings {
  readonly patient: string;
  readonly image: string;
  readonly view: View | null;
  /** Findings that lie on no fracture; null on a radiograph that nobody has annotated. */
  readonly falsePositives: number | null;
  /** Whether a fracture is shown on a radiograph of a patient without one. */
  readonly falsePositiveRadiograph: boolean;
}

/** One entry a radiograph with either, in the order of patients and images. */
export function falseFindings(
  patients: readonly TestPatient[],
  noFractureClass: string,
  fractureClasses: readonly string[],
  minimumScore: number,
  leastIou: number,
): FalseFindings[] {
  return patients.flatMap((patient) =>
    patient.images.flatMap((image) => {
      const { marks } = markedImage(image, patient.id, fractureClasses, leastIou);
      const wrong = marks.filter(
        ({ is, score }) => is === "false positive" && score >= minimumScore,
      );
      const shown = fractureFindings(image.findings, fractureClasses, minimumScore);
      const falsePositives = image.truths === null ? null : wrong.length;
      const falsePositiveRadiograph = patient.class === noFractureClass && shown.length > 0;
      if (!falsePositiveRadiograph && (falsePositives ?? 0) === 0) return [];
      const { id, view } = image;
      return [{ patient: patient.id, image: id, view, falsePositives, falsePositiveRadiograph }];
    }),
  );
}
