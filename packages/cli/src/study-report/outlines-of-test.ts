/** What was drawn on the tests' radiographs, by two annotators and of the bones, and how large pixels are. */
import type { OutlinedBones, TwoOutlines } from "@malleolus/evaluation";
import {
  type AnnotationPair,
  annotationPairs,
  assignedImages,
  outlinedBones,
  type Study,
  type TestCase,
} from "@malleolus/studies";

export interface TestOutlines {
  readonly pairs: readonly AnnotationPair[];
  /** Of the tests' radiographs that have one, by file. */
  readonly spacings: ReadonlyMap<string, readonly [row: number, column: number]>;
  /** By file: a model's where one has looked at the radiograph, else the annotators'. */
  readonly bones: ReadonlyMap<string, OutlinedBones>;
}

export async function readOutlines(study: Study): Promise<TestOutlines> {
  const spacings = new Map<string, readonly [row: number, column: number]>();
  const bones = new Map<string, OutlinedBones>();
  for (const test of ["internal test", "external test"] as const) {
    for (const { fileName, ...own } of await outlinedBones(study, test)) bones.set(fileName, own);
    for (const { fileName, pixelSpacingMm } of await assignedImages(study, test)) {
      if (pixelSpacingMm !== null) spacings.set(fileName, pixelSpacingMm);
    }
  }
  return { pairs: await annotationPairs(study), spacings, bones };
}

/** Of the cases of one test that have a fracture. */
export function outlinesOf(
  { pairs }: TestOutlines,
  cases: readonly TestCase[],
  noFractureClass: string,
): TwoOutlines[] {
  const byCase = new Map(cases.map((one) => [one.caseId, one]));
  return pairs.flatMap(({ caseId, width, height, pixelSpacingMm, drawings }) => {
    const known = byCase.get(caseId);
    if (known === undefined || known.class === noFractureClass) return [];
    return [{ patient: known.patient, width, height, spacingMm: pixelSpacingMm, drawings }];
  });
}
