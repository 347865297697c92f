/** A panel's verdict: recorded with its history, and in the case itself. */
import type { CaseState, Decision, Panel, VerdictHow } from "@malleolus/schema";
import type { Transaction } from "kysely";
import { type AuditStamp, transitionCase } from "../cases/transition-case.ts";
import type { StudyTables } from "../database/tables.ts";
import { decisionText } from "./decision.ts";

export interface Verdict extends AuditStamp {
  readonly caseId: string;
  readonly panel: Panel;
  readonly decision: Decision;
  readonly how: VerdictHow;
  readonly ambiguous: boolean;
  readonly why: string;
}

/**
 * Writes a verdict; the curation's moves the case on.
 *
 * @throws StudyError `transition`.
 */
export async function recordVerdict(
  transaction: Transaction<StudyTables>,
  { caseId, panel, decision, how, ambiguous, who, at, why }: Verdict,
): Promise<void> {
  const { latest } = await transaction
    .selectFrom("verdicts")
    .select(({ fn }) => fn.max("revision").as("latest"))
    .where("panel", "=", panel)
    .where("case_id", "=", caseId)
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto("verdicts")
    .values({
      panel,
      case_id: caseId,
      revision: Number(latest ?? 0) + 1,
      decision_kind: decision.kind,
      decision_id: decision.id,
      how,
      ambiguous: ambiguous ? 1 : 0,
      at,
      who,
      why,
    })
    .execute();
  if (panel === "reference") return;
  await transaction
    .updateTable("cases")
    .set({
      class: decision.kind === "class" ? decision.id : null,
      exclusion: decision.kind === "exclusion" ? decision.id : null,
      ambiguous: ambiguous ? 1 : 0,
    })
    .where("id", "=", caseId)
    .execute();
  const reason = `${decisionText(decision)}, ${how}: ${why}`;
  await transitionCase(transaction, {
    caseId,
    to: stateAfter(decision, how),
    who,
    at,
    why: reason,
  });
}

function stateAfter({ kind }: Decision, how: VerdictHow): CaseState {
  if (kind === "exclusion") return "excluded by reading";
  return how === "adjudicated" ? "adjudicated" : "agreed";
}
