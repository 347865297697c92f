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

/** SQLite's codes for a page that is not what it was, and for a file that is no database. */
const DAMAGED = new Set([11, 26]);
const RESTORE = "restore the last backup (malleolus backup)";

interface Trouble {
  /** What came in the place of a study's database, and what to do. */
  readonly got: string;
  readonly cause?: unknown;
}

/**
 * Opens the file, or makes it; or opens the PostgreSQL database of this URL, which is there.
 *
 * @throws StudyError `configuration` where it is no such database, or one of a later version.
 */
export async function openDatabase(location: string): Promise<StudyDatabase> {
  const dialect = isPostgresUrl(location) ? postgresDialect(location) : sqliteDialect(location);
  const database = new Kysely<StudyTables>({ dialect });
  const trouble = await bringUpToDate(database);
  if (trouble === undefined) return database;
  await database.destroy();
  throw new StudyError(
    "configuration",
    `${withoutPassword(location)}: expected a study's database, got ${trouble.got}`,
    { cause: trouble.cause },
  );
}

/** Undefined where all tables are the newest now. */
async function bringUpToDate(database: StudyDatabase): Promise<Trouble | undefined> {
  let done: readonly string[];
  try {
    done = await doneMigrations(database);
  } catch (cause) {
    const advice = isAboutDamage(cause) ? `; ${RESTORE}` : "";
    return { got: `one that cannot be opened (${causeText(cause)})${advice}`, cause };
  }
  const names = Object.keys(migrations);
  const later = done.find((name) => !names.includes(name));
  if (later !== undefined) {
    return {
      got: `one that a later version of Malleolus has brought up to date (${later}); use that version, or restore the backup from before it`,
    };
  }
  // By their names alone: Kysely's migrator asks for all columns of all tables, twice, whatever there is to do.
  if (done.length === names.length && done.every((name, i) => name === names[i])) return undefined;
  const provider = { getMigrations: async () => migrations };
  const { error: cause } = await new Migrator({ db: database, provider }).migrateToLatest();
  if (cause === undefined) return undefined;
  return {
    got: `one whose tables cannot be brought up to date (${causeText(cause)}); they are as they were: mend that and open it again, or ${RESTORE}`,
    cause,
  };
}

/** Their names in the order in which they were done; none where nothing has been done. */
async function doneMigrations(database: StudyDatabase): Promise<string[]> {
  const table = sql.table(DEFAULT_MIGRATION_TABLE);
  try {
    const { rows } = await sql<{
      name: string;
    }>`select name from ${table} order by timestamp, name`.execute(database);
    return rows.map(({ name }) => name);
  } catch (error) {
    if (isAboutNoTable(error)) return [];
    throw error;
  }
}

function isAboutDamage(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && DAMAGED.has(Number(error.errcode) & 0xff);
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
