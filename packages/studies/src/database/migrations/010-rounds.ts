/** Rounds that show a model's findings, and rounds by which readers qualify. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const roundsMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    for (const table of ["readings", "tasks"]) {
      await schema
        .alterTable(table)
        .addColumn("with_model", "integer", (column) => column.notNull().defaultTo(0))
        .execute();
    }
    await schema
      .alterTable("rounds")
      .addColumn("model", "text", (column) =>
        column.notNull().defaultTo("never").check(sql`model in ('never', 'always', 'crossed')`),
      )
      .execute();
    await schema
      .alterTable("rounds")
      .addColumn("pass_share", "real", (column) => column.check(sql`pass_share between 0 and 1`))
      .execute();
  },
};
