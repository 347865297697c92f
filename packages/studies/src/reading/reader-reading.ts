/**
 * What a reader does with a case in the reading room: saves a draft, submits it, takes it back, asks for a
 * reopening. What is refused is refused alike whatever others have done with the case.
 */
import {
  conditionsColumn,
  type Decision,
  type Feedback,
  labelsColumn,
  type Measurement,
  measurementsColumn,
  type ReadingContent,
  readingDraftColumn,
  visibilityColumn,
} from "@malleolus/schema";
import type { StudyTransaction } from "../database/in-transaction.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { feedbackOf } from "../rounds/qualification.ts";
import { isRound } from "../rounds/round-key.ts";
import { submitRoundReading, withdrawRoundReading } from "../rounds/round-readings.ts";
import type { Study } from "../study.ts";
import type { ReaderTask } from "../tasks/reader-tasks.ts";
import { imagesOf } from "../tasks/worklist.ts";
import { decisionOf, requireDecision } from "./decision.ts";
import { requireAllLabels, requireKnownLabels } from "./labels.ts";
import { submitReading, withdrawReading } from "./submit-reading.ts";

/** As long as the reader is offered to take a reading back. */
const WITHDRAW_MS = 10_000;
/** How much later it still works: what was sent in time may come late. */
const GRACE_MS = 20_000;

export interface StoredDraft {
  readonly version: number;
  readonly content: ReadingContent;
  readonly savedAt: string;
}

export interface OwnReading {
  readonly content: ReadingContent;
  readonly at: string;
  readonly withdrawUntil: string;
  readonly reopeningAskedAt: string | null;
  /** Of a qualification; null elsewhere. */
  readonly feedback: Feedback | null;
}

export async function draftOf({ database }: Study, task: ReaderTask): Promise<StoredDraft | null> {
  const row = await database
    .selectFrom("reading_drafts")
    .select(["version", "content", "at"])
    .where("queue", "=", task.queue)
    .where("person", "=", task.person)
    .where("case_id", "=", task.caseId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const content = readingDraftColumn.read(row.content, "reading_drafts.content");
  return { version: row.version, content, savedAt: row.at };
}

/**
 * Saves a draft over version `version`.
 *
 * @throws StudyError `stale` where another was saved since, `transition` once it is submitted,
 *   `record` for what the protocol or the case does not have.
 */
export async function saveDraft(
  study: Study,
  task: ReaderTask,
  { version, content }: { readonly version: number; readonly content: ReadingContent },
): Promise<{ readonly version: number; readonly savedAt: string }> {
  await requireContent(study, task, content);
  const savedAt = new Date().toISOString();
  return inTransaction(study.database, async (transaction) => {
    const { isSubmitted, held } = await draftVersion(transaction, task);
    if (isSubmitted) throw alreadySubmitted();
    if (held !== version) {
      throw new StudyError(
        "stale",
        "This case was saved elsewhere meanwhile. Read it again before you go on.",
      );
    }
    const next = version + 1;
    await writeDraft(transaction, task, { version: next, content, savedAt });
    return { version: next, savedAt };
  });
}

/**
 * Submits a reading.
 *
 * @throws StudyError `record` where its decision is missing, or the certainty of a class; otherwise
 *   as `saveDraft` without `stale`.
 */
export async function submitOwnReading(
  study: Study,
  task: ReaderTask,
  content: ReadingContent,
): Promise<Pick<OwnReading, "at" | "withdrawUntil" | "feedback">> {
  const { decision, certainty } = content;
  if (decision === undefined) {
    throw new StudyError("record", "A reading needs a class or an exclusion. Choose one.");
  }
  if (decision.kind === "class" && certainty === undefined) {
    throw new StudyError("record", "A class needs its certainty. Choose one of the five steps.");
  }
  await requireContent(study, task, content);
  requireAllLabels(study.protocol, content);
  return inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    if (await isDone(transaction, task)) throw alreadySubmitted();
    const reading = { caseId: task.caseId, reader: task.person, ...content, decision };
    const at = await asOneAnswer(() =>
      isRound(task.key)
        ? submitRoundReading(within, {
            ...reading,
            queue: task.queue,
            key: task.key,
            withModel: task.withModel,
          })
        : submitReading(within, { ...reading, panel: task.key }),
    );
    await transaction
      .deleteFrom("reading_drafts")
      .where("queue", "=", task.queue)
      .where("person", "=", task.person)
      .where("case_id", "=", task.caseId)
      .execute();
    const feedback = await feedbackFor(within, task, decision);
    return { at, withdrawUntil: withdrawUntil(at, feedback), feedback };
  });
}

