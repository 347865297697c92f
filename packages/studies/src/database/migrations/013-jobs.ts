/** What detectors say of a study's radiographs, and the work that processes of one machine share. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const jobsMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable("analyses")
      .addColumn("model_sha256", "text", (column) => column.notNull().references("models.sha256"))
      .addColumn("image_sha256", "text", (column) => column.notNull().references("images.sha256"))
      .addColumn("record", "text")
      .addColumn("failure", "text")
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("analyses_key", ["model_sha256", "image_sha256"])
      .addCheckConstraint("analyses_meaning", sql`(record is null) = (failure is not null)`)
      .execute();
    await schema
      .createTable("jobs")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("key", "text", (column) => column.notNull().unique())
      .addColumn("content", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) =>
        column.notNull().check(sql`state in ('waiting', 'active', 'completed', 'dead')`),
      )
      .addColumn("attempt", "integer", (column) => column.notNull())
      .addColumn("token", "text")
      .addColumn("seen_at", "text")
      .addColumn("not_before", "text", (column) => column.notNull())
      .addColumn("reason", "text")
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("jobs_by_state").on("jobs").columns(["state", "id"]).execute();
  },
};
