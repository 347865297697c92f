/**
 * The grades of a fracture's visibility become the three of the study that is followed: easy, difficult,
 * impossible. 0.1.0 had four; its two upper ones are one.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const visibilityGradesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const table of ["annotations", "image_truths"]) {
      await sql`
        update ${sql.table(table)}
        set visibility = case visibility when 'subtle' then 'difficult' else 'easy' end
        where visibility in ('obvious', 'visible', 'subtle')`.execute(db);
    }
  },
};
