/** Ways to sign in beside a password: identities of an institution's provider, and passkeys. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const signOnMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable("external_identities")
      .addColumn("issuer", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("account_id", "integer", (column) => column.notNull().references("accounts.id"))
      .addColumn("at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("external_identities_key", ["issuer", "subject"])
      .execute();
    await schema
      .createTable("passkeys")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("account_id", "integer", (column) => column.notNull().references("accounts.id"))
      .addColumn("credential", "text", (column) => column.notNull().unique())
      .addColumn("public_key", "text", (column) => column.notNull())
      .addColumn("counter", "integer", (column) => column.notNull().check(sql`counter >= 0`))
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("used_at", "text")
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("passkeys_by_account").on("passkeys").column("account_id").execute();
  },
};
