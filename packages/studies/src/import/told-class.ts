/** A case's class as somebody outside the study tells it: its verdict, without a reading. */
import type { Protocol } from "@malleolus/schema";
import type { Transaction } from "kysely";
import { transitionCase } from "../cases/transition-case.ts";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import { recordVerdict } from "../reading/verdict.ts";

export interface ToldClass {
  readonly caseId: string;
  readonly class: string;
  readonly who: string;
  /** Who tells it: "its annotations in a COCO file say". */
  readonly source: string;
}

/**
 * Gives a new case its class.
 *
 * @throws StudyError `transition` for a case that people have begun with.
 */
export async function recordToldClass(
  transaction: Transaction<StudyTables>,
  { noFractureClass }: Protocol,
  { caseId, class: told, who, source }: ToldClass,
): Promise<void> {
  const found = await transaction
    .selectFrom("cases")
    .select(["state", "class"])
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  if (found.state !== "imported") {
    const got = `one that is "${found.state}"${found.class === null ? "" : ` (${found.class})`}`;
    throw new StudyError(
      "transition",
      `case ${caseId}: expected a new one, to become ${told} as ${source}, got ${got}`,
    );
  }
  const stamp = { who, at: new Date().toISOString() };
  const why = `${source} ${told}`;
  const candidate = told === noFractureClass ? "candidate no fracture" : "candidate fracture";
  await transitionCase(transaction, { caseId, to: candidate, why, ...stamp });
  await transitionCase(transaction, { caseId, to: "read", why, ...stamp });
  await recordVerdict(transaction, {
    caseId,
    panel: "curation",
    decision: { kind: "class", id: told },
    how: "agreed",
    ambiguous: false,
    why,
    ...stamp,
  });
}
