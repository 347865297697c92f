/** The one way in which an annotation is written, a person's or a model's: as its author's next revision. */
import type { Annotation } from "@malleolus/schema";
import type { StudyTransaction } from "../database/in-transaction.ts";

/** Adds an annotation as its author's next revision; returns its number. */
export async function insertAnnotation(
  transaction: StudyTransaction,
  row: {
    readonly image_sha256: string;
    readonly source: "person" | "model";
    readonly author: string;
    readonly visibility: Annotation["visibility"];
    readonly outlines: string;
    readonly started_from?: number | null;
    readonly proposals?: Annotation["proposals"] | null;
    readonly seconds?: number | null;
  },
): Promise<number> {
  const { latest } = await transaction
    .selectFrom("annotations")
    .select(({ fn }) => fn.max("revision").as("latest"))
    .where("image_sha256", "=", row.image_sha256)
    .where("source", "=", row.source)
    .where("author", "=", row.author)
    .executeTakeFirstOrThrow();
  const { id } = await transaction
    .insertInto("annotations")
    .values({ ...row, revision: Number(latest ?? 0) + 1, at: new Date().toISOString() })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
