/**
 * What people reach on the patients of a test: the observers and the surgeons by their blind first
 * readings, and two annotators by how far they overlap.
 */
import {
  annotatorsOnTest,
  type PeopleOnTest,
  type Reading,
  type ReadingsRight,
  readerResult,
} from "@malleolus/evaluation";
import { FRACTURE, type Panel } from "@malleolus/schema";
import {
  annotationAgreement,
  type ImageAgreement,
  type ReadingMatrix,
  readingMatrix,
  type Study,
  type TestCase,
} from "@malleolus/studies";

/** Every reading and every pair of drawings, to be asked for one test after the other. */
export interface KnownPeople {
  readonly readings: Readonly<Record<Panel, ReadingMatrix>>;
  readonly drawings: readonly ImageAgreement[];
}

export async function readPeople(study: Study): Promise<KnownPeople> {
  return {
    readings: {
      curation: await readingMatrix(study, "curation"),
      reference: await readingMatrix(study, "reference"),
    },
    drawings: await annotationAgreement(study),
  };
}

/** A reader who left a case out has given no class, and the case does not count for that reader. */
export function peopleOnTest(
  { configuration, protocol }: Pick<Study, "configuration" | "protocol">,
  { readings, drawings }: KnownPeople,
  cases: readonly TestCase[],
  options: { readonly seed: number; readonly resamples: number },
): PeopleOnTest {
  const byCase = new Map(cases.map((one) => [one.caseId, one]));
  // As long as the panel has cases left, the observers' class stands for the truth of these.
  const isDecided = cases.every(({ ambiguous }) => ambiguous !== null);
  const names = new Map(configuration.observers.map(({ id, name }) => [id, name]));
  const readersOf = (panel: Panel) => {
    const { readers, rows } = readings[panel];
    return readers.flatMap((reader, place) => {
      const own = rows.flatMap(({ caseId, decisions, certainties }): Reading[] => {
        const [known, said] = [byCase.get(caseId), decisions[place]];
        if (known === undefined || said === null || said.kind !== "class") return [];
        const { patient, class: truth } = known;
        return [{ patient, truth, said: said.id, certainty: certainties[place] }];
      });
      if (own.length === 0) return [];
      const independent = panel === "curation" && isDecided;
      const name = names.get(reader) ?? reader;
      return [readerResult(name, independent, own, protocol.noFractureClass)];
    });
  };
  const overlaps = drawings.flatMap(({ caseId, agreement }) => {
    const known = byCase.get(caseId);
    if (known === undefined || known.class === protocol.noFractureClass) return [];
    return agreement
      .filter(({ structure }) => structure === FRACTURE)
      .map(({ iou }) => ({ patient: known.patient, iou }));
  });
  return {
    readers: [...readersOf("curation"), ...readersOf("reference")],
    annotators: annotatorsOnTest(overlaps, options),
    agreement: Object.fromEntries(readingsRight(readings, byCase)),
  };
}

/** Of the observers; of the surgeons where no observer has read the case. */
function readingsRight(
  readings: KnownPeople["readings"],
  byCase: ReadonlyMap<string, TestCase>,
): Map<string, ReadingsRight> {
  const right = new Map<string, ReadingsRight>();
  for (const { rows } of [readings.reference, readings.curation]) {
    for (const { caseId, decisions } of rows) {
      const known = byCase.get(caseId);
      if (known === undefined) continue;
      const said = decisions.flatMap((decision) => decision?.id ?? []);
      const agreeing = said.filter((id) => id === known.class).length;
      if (said.length > 0) right.set(known.patient, { agreeing, readings: said.length, said });
    }
  }
  return right;
}
