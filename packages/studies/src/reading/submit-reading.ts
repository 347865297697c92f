/**
 * A reader's reading of a case: one that holds, every earlier revision kept. It may be revised or
 * withdrawn as long as nobody can have seen the others'.
 */
import type { CaseState, Panel, Reading } from "@malleolus/schema";
import type { Transaction } from "kysely";
import { type AuditStamp, transitionCase } from "../cases/transition-case.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { ReadingQueue, StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import { requireRole } from "../people.ts";
import type { Study } from "../study.ts";
import { READERS } from "./assign-readers.ts";
import { requireDecision } from "./decision.ts";
import { detailColumns, type ReadingDetails } from "./reading-details.ts";

/**
 * Records a reading, or a revision of it. The last reader's makes the case `read`. `readAt` (ISO 8601)
 * is when it was read, where that was elsewhere and before. Returns when it counts as read.
 *
 * @throws StudyError `person` for someone who does not read this case, `record` for a decision that
 *   the protocol does not know, `transition` once the case is closed.
 */
export async function submitReading(
  study: Study,
  reading: Reading & ReadingDetails,
  readAt?: string,
): Promise<string> {
  const { caseId, panel, reader, decision } = reading;
  requireRole(study, reader, READERS[panel]);
  requireDecision(study.protocol, decision);
  const stamp: AuditStamp = { who: reader, at: new Date().toISOString() };
  await inTransaction(study.database, async (transaction) => {
    await requireTask(transaction, panel, caseId, reader);
    const state = await requireOpen(transaction, panel, caseId);
    await transaction
      .insertInto("readings")
      .values({
        panel,
        case_id: caseId,
        reader,
        revision: await nextRevision(transaction, panel, caseId, reader),
        decision_kind: decision.kind,
        decision_id: decision.id,
        ...detailColumns(reading),
        blind: await isBlind(transaction, panel, caseId),
        at: readAt ?? stamp.at,
      })
      .execute();
    await setDone(transaction, panel, caseId, reader, 1);
    if (panel === "reference" || state === "read") return;
    if (await allHaveRead(transaction, panel, caseId)) {
      await transitionCase(transaction, {
        caseId,
        to: "read",
        why: "the last observer read it",
        ...stamp,
      });
    }
  });
  return readAt ?? stamp.at;
}

/**
 * Takes a reading back; its reader has the case to read again.
 *
 * @throws as `submitReading`.
 */
export async function withdrawReading(
  study: Study,
  { caseId, panel, reader }: Pick<Reading, "caseId" | "panel" | "reader">,
): Promise<void> {
  const stamp: AuditStamp = { who: reader, at: new Date().toISOString() };
  await inTransaction(study.database, async (transaction) => {
    const task = await requireTask(transaction, panel, caseId, reader);
    const state = await requireOpen(transaction, panel, caseId);
    if (task.done === 0) {
      throw new StudyError("record", `case ${caseId}: expected a reading of ${reader}, got none`);
    }
    await transaction
      .insertInto("readings")
      .values({
        panel,
        case_id: caseId,
        reader,
        revision: await nextRevision(transaction, panel, caseId, reader),
        blind: await isBlind(transaction, panel, caseId),
        at: stamp.at,
      })
      .execute();
    await setDone(transaction, panel, caseId, reader, 0);
    if (panel === "reference" || state !== "read") return;
    const to = await candidateStateOf(transaction, caseId);
    await transitionCase(transaction, {
      caseId,
      to,
      why: "an observer withdrew a reading",
      ...stamp,
    });
  });
}

/** The number that a next revision has, from 1. */
export async function nextRevision(
  transaction: Transaction<StudyTables>,
  panel: ReadingQueue | "senior",
  caseId: string,
  reader: string,
): Promise<number> {
  const { latest } = await transaction
    .selectFrom("readings")
    .select(({ fn }) => fn.max("revision").as("latest"))
    .where("panel", "=", panel)
    .where("case_id", "=", caseId)
    .where("reader", "=", reader)
    .executeTakeFirstOrThrow();
  return Number(latest ?? 0) + 1;
}

/** Whether every reader who has the case has read it. */
export async function allHaveRead(
  transaction: Transaction<StudyTables>,
  panel: Panel,
  caseId: string,
): Promise<boolean> {
  const rows = await transaction
    .selectFrom("tasks")
    .select("done")
    .where("queue", "=", panel)
    .where("case_id", "=", caseId)
    .execute();
  return rows.length > 0 && rows.every(({ done }) => done === 1);
}

async function requireTask(
  transaction: Transaction<StudyTables>,
  panel: Panel,
  caseId: string,
  reader: string,
): Promise<{ readonly done: number }> {
  const task = await transaction
    .selectFrom("tasks")
    .select("done")
    .where("queue", "=", panel)
    .where("case_id", "=", caseId)
    .where("person", "=", reader)
    .executeTakeFirst();
  if (task !== undefined) return task;
  throw new StudyError(
    "person",
    `case ${caseId} is not assigned to ${reader}; assign the ${panel}'s readers first`,
  );
}

const OPEN: readonly CaseState[] = ["candidate fracture", "candidate no fracture", "read"];

/**
 * The case's state. A curated case is open until its verdict; a test case until the last surgeon has
 * read it, since the panel then talks.
 */
async function requireOpen(
  transaction: Transaction<StudyTables>,
  panel: Panel,
  caseId: string,
): Promise<CaseState> {
  const { state } = await transaction
    .selectFrom("cases")
    .select("state")
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  const open =
    panel === "curation" ? OPEN.includes(state) : !(await allHaveRead(transaction, panel, caseId));
  if (open) return state;
  throw new StudyError(
    "transition",
    `case ${caseId} is "${state}" and takes no more readings; a senior can reopen a curated case`,
  );
}

/** 1 as long as the panel has come to no verdict: afterwards a reader has seen the others'. */
async function isBlind(
  transaction: Transaction<StudyTables>,
  panel: Panel,
  caseId: string,
): Promise<0 | 1> {
  const verdict = await transaction
    .selectFrom("verdicts")
    .select("revision")
    .where("panel", "=", panel)
    .where("case_id", "=", caseId)
    .executeTakeFirst();
  return verdict === undefined ? 1 : 0;
}

async function setDone(
  transaction: Transaction<StudyTables>,
  panel: Panel,
  caseId: string,
  reader: string,
  done: 0 | 1,
): Promise<void> {
  await transaction
    .updateTable("tasks")
    .set({ done })
    .where("queue", "=", panel)
    .where("case_id", "=", caseId)
    .where("person", "=", reader)
    .execute();
}

/** Where the latest screening had put it. */
async function candidateStateOf(
  transaction: Transaction<StudyTables>,
  caseId: string,
): Promise<CaseState> {
  const { to_state } = await transaction
    .selectFrom("transitions")
    .select("to_state")
    .where("case_id", "=", caseId)
    .where("to_state", "in", ["candidate fracture", "candidate no fracture"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  return to_state;
}
