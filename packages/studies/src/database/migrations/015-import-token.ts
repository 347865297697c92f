/** An import whose lock has gone to another finds that out. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const importTokenMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable("import_token")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("token", "text", (column) => column.notNull())
      .execute();
  },
};
