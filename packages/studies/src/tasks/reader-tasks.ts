/**
 * A reader's own tasks: what is to do, what is done, in an order of its own. Nothing here tells how far
 * others are, or that a round shows a case twice.
 *
 * What a reader calls a queue is a panel, or a round together with its repeats; a repeat appears when its
 * washout is over. Whoever has still to qualify has that round alone.
 */
import type { CaseEntry, CaseState, Panel, ReaderQueue, WorklistQuery } from "@malleolus/schema";
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { ReadingQueue, StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import { onlyQueueOf, qualificationsOf } from "../rounds/qualification.ts";
import { isRound, type RoundKey, repeatOf, roundId, roundKey } from "../rounds/round-key.ts";
import type { Study } from "../study.ts";
import { caseCode, caseLabel, positionsOf } from "./case-code.ts";
import { imagesOf, WORKABLE } from "./worklist.ts";

export type QueueKey = Panel | RoundKey;

export interface ReaderTask {
  /** As the reader knows it. */
  readonly key: QueueKey;
  /** As the tables know it. */
  readonly queue: ReadingQueue;
  readonly caseId: string;
  readonly person: string;
  readonly position: string;
  readonly code: string;
  readonly done: boolean;
  /** Whether a model's findings are shown. */
  readonly withModel: boolean;
}

const TITLES: Readonly<Record<Panel, string>> = {
  curation: "Reading",
  reference: "Reference reading",
};

/** The reader's queues that hold anything, panels first. */
export async function queuesOf(study: Study, person: string): Promise<ReaderQueue[]> {
  const keys = await openKeys(study, person);
  const qualifications = await qualificationsOf(study, person);
  const panels = keys.filter((key) => !isRound(key));
  const rounds = keys.filter(isRound).toSorted((a, b) => roundId(a) - roundId(b));
  const names = new Map(
    (await study.database.selectFrom("rounds").select(["id", "name"]).execute()).map(
      ({ id, name }) => [id, name] as const,
    ),
  );
  return Promise.all(
    [...panels, ...rounds].map(async (key) => {
      const mine = tasksOf(study, person, key);
      const done = await countOf(mine.where("tasks.done", "=", 1));
      const left = await countOf(toDo(mine, key));
      const all = await countOf(mine);
      const drafts = await countOf(withDraft(toDo(mine, key)));
      const title = isRound(key) ? (names.get(roundId(key)) ?? key) : TITLES[key];
      const later = isRound(key) ? all - done - left : 0;
      const own = qualifications.find((one) => one.key === key);
      const qualification =
        own === undefined
          ? null
          : {
              needed: Math.ceil(own.passShare * own.cases),
              // Told when all are read: before, each case tells its own.
              right: own.read === own.cases ? own.right : 0,
              passed: own.passed,
            };
      return { key, title, done, left, later, drafts, qualification };
    }),
  );
}

/** A page of the reader's worklist. */
export async function readerWorklist(
  study: Study,
  person: string,
  { queue, status, search, after, limit }: WorklistQuery,
): Promise<{ readonly entries: CaseEntry[]; readonly more: boolean }> {
  const key = readKey(queue);
  const range = positionsOf(search ?? "");
  if (!(await openKeys(study, person)).includes(key)) return { entries: [], more: false };
  if (range === null) return { entries: [], more: false };
  const behind = after === undefined ? "" : (positionsOf(after)?.to ?? "");
  const mine = tasksOf(study, person, key)
    .where("tasks.position", ">=", range.from)
    .where("tasks.position", "<", range.to)
    .where("tasks.position", ">", behind);
  const asked = {
    left: () => toDo(mine, key),
    new: () => withoutDraft(toDo(mine, key)),
    draft: () => withDraft(toDo(mine, key)),
    done: () => mine.where("tasks.done", "=", 1),
  }[status]();
  const rows = await asked
    .leftJoin("reading_drafts as drafts", (join) =>
      join
        .onRef("drafts.queue", "=", "tasks.queue")
        .onRef("drafts.person", "=", "tasks.person")
        .onRef("drafts.case_id", "=", "tasks.case_id"),
    )
    .select(({ selectFrom }) => [
      "tasks.case_id",
      "tasks.position",
      "tasks.done",
      "drafts.at as drafted_at",
      selectFrom("readings")
        .select(({ fn }) => fn.max("readings.at").as("at"))
        .whereRef("readings.panel", "=", "tasks.queue")
        .whereRef("readings.case_id", "=", "tasks.case_id")
        .whereRef("readings.reader", "=", "tasks.person")
        .as("read_at"),
    ])
    .orderBy("tasks.position")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const images = await imagesOf(
    study,
    page.map(({ case_id }) => case_id),
  );
  return {
    more: rows.length > limit,
    entries: page.map((row) => {
      const code = caseCode(row.position);
      return {
        code,
        label: caseLabel(code),
        state: row.done === 1 ? "submitted" : row.drafted_at === null ? "new" : "draft",
        views: (images.get(row.case_id) ?? []).map(({ view }) => view),
        editedAt: row.done === 1 ? row.read_at : row.drafted_at,
      };
    }),
  };
}

/**
 * The reader's task of this code.
 *
 * @throws StudyError `not-found`, also for what is somebody else's.
 */
export async function findReaderTask(
  study: Study,
  person: string,
  code: string,
): Promise<ReaderTask> {
  const rounds = await roundsOf(study);
  const range = positionsOf(code);
  const rows = await study.database
    .selectFrom("tasks")
    .innerJoin("cases", "cases.id", "tasks.case_id")
    .select([
      "tasks.queue",
      "tasks.case_id",
      "tasks.position",
      "tasks.done",
      "tasks.with_model",
      "tasks.opens_at",
      "cases.state",
    ])
    // All that an index of tasks begins with, so that it is found among a hundred thousand.
    .where("tasks.queue", "in", queuesIn(rounds))
    .where("tasks.person", "=", person)
    .where("tasks.done", "in", [0, 1])
    .where("tasks.position", ">=", range?.from ?? "")
    .where("tasks.position", "<", range?.to ?? "")
    .orderBy("tasks.queue")
    .execute();
  const only = rows.length === 0 ? null : await onlyOf(study, person, rounds);
  for (const { queue, case_id, position, done, with_model, opens_at, state } of rows) {
    if (queue === "annotation") continue;
    const key = keyOf(queue);
    if (only !== null && key !== only) continue;
    const isOpenNow = isRound(key) ? opens_at <= new Date().toISOString() : isWorkable(key, state);
    if (done === 0 && !isOpenNow) continue;
    const withModel = with_model === 1;
    return { key, queue, caseId: case_id, person, position, code, done: done === 1, withModel };
  }
  throw new StudyError("not-found", "There is no such case in your worklist.");
}

export interface TaskPlace {
  readonly place: number;
  readonly of: number;
  readonly previous: string | null;
  readonly next: string | null;
}

/** Where a task stands among the reader's own, and what is left before and behind it. */
export async function placeOf(study: Study, task: ReaderTask): Promise<TaskPlace> {
  const mine = tasksOf(study, task.person, task.key);
  const left = toDo(mine, task.key).select("tasks.position");
  const before = await left
    .where("tasks.position", "<", task.position)
    .orderBy("tasks.position", "desc")
    .limit(1)
    .executeTakeFirst();
  const next = await left
    .where("tasks.position", ">", task.position)
    .orderBy("tasks.position")
    .limit(1)
    .executeTakeFirst();
  return {
    place: await countOf(mine.where("tasks.position", "<=", task.position)),
    of: await countOf(mine),
    previous: before === undefined ? null : caseCode(before.position),
    next: next === undefined ? null : caseCode(next.position),
  };
}

/** From the API's word, which its schema has checked. */
function readKey(queue: string): QueueKey {
  return queue === "curation" || queue === "reference"
    ? queue
    : roundKey(Number(queue.slice("round-".length)));
}

function keyOf(queue: ReadingQueue): QueueKey {
  return queue === "curation" || queue === "reference"
    ? queue
    : roundKey(Number.parseInt(queue.slice("round-".length), 10));
}

/** The keys of the queues that somebody may see: all, or the qualification that is not passed. */
async function openKeys(study: Study, person: string): Promise<QueueKey[]> {
  const rounds = await roundsOf(study);
  const rows = await study.database
    .selectFrom("tasks")
    .select("queue")
    .distinct()
    .where("queue", "in", queuesIn(rounds))
    .where("person", "=", person)
    .execute();
  const queues = rows.flatMap(({ queue }) => (queue === "annotation" ? [] : [queue])).toSorted();
  const keys = [...new Set(queues.map(keyOf))];
  const only = await onlyOf(study, person, rounds);
  return only === null ? keys : keys.filter((key) => key === only);
}

interface Round {
  readonly id: number;
  readonly pass_share: number | null;
}

function roundsOf({ database }: Study): Promise<Round[]> {
  return database.selectFrom("rounds").select(["id", "pass_share"]).orderBy("id").execute();
}

/** Every queue that there can be: no index of tasks begins with a person. */
function queuesIn(rounds: readonly Round[]): ReadingQueue[] {
  const keys = rounds.map(({ id }) => roundKey(id));
  return ["curation", "reference", ...keys, ...keys.map(repeatOf)];
}

/** As `onlyQueueOf`, which need not be asked where no round is a qualification. */
async function onlyOf(
  study: Study,
  person: string,
  rounds: readonly Round[],
): Promise<RoundKey | null> {
  return rounds.every(({ pass_share }) => pass_share === null) ? null : onlyQueueOf(study, person);
}

function isWorkable(key: Panel, state: CaseState): boolean {
  return WORKABLE[key].some((one) => one === state);
}

function tasksOf({ database }: Study, person: string, key: QueueKey) {
  return database
    .selectFrom("tasks")
    .innerJoin("cases", "cases.id", "tasks.case_id")
    .where("tasks.person", "=", person)
    .where("tasks.queue", "in", isRound(key) ? [key, repeatOf(key)] : [key]);
}

type Tasks = ReturnType<typeof tasksOf>;

function toDo(tasks: Tasks, key: QueueKey): Tasks {
  return tasks.where("tasks.done", "=", 0).where(isOpen(key));
}

/** Whether a task that is not done may be done now. */
function isOpen(key: QueueKey) {
  return (task: ExpressionBuilder<StudyTables, "tasks" | "cases">): Expression<SqlBool> =>
    isRound(key)
      ? task("tasks.opens_at", "<=", new Date().toISOString())
      : task("cases.state", "in", WORKABLE[key]);
}

function withDraft(tasks: Tasks): Tasks {
  return tasks.where(({ exists, selectFrom }) => exists(draftOf(selectFrom)));
}

function withoutDraft(tasks: Tasks): Tasks {
  return tasks.where(({ not, exists, selectFrom }) => not(exists(draftOf(selectFrom))));
}

function draftOf(selectFrom: ExpressionBuilder<StudyTables, "tasks" | "cases">["selectFrom"]) {
  return selectFrom("reading_drafts as own")
    .select("own.version")
    .whereRef("own.queue", "=", "tasks.queue")
    .whereRef("own.person", "=", "tasks.person")
    .whereRef("own.case_id", "=", "tasks.case_id");
}

async function countOf(tasks: Tasks): Promise<number> {
  const { count } = await tasks
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}
