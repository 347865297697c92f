/** What a study still lacks before radiographs can be chosen from it, as the next thing to do. */
import type { CaseState } from "@malleolus/schema";
import type { StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

const STEPS: readonly (readonly [states: readonly CaseState[], got: string, todo: string])[] = [
  [["read"], "cases on which the readers differ", "have a senior decide on them"],
  [
    ["candidate fracture", "candidate no fracture"],
    "candidates that nobody has read",
    "have them read, or bring what was read elsewhere with malleolus import readings",
  ],
  [
    ["imported"],
    "cases that are not screened",
    "run malleolus import reports and malleolus screen",
  ],
];

/** @throws StudyError `assignment` where no case has a class, or the tests are not drawn yet. */
export async function requireReadPool(
  transaction: StudyTransaction,
  { protocol }: Study,
): Promise<void> {
  const rows = await transaction
    .selectFrom("cases")
    .select(({ fn }) => ["state", fn.countAll<number>().as("count")])
    .groupBy("state")
    .execute();
  const classified = await transaction
    .selectFrom("cases")
    .select("id")
    .where("class", "is not", null)
    .limit(1)
    .executeTakeFirst();
  if (classified === undefined) {
    const step = STEPS.find(([states]) => rows.some(({ state }) => states.includes(state)));
    const [, got, todo] = step ?? [[], "no case at all", "run malleolus import dicom"];
    throw new StudyError(
      "assignment",
      `expected cases with a class to choose from, got ${got}; ${todo}`,
    );
  }
  const { splits } = protocol;
  const asked = splits.internalTestPatientsPerClass + splits.internalTestReservePerClass;
  const drawn = await transaction.selectFrom("test_patients").select("case_id").executeTakeFirst();
  if (asked === 0 || drawn !== undefined) return;
  throw new StudyError(
    "assignment",
    "expected the tests to be drawn before a training set is chosen, since their patients are never " +
      "trained on; run malleolus assign tests",
  );
}
