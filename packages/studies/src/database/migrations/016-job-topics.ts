/** A worker takes the jobs that it can do, and finds them among those that others have to do. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { isPostgres } from "../postgres-dialect.ts";

export const jobTopicsMigration: Migration = {
  async up(database: Kysely<unknown>) {
    const { schema } = database;
    await schema
      .alterTable("jobs")
      .addColumn("topic", "text", (column) => column.notNull().defaultTo(""))
      .execute();
    // On PostgreSQL the table is empty: pg-boss has the jobs.
    if (!isPostgres(database)) {
      await sql`update jobs set topic = 'analyze/' || (content ->> 'model')`.execute(database);
    }
    await schema.dropIndex("jobs_by_state").execute();
    await schema
      .createIndex("jobs_by_state")
      .on("jobs")
      .columns(["state", "topic", "id"])
      .execute();
  },
};
