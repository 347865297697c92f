/** Reports are numbered as they come, on every database: the order of those that came with one file. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const reportsOrderMigration: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema.alterTable("reports").renameTo("reports_before").execute();
    await schema.dropIndex("reports_by_case").execute();
    await schema
      .createTable("reports")
      .addColumn("ordinal", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("language", "text")
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("reports_by_case").on("reports").column("case_id").execute();
    // SQLite goes through a table in the order in which its rows came; elsewhere there is none yet.
    await sql`
      insert into reports (id, case_id, language, text, at, who)
      select id, case_id, language, text, at, who from reports_before`.execute(db);
    await schema.dropTable("reports_before").execute();
  },
};
