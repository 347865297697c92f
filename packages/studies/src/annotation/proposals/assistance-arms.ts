/**
 * Which cases are drawn without proposals: a seeded share, settled when a case is given to the annotators
 * and never changed. What proposals do to the annotations can then be told from the other cases.
 */

import { seededKey } from "@malleolus/random";
import type { AssistanceArm } from "@malleolus/schema";
import type { StudyTransaction } from "../../database/in-transaction.ts";
import type { StudyDatabase } from "../../database/open-database.ts";
import type { Study } from "../../study.ts";

/** Rows in one statement: SQLite takes 32,766 values. */
const BATCH = 1000;

/** Settles it for cases that have no arm yet. A case's arm depends on the seed and its id alone. */
export async function assignArms(
  transaction: StudyTransaction,
  { protocol }: Study,
  caseIds: readonly string[],
): Promise<void> {
  const { unassistedShare: share } = protocol.annotation;
  const { seed } = protocol.splits;
  const at = new Date().toISOString();
  for (let start = 0; start < caseIds.length; start += BATCH) {
    const rows = caseIds.slice(start, start + BATCH).map((caseId) => ({
      case_id: caseId,
      arm: armOfDraw(seed, caseId, share),
      share,
      seed,
      at,
    }));
    await transaction
      .insertInto("annotation_arms")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Null for a case that was given out before there were arms: its annotators see proposals. */
export async function armOf(
  database: StudyDatabase | StudyTransaction,
  caseId: string,
): Promise<AssistanceArm | null> {
  const row = await database
    .selectFrom("annotation_arms")
    .select("arm")
    .where("case_id", "=", caseId)
    .executeTakeFirst();
  return row?.arm ?? null;
}

function armOfDraw(seed: number, caseId: string, share: number): AssistanceArm {
  // Twelve hexadecimal digits are 48 bits, which a double holds exactly.
  const draw = Number.parseInt(seededKey(seed, "assistance", caseId).slice(0, 12), 16) / 2 ** 48;
  return draw < share ? "unassisted" : "assisted";
}