/**
 * Takes a reading back; it is the draft again.
 *
 * @throws StudyError `transition` when the time is over.
 */
export async function withdrawOwnReading(study: Study, task: ReaderTask): Promise<void> {
  await inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    const own = await ownReadingOf(within, task);
    const now = new Date().toISOString();
    // Whoever has seen the answer does not read the case again.
    if (own === null || own.feedback !== null || later(own.withdrawUntil, GRACE_MS) < now) {
      throw closed();
    }
    const { caseId, person, queue, withModel } = task;
    await asOneAnswer(() =>
      isRound(task.key)
        ? withdrawRoundReading(within, { caseId, reader: person, queue, key: task.key, withModel })
        : withdrawReading(within, { caseId, reader: person, panel: task.key }),
    );
    await writeDraft(transaction, task, { version: 1, content: own.content, savedAt: now });
  });
}

/** @throws StudyError `transition` where nothing was submitted. */
export async function askForReopening(
  study: Study,
  task: ReaderTask,
  reason: string,
): Promise<{ readonly at: string }> {
  const at = new Date().toISOString();
  return inTransaction(study.database, async (transaction) => {
    if (!(await isDone(transaction, task))) {
      throw new StudyError("transition", "This case is open. Submit a reading first.");
    }
    const { queue, caseId, person } = task;
    await transaction
      .insertInto("reopening_requests")
      .values({ queue, case_id: caseId, person, reason, at })
      .execute();
    return { at };
  });
}

/** What the reader submitted; null before it, and after it was taken back. */
export async function ownReadingOf(study: Study, task: ReaderTask): Promise<OwnReading | null> {
  const { database } = study;
  if (!(await isDone(database, task))) return null;
  const row = await database
    .selectFrom("readings")
    .selectAll()
    .where("panel", "=", task.queue)
    .where("case_id", "=", task.caseId)
    .where("reader", "=", task.person)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  const decision = row === undefined ? null : decisionOf(row);
  if (row === undefined || decision === null) return null;
  const asked = await database
    .selectFrom("reopening_requests")
    .select("at")
    .where("queue", "=", task.queue)
    .where("case_id", "=", task.caseId)
    .where("person", "=", task.person)
    .where("at", ">=", row.at)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const feedback = await feedbackFor(study, task, decision);
  const { certainty, note, seconds, visibility, measurements, conditions, labels } = row;
  return {
    content: {
      decision,
      ...(certainty === null ? {} : { certainty }),
      ...(note === null ? {} : { note }),
      ...(seconds === null ? {} : { seconds }),
      ...(visibility === null
        ? {}
        : { visibility: visibilityColumn.read(visibility, "readings.visibility") }),
      ...(measurements === null
        ? {}
        : { measurements: measurementsColumn.read(measurements, "readings.measurements") }),
      ...(conditions === null
        ? {}
        : { conditions: conditionsColumn.read(conditions, "readings.conditions") }),
      ...(labels === null ? {} : { labels: labelsColumn.read(labels, "readings.labels") }),
    },
    at: row.at,
    withdrawUntil: withdrawUntil(row.at, feedback),
    reopeningAskedAt: asked?.at ?? null,
    feedback,
  };
}

/** Everything that was asked for, oldest first. Not for readers' eyes. */
export async function listReopenings({ database }: Study) {
  return database
    .selectFrom("reopening_requests")
    .select(["id", "case_id as case", "queue", "person", "reason", "at"])
    .orderBy("id")
    .execute();
}

