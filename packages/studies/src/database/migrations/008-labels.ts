/** What a reading holds of the protocol's further labels. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const labelsMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema.alterTable("readings").addColumn("labels", "text").execute();
  },
};
