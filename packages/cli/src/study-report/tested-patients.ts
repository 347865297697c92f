/** The patients of a study's test, with their radiographs and what the annotators drew there. */
import {
  type AssignedRadiograph,
  assignedImages,
  type Study,
  type TestCase,
} from "@malleolus/studies";
import type { KnownRadiograph, PatientRadiographs } from "../patients/patient-radiographs.ts";

/** In the order of the cases; file names are relative to the study's images. */
export async function testedPatients(
  study: Study,
  test: "internal test" | "external test",
  cases: readonly TestCase[],
): Promise<PatientRadiographs[]> {
  const byCase = Map.groupBy(await assignedImages(study, test), ({ caseId }) => caseId);
  return cases.map(({ caseId, patient, class: name, ambiguous }) => ({
    id: patient,
    class: name,
    ambiguous,
    images: (byCase.get(caseId) ?? []).map(knownRadiograph),
  }));
}

function knownRadiograph(row: AssignedRadiograph): KnownRadiograph {
  const { fileName, view, width, height, annotated, instance, class: name } = row;
  const drawn = instance === null || name === null ? [] : [{ class: name, ...instance }];
  return { fileName, view, width, height, truths: annotated ? drawn : null };
}