/** @throws StudyError `record` for what the protocol or the case does not have. */
async function requireContent(
  study: Study,
  task: ReaderTask,
  { decision, visibility, measurements, labels }: ReadingContent,
): Promise<void> {
  if (decision !== undefined) requireDecision(study.protocol, decision);
  requireKnownLabels(study.protocol, labels ?? {});
  const named = [
    ...Object.keys(visibility ?? {}),
    ...(measurements ?? []).map(({ image }) => image),
  ];
  if (named.length === 0) return;
  const images = (await imagesOf(study, [task.caseId])).get(task.caseId) ?? [];
  const own = new Set(images.map(({ image }) => image));
  if (named.some((image) => !own.has(image))) {
    throw new StudyError("record", "A radiograph is named that is not this case's. Open it again.");
  }
  for (const measurement of measurements ?? []) requireRule(study, measurement);
}

function requireRule({ protocol }: Study, { rule, form }: Measurement): void {
  if (rule === null) return;
  const known = (protocol.measurements ?? []).find(({ id }) => id === rule);
  if (known?.form === form) return;
  throw new StudyError(
    "record",
    `The protocol has no measurement "${rule}" of the form "${form}". Measure it again.`,
  );
}

/** What a draft is held against when it comes; version 0 where none is held. */
async function draftVersion(
  transaction: StudyTransaction,
  { queue, caseId, person }: ReaderTask,
): Promise<{ readonly isSubmitted: boolean; readonly held: number }> {
  const row = await transaction
    .selectFrom("tasks")
    .leftJoin("reading_drafts as drafts", (join) =>
      join
        .onRef("drafts.queue", "=", "tasks.queue")
        .onRef("drafts.person", "=", "tasks.person")
        .onRef("drafts.case_id", "=", "tasks.case_id"),
    )
    .select(["tasks.done", "drafts.version"])
    .where("tasks.queue", "=", queue)
    .where("tasks.case_id", "=", caseId)
    .where("tasks.person", "=", person)
    .executeTakeFirst();
  return { isSubmitted: row?.done === 1, held: row?.version ?? 0 };
}

async function isDone(
  database: Study["database"],
  { queue, caseId, person }: ReaderTask,
): Promise<boolean> {
  const task = await database
    .selectFrom("tasks")
    .select("done")
    .where("queue", "=", queue)
    .where("case_id", "=", caseId)
    .where("person", "=", person)
    .executeTakeFirst();
  return task?.done === 1;
}

async function writeDraft(
  transaction: StudyTransaction,
  { queue, person, caseId }: ReaderTask,
  { version, content, savedAt }: StoredDraft,
): Promise<void> {
  const held = { version, content: readingDraftColumn.write(content), at: savedAt };
  await transaction
    .insertInto("reading_drafts")
    .values({ queue, person, case_id: caseId, ...held })
    .onConflict((conflict) => conflict.columns(["queue", "person", "case_id"]).doUpdateSet(held))
    .execute();
}

async function feedbackFor(
  study: Study,
  { key, caseId }: ReaderTask,
  decision: Decision,
): Promise<Feedback | null> {
  return isRound(key) ? feedbackOf(study, { key, caseId, decision }) : null;
}

function withdrawUntil(at: string, feedback: Feedback | null): string {
  return feedback === null ? later(at, WITHDRAW_MS) : at;
}

/** A case that others have closed is refused with the same words as one whose time is over. */
async function asOneAnswer<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StudyError && error.code === "transition") throw closed();
    throw error;
  }
}

function closed(): StudyError {
  return new StudyError(
    "transition",
    "This reading cannot be changed any more. Ask for a reopening, with the reason.",
  );
}

function alreadySubmitted(): StudyError {
  return new StudyError(
    "transition",
    "This case is submitted. Withdraw the reading, or ask for a reopening.",
  );
}

function later(at: string, milliseconds: number): string {
  return new Date(Date.parse(at) + milliseconds).toISOString();
}
