/** What two annotators drew on the tests' radiographs, and how large their pixels are. */
import type { TwoOutlines } from "@malleolus/evaluation";
import {
  type AnnotationPair,
  annotationPairs,
  assignedImages,
  type Study,
  type TestCase,
} from "@malleolus/studies";

export interface TestOutlines {
  readonly pairs: readonly AnnotationPair[];
  /** Of the tests' radiographs that have one, by file. */
  readonly spacings: ReadonlyMap<string, readonly [row: number, column: number]>;
}

export async function readOutlines(study: Study): Promise<TestOutlines> {
  const spacings = new Map<string, readonly [row: number, column: number]>();
  for (const test of ["internal test", "external test"] as const) {
    for (const { fileName, pixelSpacingMm } of await assignedImages(study, test)) {
      if (pixelSpacingMm !== null) spacings.set(fileName, pixelSpacingMm);
    }
  }
  return { pairs: await annotationPairs(study), spacings };
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
