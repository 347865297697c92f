/** What a detector finds on the patients of a test, beside what the study holds to be true of them. */
import { join } from "node:path";
import { type CocoAnnotation, readRadiograph } from "@malleolus/data";
import type { Detector } from "@malleolus/detection";
import type { TestImage, TestPatient } from "@malleolus/evaluation";
import { viewSchema } from "@malleolus/schema";
import { type Study, type TestCase, trainingSet } from "@malleolus/studies";

export interface TestedPatients {
  readonly study: Study;
  readonly detector: Detector;
  readonly test: "internal test" | "external test";
  readonly cases: readonly TestCase[];
  readonly onImage: (done: number, total: number) => void;
}

/** The patients in the order of the cases; each image is named by its file in the study. */
export async function findOnPatients(given: TestedPatients): Promise<TestPatient[]> {
  const { study, detector, cases } = given;
  const { dataset } = await trainingSet(study, given.test);
  const names = new Map(dataset.categories.map(({ id, name }) => [id, name]));
  const byCase = Map.groupBy(dataset.images, ({ extra }) => extra.case);
  const total = cases.reduce((sum, { caseId }) => sum + (byCase.get(caseId)?.length ?? 0), 0);
  let done = 0;
  const patients: TestPatient[] = [];
  for (const one of cases) {
    const images: TestImage[] = [];
    for (const { id, fileName, width, height, extra } of byCase.get(one.caseId) ?? []) {
      const radiograph = await readRadiograph(join(study.images, fileName));
      const truths = dataset.annotationsByImage.get(id) ?? [];
      images.push({
        id: fileName,
        view: viewSchema.nullable().parse(extra.view),
        width,
        height,
        findings: detector.detect(radiograph),
        truths: extra.annotated === true ? truths.map((truth) => truthObject(truth, names)) : null,
      });
      given.onImage(++done, total);
    }
    patients.push({ id: one.patient, class: one.class, ambiguous: one.ambiguous, images });
  }
  return patients;
}

function truthObject(
  { categoryId, box, polygons }: CocoAnnotation,
  names: ReadonlyMap<number, string>,
) {
  return { class: names.get(categoryId) ?? "", box, polygons };
}
