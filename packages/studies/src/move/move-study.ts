/**
 * A study's database into another one, from a file to PostgreSQL or back. The folder stays where it is, with its
 * radiographs; its configuration names the new database when everything has arrived there, and not before. The
 * old database is left as it was.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { writeFileWhole } from "@malleolus/host";
import { studyConfigurationSchema } from "@malleolus/schema";
import { parse } from "smol-toml";
import { inTransaction } from "../database/in-transaction.ts";
import { openDatabase } from "../database/open-database.ts";
import { isPostgresUrl, withoutPassword } from "../database/postgres-dialect.ts";
import { StudyError } from "../errors.ts";
import { lockImport } from "../import/import-lock.ts";
import { CONFIGURATION, databaseLocation, type Study } from "../study.ts";
import { type CopiedTable, copyDatabase } from "./copy-database.ts";

export interface MovedStudy {
  readonly from: string;
  readonly to: string;
  readonly tables: readonly CopiedTable[];
}

/**
 * `to` is a path, or the URL of a PostgreSQL database that is there and holds no study. Whoever has the study open
 * goes on with the old database: its server and its workers must be stopped first.
 *
 * @throws StudyError `exists` where there is a study already, `busy` while an import runs, `configuration` for a
 *   database that cannot be opened or a configuration that cannot be changed by a program.
 */
export async function moveStudy(study: Study, to: string): Promise<MovedStudy> {
  const { folder, configuration } = study;
  const written = isPostgresUrl(to) ? to : withinStudy(folder, to);
  const location = databaseLocation(folder, written);
  if (!isPostgresUrl(location) && existsSync(location)) {
    throw new StudyError("exists", `${location}: expected no file, got one; name another`);
  }
  const path = join(folder, CONFIGURATION);
  const text = withDatabase(readFileSync(path, "utf8"), written, path);
  await using lock = await lockImport(study);
  const target = await openDatabase(location);
  let arrived = false;
  try {
    const tables = await copyDatabase(study.database, target);
    // What an import that began meanwhile has brought would be left behind; none begins before the file is written.
    await inTransaction(study.database, async (transaction) => {
      await lock.holdAlone(transaction);
      writeFileWhole(path, text);
      arrived = true;
    });
    return {
      from: withoutPassword(configuration.storage.database),
      to: withoutPassword(written),
      tables,
    };
  } finally {
    await target.destroy();
    // A file that was made for it goes again.
    if (!arrived && !isPostgresUrl(location)) {
      for (const end of ["", "-wal", "-shm"]) rmSync(location + end, { force: true });
    }
  }
}

/** As the configuration writes a path: relative to the study's folder where it lies there. */
function withinStudy(folder: string, path: string): string {
  const name = relative(resolve(folder), resolve(path));
  return name.startsWith("..") || isAbsolute(name) ? resolve(path) : name;
}

/**
 * A study's configuration with another database in it; everything else, comments too, stays.
 *
 * @throws StudyError `configuration` where it is not written as a line of its own.
 */
export function withDatabase(text: string, database: string, path: string): string {
  const changed = text.replace(
    /^(\[storage\][^[]*?^database\s*=\s*)(?:"[^"\n]*"|'[^'\n]*')/m,
    (_, before: string) => before + JSON.stringify(database),
  );
  const read = studyConfigurationSchema.safeParse(parse(changed));
  if (read.success && read.data.storage.database === database) return changed;
  throw new StudyError(
    "configuration",
    `${path}: expected a line database = "…" below [storage], got none that a program can change; write it so`,
  );
}
