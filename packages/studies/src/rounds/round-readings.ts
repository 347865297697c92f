/**
 * Readings of a round: they come to no verdict and move no case. Submitting one lets its repeat appear
 * after the round's washout, and with it a case that was held back: not all that comes then was read before.
 */
import type { Decision } from "@malleolus/schema";
import type { StudyTransaction } from "../database/in-transaction.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { ReadingQueue } from "../database/tables.ts";
import { detailColumns, type ReadingDetails } from "../reading/reading-details.ts";
import { nextRevision } from "../reading/submit-reading.ts";
import type { Study } from "../study.ts";
import { NEVER, type RoundKey, repeatOf, roundId } from "./round-key.ts";

interface RoundTask {
  readonly key: RoundKey;
  readonly queue: ReadingQueue;
  readonly caseId: string;
  readonly reader: string;
  readonly withModel: boolean;
}

const DAY_MS = 86_400_000;

/** When it was submitted. */
export async function submitRoundReading(
  study: Study,
  { decision, ...given }: RoundTask & ReadingDetails & { readonly decision: Decision },
): Promise<string> {
  const at = new Date().toISOString();
  const { key, queue, caseId, reader, withModel, ...details } = given;
  await inTransaction(study.database, async (transaction) => {
    await addRevision(transaction, given, {
      decision_kind: decision.kind,
      decision_id: decision.id,
      ...detailColumns(details),
      at,
    });
    await setDone(transaction, given, 1);
    const { washout_days } = await transaction
      .selectFrom("rounds")
      .select("washout_days")
      .where("id", "=", roundId(key))
      .executeTakeFirstOrThrow();
    const opensAt = new Date(Date.parse(at) + washout_days * DAY_MS).toISOString();
    await openRepeat(transaction, given, opensAt);
  });
  return at;
}

export async function withdrawRoundReading(study: Study, task: RoundTask): Promise<void> {
  await inTransaction(study.database, async (transaction) => {
    await addRevision(transaction, task, { at: new Date().toISOString() });
    await setDone(transaction, task, 0);
    await openRepeat(transaction, task, NEVER);
  });
}

async function addRevision(
  transaction: StudyTransaction,
  { queue, caseId, reader, withModel }: RoundTask,
  columns: { readonly at: string } & Partial<ReturnType<typeof detailColumns>> & {
      readonly decision_kind?: Decision["kind"];
      readonly decision_id?: string;
    },
): Promise<void> {
  const revision = await nextRevision(transaction, queue, caseId, reader);
  await transaction
    .insertInto("readings")
    .values({
      panel: queue,
      case_id: caseId,
      reader,
      revision,
      blind: 1,
      with_model: withModel ? 1 : 0,
      ...columns,
    })
    .execute();
}

async function setDone(
  transaction: StudyTransaction,
  { queue, caseId, reader }: RoundTask,
  done: 0 | 1,
): Promise<void> {
  await transaction
    .updateTable("tasks")
    .set({ done })
    .where("queue", "=", queue)
    .where("case_id", "=", caseId)
    .where("person", "=", reader)
    .execute();
}

/** Of the same case and reader, where there is one and this is not it. */
async function openRepeat(
  transaction: StudyTransaction,
  { key, queue, caseId, reader }: RoundTask,
  opensAt: string,
): Promise<void> {
  if (queue !== key) return;
  const { numUpdatedRows } = await transaction
    .updateTable("tasks")
    .set({ opens_at: opensAt })
    .where("queue", "=", repeatOf(key))
    .where("case_id", "=", caseId)
    .where("person", "=", reader)
    .where("done", "=", 0)
    .executeTakeFirst();
  if (numUpdatedRows > 0n && opensAt !== NEVER)
    await openHeldBack(transaction, key, reader, opensAt);
}

/** The next in the reader's order, if any is left; one that is opened stays so when a reading is taken back. */
async function openHeldBack(
  transaction: StudyTransaction,
  key: RoundKey,
  reader: string,
  opensAt: string,
): Promise<void> {
  const held = await transaction
    .selectFrom("tasks")
    .select("case_id")
    .where("queue", "=", key)
    .where("person", "=", reader)
    .where("done", "=", 0)
    .where("opens_at", "=", NEVER)
    .orderBy("position")
    .limit(1)
    .executeTakeFirst();
  if (held === undefined) return;
  await transaction
    .updateTable("tasks")
    .set({ opens_at: opensAt })
    .where("queue", "=", key)
    .where("person", "=", reader)
    .where("case_id", "=", held.case_id)
    .execute();
}
