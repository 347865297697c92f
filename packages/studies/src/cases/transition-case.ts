/**
 * The one way in which a case changes its state: with its audit trail, in the same transaction.
 */
import { type CaseState, mayFollow } from "@malleolus/schema";
import type { Transaction } from "kysely";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";

/** Who does something to a study, and when (ISO 8601, UTC). */
export interface AuditStamp {
  readonly who: string;
  readonly at: string;
}

export interface Transition extends AuditStamp {
  readonly caseId: string;
  readonly to: CaseState;
  readonly why: string;
}

/**
 * @throws StudyError `transition` where the case's state does not allow it, or there is no case.
 */
export async function transitionCase(
  transaction: Transaction<StudyTables>,
  { caseId, to, ...said }: Transition,
): Promise<void> {
  const found = await transaction
    .selectFrom("cases")
    .select("state")
    .where("id", "=", caseId)
    .executeTakeFirst();
  if (found === undefined) throw new StudyError("transition", `case ${caseId} does not exist`);
  if (!mayFollow(found.state, to)) {
    throw new StudyError(
      "transition",
      `case ${caseId} is "${found.state}" and cannot become "${to}"`,
    );
  }
  await transaction.updateTable("cases").set({ state: to }).where("id", "=", caseId).execute();
  await recordTransition(transaction, { caseId, from: found.state, to, ...said });
}

/** Adds to the audit trail; `from` is null for a case that is new. */
export async function recordTransition(
  transaction: Transaction<StudyTables>,
  { caseId, from, to, at, who, why }: Transition & { readonly from: CaseState | null },
): Promise<void> {
  await transaction
    .insertInto("transitions")
    .values({ case_id: caseId, from_state: from, to_state: to, at, who, why })
    .execute();
}
