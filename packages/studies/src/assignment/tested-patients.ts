/**
 * Which patients are tested, once the reference panel has read them: `difficult` is the draw as it
 * was, `easy` the same draw with its ambiguous patients replaced by unambiguous ones of the class.
 *
 * Replacements come from the patients in reserve, in the draw's order. A patient whom the panel left
 * out is in neither; the next in the draw's order stands in. The external test has no reserve: its
 * easy part is the draw without the ambiguous.
 */
import type { Study } from "../study.ts";

export interface TestCase {
  readonly caseId: string;
  readonly patient: string;
  /** The panel's class; the curation's as long as the panel has not decided. */
  readonly class: string;
  /** For which the patient was drawn. */
  readonly drawnClass: string;
  /** By the panel's first readings; null as long as it has not decided. */
  readonly ambiguous: boolean | null;
}

export interface TestSet {
  readonly difficult: readonly TestCase[];
  /** Null as long as the panel has not decided on every case. */
  readonly easy: readonly TestCase[] | null;
  /** Cases that the panel has still to decide on. */
  readonly undecided: readonly string[];
  /** Patients that the easy set lacks because the reserve is used up, by class. */
  readonly missing: Readonly<Record<string, number>>;
}

export interface TestSets {
  readonly internal: TestSet;
  readonly external: TestSet;
}

export async function readTestSets(study: Study): Promise<TestSets> {
  const rows = await study.database
    .selectFrom("test_patients")
    .innerJoin("case_classes", "case_classes.case_id", "test_patients.case_id")
    .select([
      "test_patients.case_id",
      "test_patients.patient_id",
      "test_patients.partition",
      "test_patients.drawn_class",
      "case_classes.class",
      "case_classes.exclusion",
      "case_classes.ambiguous",
      "case_classes.decided_by",
    ])
    .orderBy("test_patients.rank")
    .execute();
  const cases = rows.map((row) => ({
    partition: row.partition,
    leftOut: row.exclusion !== null,
    found: {
      caseId: row.case_id,
      patient: row.patient_id,
      class: row.class ?? row.drawn_class,
      drawnClass: row.drawn_class,
      ambiguous: row.decided_by === "reference" ? row.ambiguous === 1 : null,
    },
  }));
  const inside = cases.filter(({ partition }) => partition === "internal test");
  const outside = cases.filter(({ partition }) => partition === "external test");
  const kept = (all: typeof cases) => all.flatMap(({ leftOut, found }) => (leftOut ? [] : [found]));
  return { internal: internalSet(study, kept(inside)), external: externalSet(kept(outside)) };
}

function internalSet({ protocol }: Study, cases: readonly TestCase[]): TestSet {
  const size = protocol.splits.internalTestPatientsPerClass;
  const undecided = undecidedOf(cases);
  const missing: Record<string, number> = {};
  const parts = protocol.classes.map(({ id }) => {
    const own = cases.filter(({ drawnClass }) => drawnClass === id);
    const difficult = own.slice(0, size);
    const plain = difficult.filter(({ ambiguous }) => ambiguous !== true);
    const replacements = own
      .slice(size)
      .filter((one) => one.ambiguous === false && one.class === id)
      .slice(0, size - plain.length);
    const easy = [...plain, ...replacements];
    if (undecided.length === 0 && easy.length < size) missing[id] = size - easy.length;
    return { difficult, easy };
  });
  return {
    difficult: parts.flatMap(({ difficult }) => difficult),
    easy: undecided.length > 0 ? null : parts.flatMap(({ easy }) => easy),
    undecided,
    missing,
  };
}

function externalSet(cases: readonly TestCase[]): TestSet {
  const undecided = undecidedOf(cases);
  const easy = cases.filter(({ ambiguous }) => ambiguous === false);
  return { difficult: cases, easy: undecided.length > 0 ? null : easy, undecided, missing: {} };
}

function undecidedOf(cases: readonly TestCase[]): string[] {
  return cases.filter(({ ambiguous }) => ambiguous === null).map(({ caseId }) => caseId);
}
