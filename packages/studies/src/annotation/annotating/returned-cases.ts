/**
 * Submitted drawings that a senior gives back to their annotator, with the reason; and the senior's own list of
 * what was submitted. Annotators are not named in it.
 */
import type { CaseEntry } from "@malleolus/schema";
import { StudyError } from "../../errors.ts";
import { requireRole } from "../../people.ts";
import type { Study } from "../../study.ts";
import { caseCode, caseLabel, positionsOf } from "../../tasks/case-code.ts";
import { imagesOf } from "../../tasks/worklist.ts";
import { annotationDraftOf, isDecided } from "./annotator-draft.ts";
import { ANNOTATION_QUEUE, type AnnotatorTask } from "./annotator-tasks.ts";

/** The last return since the drawing was submitted; null where there is none. */
export async function openReturnOf(
  study: Study,
  task: AnnotatorTask,
): Promise<{ readonly reason: string; readonly at: string } | null> {
  if (task.done) return null;
  const row = await study.database
    .selectFrom("returned_annotations")
    .select(["reason", "at"])
    .where("annotator", "=", task.person)
    .where("case_id", "=", task.caseId)
    .orderBy("id", "desc")
    .executeTakeFirst();
  return row ?? null;
}

/** Drawings that were submitted in the reading room and are not decided: what a senior may look at. */
export async function reviewList(study: Study, senior: string): Promise<CaseEntry[]> {
  requireRole(study, senior, "senior");
  const rows = await submittedTasks(study, senior)
    .select(["tasks.position", "tasks.case_id", "drafts.submitted_at"])
    .orderBy("tasks.position")
    .execute();
  const images = await imagesOf(study, [...new Set(rows.map(({ case_id }) => case_id))]);
  return rows.map(({ position, case_id, submitted_at }) => {
    const code = caseCode(position);
    const views = (images.get(case_id) ?? []).map(({ view }) => view);
    return { code, label: caseLabel(code), state: "submitted", views, editedAt: submitted_at };
  });
}

/**
 * The annotator's task that a senior looks at.
 *
 * @throws StudyError `person` for someone who is no senior, `not-found` for what was not submitted.
 */
export async function findReviewedTask(
  study: Study,
  senior: string,
  code: string,
): Promise<AnnotatorTask> {
  requireRole(study, senior, "senior");
  const range = positionsOf(code);
  const row = await submittedTasks(study, senior)
    .where("tasks.position", ">=", range?.from ?? "")
    .where("tasks.position", "<", range?.to ?? "")
    .select(["tasks.case_id", "tasks.position", "tasks.person"])
    .executeTakeFirst();
  if (row === undefined) {
    throw new StudyError("not-found", "There is no such drawing to look at.");
  }
  return { caseId: row.case_id, person: row.person, position: row.position, code, done: true };
}

/**
 * Gives a drawing back: it is the annotator's draft again. Called within a transaction.
 *
 * @throws StudyError `transition` once a radiograph of the case has its truth.
 */
export async function returnCase(
  study: Study,
  task: AnnotatorTask,
  { reason, who }: { readonly reason: string; readonly who: string },
): Promise<{ readonly at: string }> {
  if (await isDecided(study, task)) {
    throw new StudyError("transition", "This case is decided. It cannot be given back.");
  }
  if ((await annotationDraftOf(study, task)) === null) {
    throw new StudyError(
      "transition",
      "This drawing was brought in from a file. Correct it there.",
    );
  }
  const at = new Date().toISOString();
  const { person, caseId } = task;
  await study.database
    .insertInto("returned_annotations")
    .values({ annotator: person, case_id: caseId, reason, who, at })
    .execute();
  await study.database
    .updateTable("tasks")
    .set({ done: 0 })
    .where("queue", "=", ANNOTATION_QUEUE)
    .where("case_id", "=", caseId)
    .where("person", "=", person)
    .execute();
  return { at };
}

/** Not a senior's own drawings, and nothing that the senior has still to read. */
function submittedTasks({ database }: Study, senior: string) {
  return database
    .selectFrom("tasks")
    .innerJoin("annotation_drafts as drafts", (join) =>
      join
        .onRef("drafts.person", "=", "tasks.person")
        .onRef("drafts.case_id", "=", "tasks.case_id"),
    )
    .where("tasks.queue", "=", ANNOTATION_QUEUE)
    .where("tasks.done", "=", 1)
    .where("tasks.person", "!=", senior)
    .where("tasks.case_id", "not in", ({ selectFrom }) =>
      selectFrom("image_truths")
        .innerJoin("images", "images.sha256", "image_truths.image_sha256")
        .select("images.case_id"),
    )
    .where("tasks.case_id", "not in", ({ selectFrom }) =>
      selectFrom("tasks as own")
        .select("own.case_id")
        .where("own.person", "=", senior)
        .where("own.done", "=", 0),
    );
}
