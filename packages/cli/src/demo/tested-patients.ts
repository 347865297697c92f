/** The patients of a study's test, with their radiographs and what the annotators drew there. */
import { type Study, type TestCase, trainingSet } from "@malleolus/studies";
import { knownRadiograph, type PatientRadiographs } from "../patients/patient-radiographs.ts";

/** In the order of the cases; file names are relative to the study's images. */
export async function testedPatients(
  study: Study,
  test: "internal test" | "external test",
  cases: readonly TestCase[],
): Promise<PatientRadiographs[]> {
  const { dataset } = await trainingSet(study, test);
  const byCase = Map.groupBy(dataset.images, ({ extra }) => extra.case);
  return cases.map(({ caseId, patient, class: name, ambiguous }) => ({
    id: patient,
    class: name,
    ambiguous,
    images: (byCase.get(caseId) ?? []).map((image) => knownRadiograph(image, dataset)),
  }));
}
