/**
 * What was called a correction is a wrong finding: the inference service's corrections are something else, live
 * radiographs with what a follow-up found.
 */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const wrongFindingsMigration: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema.alterTable("corrections").renameTo("wrong_findings").execute();
  },
};
