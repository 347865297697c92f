/** An image of the study with what an annotation of it is held against. */
import { type ImageRecord, imageColumn } from "@malleolus/schema";
import type { StudyTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface FoundImage {
  readonly sha256: string;
  readonly caseId: string;
  readonly facts: ImageRecord;
  /** Of the case: the reference panel's for a test case that it has decided on. */
  readonly class: string | null;
}

/** @throws StudyError `record` where there is no such image. */
export async function findImage(
  database: StudyDatabase | StudyTransaction,
  sha256: string,
): Promise<FoundImage> {
  const row = await database
    .selectFrom("images")
    .innerJoin("case_classes", "case_classes.case_id", "images.case_id")
    .select(["images.case_id", "images.facts", "case_classes.class"])
    .where("images.sha256", "=", sha256)
    .executeTakeFirst();
  if (row === undefined) {
    throw new StudyError("record", `image ${sha256}: expected an image of the study, got none`);
  }
  const facts = imageColumn.read(row.facts, `image ${sha256}`);
  return { sha256, caseId: row.case_id, facts, class: row.class };
}

/** The case that an image is of. @throws StudyError `not-found` where there is no such image. */
export async function caseOfImage(
  { database }: Pick<Study, "database">,
  sha256: string,
): Promise<string> {
  const row = await database
    .selectFrom("images")
    .select("case_id")
    .where("sha256", "=", sha256)
    .executeTakeFirst();
  if (row !== undefined) return row.case_id;
  throw new StudyError("not-found", "This radiograph is not in the study.");
}
