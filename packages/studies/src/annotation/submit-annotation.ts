/**
 * Annotations of a radiograph: every revision kept, with what became of the proposals that it began with,
 * boxes never stored. An annotation may be revised until the image has its truth.
 */
import { type Annotation, outlinesColumn } from "@malleolus/schema";
import type { Transaction } from "kysely";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import { requireRole } from "../people.ts";
import type { Study } from "../study.ts";
import { findImage } from "./find-image.ts";
import { insertAnnotation } from "./insert-annotation.ts";
import { recordDecisions } from "./proposals/record-decisions.ts";
import { checkMeaning, checkOutlines } from "./structures.ts";

/**
 * Records an annotation, or a revision of it; returns its number. With the last image of a case, the
 * annotator has done the case.
 *
 * @throws StudyError `person` for someone who does not annotate this case, `record` for an
 *   annotation that contradicts the protocol, the image, the case's class or what it says of
 *   proposals, `transition` once the image has its truth.
 */
export async function submitAnnotation(study: Study, annotation: Annotation): Promise<number> {
  const { annotator, outlines, visibility } = annotation;
  requireRole(study, annotator, "annotator");
  return inTransaction(study.database, async (transaction) => {
    const image = await findImage(transaction, annotation.image);
    await requireTask(transaction, image.caseId, annotator);
    if (await hasTruth(transaction, image.sha256)) {
      throw new StudyError(
        "transition",
        `image ${image.sha256} has its truth; it takes no more annotations`,
      );
    }
    checkOutlines(study, outlines, image);
    checkMeaning(study, annotation, { sha256: image.sha256, class: image.class ?? "" });
    if (annotation.startedFrom !== undefined) {
      await requirePrelabel(transaction, image.sha256, annotation.startedFrom);
    }
    const id = await insertAnnotation(transaction, {
      image_sha256: image.sha256,
      source: "person",
      author: annotator,
      visibility,
      outlines: outlinesColumn.write(outlines),
      started_from: annotation.startedFrom ?? null,
      proposals: annotation.proposals ?? null,
      seconds: annotation.seconds ?? null,
    });
    await recordDecisions(transaction, study, image, annotation, id);
    if (await hasAnnotatedAll(transaction, image.caseId, annotator)) {
      await transaction
        .updateTable("tasks")
        .set({ done: 1 })
        .where("queue", "=", "annotation")
        .where("case_id", "=", image.caseId)
        .where("person", "=", annotator)
        .execute();
    }
    return id;
  });
}

async function requireTask(
  transaction: Transaction<StudyTables>,
  caseId: string,
  annotator: string,
): Promise<void> {
  const task = await transaction
    .selectFrom("tasks")
    .select("done")
    .where("queue", "=", "annotation")
    .where("case_id", "=", caseId)
    .where("person", "=", annotator)
    .executeTakeFirst();
  if (task !== undefined) return;
  throw new StudyError(
    "person",
    `case ${caseId} is not assigned to ${annotator}; assign its annotators first`,
  );
}

async function hasTruth(transaction: Transaction<StudyTables>, sha256: string): Promise<boolean> {
  const truth = await transaction
    .selectFrom("image_truths")
    .select("how")
    .where("image_sha256", "=", sha256)
    .executeTakeFirst();
  return truth !== undefined;
}

async function requirePrelabel(
  transaction: Transaction<StudyTables>,
  sha256: string,
  id: number,
): Promise<void> {
  const row = await transaction
    .selectFrom("annotations")
    .select("id")
    .where("id", "=", id)
    .where("image_sha256", "=", sha256)
    .where("source", "=", "model")
    .executeTakeFirst();
  if (row !== undefined) return;
  throw new StudyError("record", `image ${sha256}: expected a prelabel of it, got number ${id}`);
}

async function hasAnnotatedAll(
  transaction: Transaction<StudyTables>,
  caseId: string,
  annotator: string,
): Promise<boolean> {
  const left = await transaction
    .selectFrom("images")
    .select("sha256")
    .where("case_id", "=", caseId)
    .where("sha256", "not in", ({ selectFrom }) =>
      selectFrom("annotations")
        .select("image_sha256")
        .where("source", "=", "person")
        .where("author", "=", annotator),
    )
    .executeTakeFirst();
  return left === undefined;
}
