/** Findings of a model that were marked wrong, and the round in which their cases are drawn. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const correctionsMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable("corrections")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("round", "text", (column) => column.notNull())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("prelabel_id", "integer", (column) =>
        column.notNull().references("prelabels.annotation_id"),
      )
      .addColumn("structure", "text", (column) => column.notNull())
      .addColumn("wrong", "text", (column) =>
        column
          .notNull()
          .check(sql`wrong in ('nothing there', 'another place', 'another structure')`),
      )
      .addColumn("note", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addUniqueConstraint("corrections_once", ["prelabel_id", "structure"])
      .execute();
    await schema
      .createIndex("corrections_by_case")
      .on("corrections")
      .columns(["case_id", "id"])
      .execute();
  },
};
