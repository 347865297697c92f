/** A case's class and annotator from a COCO file, in the study's database. */
import { inTransaction } from "../database/in-transaction.ts";
import type { Study } from "../study.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { recordToldClass } from "./told-class.ts";

/** As who the file speaks. */
export const ANNOTATOR = "coco";

export async function findCaseOf({ database }: Study, sha256: string): Promise<string> {
  const { case_id } = await database
    .selectFrom("images")
    .select("case_id")
    .where("sha256", "=", sha256)
    .executeTakeFirstOrThrow();
  return case_id;
}

/**
 * Gives a new case its class, and its annotation to `ANNOTATOR`, in one transaction. False where that
 * was done before.
 *
 * @throws StudyError `transition` for a case that people have begun with.
 */
export async function classifyCase(
  { database, protocol }: Study,
  told: { readonly caseId: string; readonly class: string; readonly who: string },
): Promise<boolean> {
  const { caseId, who } = told;
  return inTransaction(database, async (transaction) => {
    const found = await transaction
      .selectFrom("cases")
      .select("class")
      .where("id", "=", caseId)
      .executeTakeFirstOrThrow();
    const task = await transaction
      .selectFrom("tasks")
      .select("person")
      .where("queue", "=", "annotation")
      .where("case_id", "=", caseId)
      .where("person", "=", ANNOTATOR)
      .executeTakeFirst();
    if (task !== undefined && found.class === told.class) return false;
    const source = "its annotations in a COCO file say";
    await recordToldClass(transaction, protocol, { caseId, class: told.class, who, source });
    await addTasks(transaction, "annotation", [caseId], [ANNOTATOR], protocol.splits.seed);
    return true;
  });
}

/** The images of a case that have an annotation of the file's. */
export async function annotatedImages({ database }: Study, caseId: string): Promise<Set<string>> {
  const rows = await database
    .selectFrom("annotations")
    .innerJoin("images", "images.sha256", "annotations.image_sha256")
    .select("annotations.image_sha256")
    .where("images.case_id", "=", caseId)
    .where("annotations.source", "=", "person")
    .where("annotations.author", "=", ANNOTATOR)
    .execute();
  return new Set(rows.map(({ image_sha256 }) => image_sha256));
}
