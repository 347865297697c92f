/**
 * An annotator's own cases to draw: what is to do, what is done, in an order of its own. Nothing here tells
 * how far others are. A case that the annotator has still to read waits until it is read, since what is
 * asked about it here says whether there is a fracture.
 */
import type { CaseEntry, ReaderQueue, WorklistQuery } from "@malleolus/schema";
import { StudyError } from "../../errors.ts";
import type { Study } from "../../study.ts";
import { caseCode, caseLabel, positionsOf } from "../../tasks/case-code.ts";
import type { TaskPlace } from "../../tasks/reader-tasks.ts";
import { imagesOf, WORKABLE } from "../../tasks/worklist.ts";

export const ANNOTATION_QUEUE = "annotation";

export interface AnnotatorTask {
  readonly caseId: string;
  readonly person: string;
  readonly position: string;
  readonly code: string;
  readonly done: boolean;
}

/** The queue as it stands among the person's others; null for whoever has nothing to draw. */
export async function annotationQueueOf(study: Study, person: string): Promise<ReaderQueue | null> {
  const done = await countOf(tasksOf(study, person).where("tasks.done", "=", 1));
  const left = await countOf(toDo(study, person));
  if (done + left === 0) return null;
  const drafts = await countOf(toDo(study, person).where("drafts.version", "is not", null));
  const told = { key: ANNOTATION_QUEUE, title: "Annotation" } as const;
  return { ...told, done, left, later: 0, drafts, qualification: null };
}

/** A page of the annotator's worklist. */
export async function annotatorWorklist(
  study: Study,
  person: string,
  { status, search, after, limit }: Omit<WorklistQuery, "queue">,
): Promise<{ readonly entries: CaseEntry[]; readonly more: boolean }> {
  const range = positionsOf(search ?? "");
  if (range === null) return { entries: [], more: false };
  const behind = after === undefined ? "" : (positionsOf(after)?.to ?? "");
  const asked = {
    left: () => toDo(study, person),
    new: () => toDo(study, person).where("drafts.version", "is", null),
    draft: () => toDo(study, person).where("drafts.version", "is not", null),
    done: () => tasksOf(study, person).where("tasks.done", "=", 1),
  }[status]();
  const rows = await asked
    .where("tasks.position", ">=", range.from)
    .where("tasks.position", "<", range.to)
    .where("tasks.position", ">", behind)
    .select(["tasks.case_id", "tasks.position", "tasks.done", "drafts.at", "drafts.submitted_at"])
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
        state: row.done === 1 ? "submitted" : row.at === null ? "new" : "draft",
        views: (images.get(row.case_id) ?? []).map(({ view }) => view),
        editedAt: row.done === 1 ? (row.submitted_at ?? row.at) : row.at,
      };
    }),
  };
}

/**
 * The annotator's task of this code.
 *
 * @throws StudyError `not-found`, also for what is somebody else's.
 */
export async function findAnnotatorTask(
  study: Study,
  person: string,
  code: string,
): Promise<AnnotatorTask> {
  const range = positionsOf(code);
  const within = (tasks: Tasks) =>
    tasks
      .where("tasks.position", ">=", range?.from ?? "")
      .where("tasks.position", "<", range?.to ?? "")
      .select(["tasks.case_id", "tasks.position", "tasks.done"])
      .executeTakeFirst();
  const row =
    (await within(toDo(study, person))) ??
    (await within(tasksOf(study, person).where("tasks.done", "=", 1)));
  if (row === undefined) {
    throw new StudyError("not-found", "There is no such case in your worklist.");
  }
  const { case_id, position, done } = row;
  return { caseId: case_id, person, position, code, done: done === 1 };
}

/** Where a task stands among the annotator's own, and what is left before and behind it. */
export async function annotatorPlaceOf(
  study: Study,
  { person, position }: AnnotatorTask,
): Promise<TaskPlace> {
  const left = () => toDo(study, person).select("tasks.position").limit(1);
  const before = await left()
    .where("tasks.position", "<", position)
    .orderBy("tasks.position", "desc")
    .executeTakeFirst();
  const next = await left()
    .where("tasks.position", ">", position)
    .orderBy("tasks.position")
    .executeTakeFirst();
  const mine = tasksOf(study, person);
  return {
    place: await countOf(mine.where("tasks.position", "<=", position)),
    of: await countOf(mine),
    previous: before === undefined ? null : caseCode(before.position),
    next: next === undefined ? null : caseCode(next.position),
  };
}

function tasksOf({ database }: Study, person: string) {
  return database
    .selectFrom("tasks")
    .innerJoin("cases", "cases.id", "tasks.case_id")
    .leftJoin("annotation_drafts as drafts", (join) =>
      join
        .onRef("drafts.person", "=", "tasks.person")
        .onRef("drafts.case_id", "=", "tasks.case_id"),
    )
    .where("tasks.queue", "=", ANNOTATION_QUEUE)
    .where("tasks.person", "=", person);
}

type Tasks = ReturnType<typeof tasksOf>;

function toDo(study: Study, person: string): Tasks {
  return tasksOf(study, person)
    .where("tasks.done", "=", 0)
    .where("cases.state", "in", WORKABLE.annotation)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("tasks as own")
            .select("own.queue")
            .whereRef("own.case_id", "=", "tasks.case_id")
            .where("own.person", "=", person)
            .where("own.queue", "!=", ANNOTATION_QUEUE)
            .where("own.done", "=", 0),
        ),
      ),
    );
}

async function countOf(tasks: Tasks): Promise<number> {
  const { count } = await tasks
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}
