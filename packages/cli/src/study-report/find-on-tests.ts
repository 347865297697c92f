/** What is found in the patients of a study's own tests, whoever looks: a detector, or a file of it. */
import type { TestPatient } from "@malleolus/evaluation";
import type { RadiographAnalysis } from "@malleolus/schema";
import { readTestSets, type Study, type TestCase, type TestSet } from "@malleolus/studies";
import type { KnownRadiograph } from "../patients/patient-radiographs.ts";
import { testedPatients } from "./tested-patients.ts";

export type StudyTest = "internal test" | "external test";

export interface FoundOnTest {
  /** The draw as it was, without whom the panel left out. */
  readonly difficult: readonly TestPatient[];
  /** With its ambiguous patients replaced; null as long as the panel has cases to decide on. */
  readonly easy: readonly TestPatient[] | null;
  /** Cases that the panel has still to decide on: of these the observers' class is taken. */
  readonly undecided: number;
}

export interface FoundOnTests {
  readonly internal: FoundOnTest;
  readonly external: FoundOnTest;
}

export interface TestsToLookAt {
  readonly study: Study;
  readonly analyze: (image: KnownRadiograph) => Promise<RadiographAnalysis>;
  readonly onImage: (done: number, total: number, test: StudyTest) => void;
  readonly stop?: AbortSignal;
}

/** Every radiograph once; null where it was stopped. */
export async function findOnTests(given: TestsToLookAt): Promise<FoundOnTests | null> {
  const sets = await readTestSets(given.study);
  const internal = await findOnTest(given, "internal test", sets.internal);
  if (internal === null) return null;
  const external = await findOnTest(given, "external test", sets.external);
  return external === null ? null : { internal, external };
}

async function findOnTest(
  { study, analyze, onImage, stop }: TestsToLookAt,
  test: StudyTest,
  { difficult, easy, undecided }: TestSet,
): Promise<FoundOnTest | null> {
  const cases = new Map([...difficult, ...(easy ?? [])].map((one) => [one.patient, one]));
  const patients = await testedPatients(study, test, [...cases.values()]);
  const total = patients.reduce((sum, { images }) => sum + images.length, 0);
  let done = 0;
  const found: TestPatient[] = [];
  for (const { images, ...patient } of patients) {
    const seen: TestPatient["images"][number][] = [];
    for (const image of images) {
      if (stop?.aborted === true) return null;
      const { fileName, view, width, height, truths } = image;
      seen.push({ id: fileName, view, width, height, truths, ...(await analyze(image)) });
      onImage(++done, total, test);
    }
    found.push({ ...patient, images: seen });
  }
  const part = (some: readonly TestCase[]) => {
    const wanted = new Set(some.map(({ patient }) => patient));
    return found.filter(({ id }) => wanted.has(id));
  };
  return {
    difficult: part(difficult),
    easy: easy === null ? null : part(easy),
    undecided: undecided.length,
  };
}
