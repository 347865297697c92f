/**
 * A study's database, brought to the newest tables.
 */

import { causeText } from "@malleolus/errors";
import { Kysely, sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, Migrator } from "kysely/migration";
import { StudyError } from "../errors.ts";
import { studyMigration } from "./migrations/001-study.ts";
import { peopleMigration } from "./migrations/002-people.ts";
import { caseClassesMigration } from "./migrations/003-case-classes.ts";
import { visibilityGradesMigration } from "./migrations/004-visibility-grades.ts";
import { proposalsMigration } from "./migrations/005-proposals.ts";
import { readingRoomMigration } from "./migrations/006-reading-room.ts";
import { signOnMigration } from "./migrations/007-sign-on.ts";
import { labelsMigration } from "./migrations/008-labels.ts";
import { annotatingMigration } from "./migrations/009-annotating.ts";
import { roundsMigration } from "./migrations/010-rounds.ts";
import { correctionsMigration } from "./migrations/011-corrections.ts";
import { reportsOrderMigration } from "./migrations/012-reports-order.ts";
import { jobsMigration } from "./migrations/013-jobs.ts";
import { wrongFindingsMigration } from "./migrations/014-wrong-findings.ts";
import { importTokenMigration } from "./migrations/015-import-token.ts";
import { jobTopicsMigration } from "./migrations/016-job-topics.ts";
import { isPostgresUrl, postgresDialect, withoutPassword } from "./postgres-dialect.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import type { StudyTables } from "./tables.ts";

export type StudyDatabase = Kysely<StudyTables>;

/** In order, forward only: a table that was wrong is mended by the next. */
const migrations = {
  "001-study": studyMigration,
  "002-people": peopleMigration,
  "003-case-classes": caseClassesMigration,
  "004-visibility-grades": visibilityGradesMigration,
  "005-proposals": proposalsMigration,
  "006-reading-room": readingRoomMigration,
  "007-sign-on": signOnMigration,
  "008-labels": labelsMigration,
  "009-annotating": annotatingMigration,
  "010-rounds": roundsMigration,
  "011-corrections": correctionsMigration,
  "012-reports-order": reportsOrderMigration,
  "013-jobs": jobsMigration,
  "014-wrong-findings": wrongFindingsMigration,
  "015-import-token": importTokenMigration,
  "016-job-topics": jobTopicsMigration,
};

/**
 * Opens the file, or makes it; or opens the PostgreSQL database of this URL, which is there.
 *
 * @throws StudyError `configuration` where it is no such database.
 */
export async function openDatabase(location: string): Promise<StudyDatabase> {
  const dialect = isPostgresUrl(location) ? postgresDialect(location) : sqliteDialect(location);
  const database = new Kysely<StudyTables>({ dialect });
  const error = await errorOfMigrating(database);
  if (error === undefined) return database;
  await database.destroy();
  throw new StudyError(
    "configuration",
    `${withoutPassword(location)}: expected a study's database, got one that cannot be opened (${causeText(error)})`,
    { cause: error },
  );
}

/** Undefined where all tables are the newest. */
async function errorOfMigrating(database: StudyDatabase): Promise<unknown> {
  try {
    if (await isNewest(database)) return undefined;
  } catch (error) {
    return error;
  }
  const provider = { getMigrations: async () => migrations };
  return (await new Migrator({ db: database, provider }).migrateToLatest()).error;
}

/**
 * Whether every migration is done, by their names alone. Kysely's migrator asks for all columns of all tables, twice,
 * whatever there is to do.
 */
async function isNewest(database: StudyDatabase): Promise<boolean> {
  const table = sql.table(DEFAULT_MIGRATION_TABLE);
  try {
    const { rows } = await sql<{
      name: string;
    }>`select name from ${table} order by timestamp, name`.execute(database);
    const names = Object.keys(migrations);
    return rows.length === names.length && rows.every(({ name }, i) => name === names[i]);
  } catch (error) {
    if (isAboutNoTable(error)) return false;
    throw error;
  }
}

function isAboutNoTable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "42P01") || /no such table/.test(error.message);
}

/** Whether a study has been made in it: its tables alone are there in any that was opened. */
export async function holdsStudy(database: StudyDatabase): Promise<boolean> {
  const held = await database.selectFrom("settings").select("name").executeTakeFirst();
  return held !== undefined;
}
