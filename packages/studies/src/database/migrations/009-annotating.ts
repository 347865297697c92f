/**
 * Annotating in the reading room: drawings while they are made, comments at places of a radiograph, and cases
 * that a senior gave back. Nothing but a draft is ever changed.
 */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const annotatingMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable("annotation_drafts")
      .addColumn("person", "text", (column) => column.notNull())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("content", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("submitted_at", "text")
      .addPrimaryKeyConstraint("annotation_drafts_key", ["person", "case_id"])
      .execute();
    await schema
      .createTable("comment_threads")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("annotator", "text", (column) => column.notNull())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("image_sha256", "text", (column) => column.notNull().references("images.sha256"))
      .addColumn("x", "real", (column) => column.notNull())
      .addColumn("y", "real", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("comment_threads_by_case")
      .on("comment_threads")
      .columns(["case_id", "annotator"])
      .execute();
    await schema
      .createTable("comments")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("thread_id", "integer", (column) =>
        column.notNull().references("comment_threads.id"),
      )
      .addColumn("who", "text", (column) => column.notNull())
      .addColumn("text", "text")
      .addColumn("resolves", "integer", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("comments_by_thread")
      .on("comments")
      .columns(["thread_id", "id"])
      .execute();
    await schema
      .createTable("returned_annotations")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("annotator", "text", (column) => column.notNull())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("reason", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
  },
};
