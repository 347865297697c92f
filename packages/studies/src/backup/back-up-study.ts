/**
 * A whole study in one file while it is used: the database as it is at one moment, and everything else in
 * the study's folder. Images are never changed and lie in the store before the database knows them, so
 * that those of the moment are all there.
 *
 * Not in it: the key file, which tells patients' pseudonyms; it lies beside the study and is kept apart. Nor `runs/` and
 * `jobs/`: what works there comes and goes while it is written, and can be repeated from what is in it.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { sql } from "kysely";
import { openDatabase } from "../database/open-database.ts";
import { isPostgres } from "../database/postgres-dialect.ts";
import { StudyError } from "../errors.ts";
import { copyDatabase } from "../move/copy-database.ts";
import { withDatabase } from "../move/move-study.ts";
import { CONFIGURATION, DATABASE, type Study } from "../study.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar.ts";

export interface BackupSize {
  readonly files: number;
  readonly sizeBytes: number;
}

const PART = 1 << 20;
const WORK = ["runs/", "jobs/"];

/**
 * Writes `path`, a tar archive with one folder; it is there whole or not at all.
 *
 * @throws StudyError `exists` where there is such a file, `configuration` where the study's
 *   database lies outside its folder.
 */
export async function backUpStudy(study: Study, path: string): Promise<BackupSize> {
  if (existsSync(path)) {
    throw new StudyError("exists", `${path}: expected no file, got one; choose another name`);
  }
  const database = databaseWithin(study);
  const folder = mkdtempSync(join(dirname(resolve(path)), ".malleolus-backup-"));
  try {
    const copy = join(folder, "database");
    await copyAsFile(study, copy);
    const aside = join(folder, "archive");
    const size = writeArchive(study, database, copy, aside);
    renameSync(aside, path);
    flush(dirname(resolve(path)));
    return size;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One on a server comes as a file, too, so that the archive alone is the study. */
async function copyAsFile(study: Study, path: string): Promise<void> {
  if (!isPostgres(study.database)) {
    await sql`vacuum into ${path}`.execute(study.database);
    return;
  }
  const copy = await openDatabase(path);
  try {
    // Readers go on: a copy of one moment is enough.
    await copyDatabase(study.database, copy, { holdsWriters: false });
  } finally {
    await copy.destroy();
  }
}

function writeArchive(study: Study, database: string, copy: string, path: string): BackupSize {
  const archive = openSync(path, "wx", 0o600);
  try {
    const root = basename(resolve(study.folder));
    let [files, sizeBytes] = [0, 0];
    for (const name of filesWithin(study.folder, resolve(study.keyFile))) {
      // The live database and what SQLite keeps beside it.
      if (name === database || name.startsWith(`${database}-`)) continue;
      if (name === CONFIGURATION && isPostgres(study.database)) {
        sizeBytes += appendText(archive, `${root}/${name}`, configurationOfCopy(study));
        files++;
        continue;
      }
      sizeBytes += append(archive, join(study.folder, name), `${root}/${name}`);
      files++;
    }
    sizeBytes += append(archive, copy, `${root}/${database}`);
    writeSync(archive, tarEnd());
    fsyncSync(archive);
    return { files: files + 1, sizeBytes };
  } finally {
    closeSync(archive);
  }
}

function configurationOfCopy({ folder }: Study): string {
  const path = join(folder, CONFIGURATION);
  return withDatabase(readFileSync(path, "utf8"), DATABASE, path);
}

function appendText(archive: number, name: string, text: string): number {
  const bytes = Buffer.from(text);
  writeWhole(archive, tarHeader(name, bytes.length, new Date()));
  writeWhole(archive, bytes);
  writeWhole(archive, tarPadding(bytes.length));
  return bytes.length;
}

/** The file as long as it is now: one that grows meanwhile keeps its beginning. */
function append(archive: number, path: string, name: string): number {
  const file = openSync(path, "r");
  try {
    const { size, mtime } = fstatSync(file);
    writeWhole(archive, tarHeader(name, size, mtime));
    const part = Buffer.alloc(Math.min(PART, Math.max(size, 1)));
    for (let done = 0; done < size; ) {
      const read = readSync(file, part, 0, Math.min(part.length, size - done), done);
      // One that was cut meanwhile ends in zeros: its length is written already.
      const bytes = read === 0 ? Buffer.alloc(Math.min(PART, size - done)) : part.subarray(0, read);
      writeWhole(archive, bytes);
      done += bytes.length;
    }
    writeWhole(archive, tarPadding(size));
    return size;
  } finally {
    closeSync(file);
  }
}

/** With slashes, sorted. */
function filesWithin(folder: string, keyFile: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".tmp"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => resolve(path) !== keyFile)
    .map((path) => relative(folder, path).split(sep).join("/"))
    .filter((name) => WORK.every((folder) => !name.startsWith(folder)))
    .toSorted();
}

function databaseWithin({ folder, configuration, database }: Study): string {
  if (isPostgres(database)) return DATABASE;
  const name = relative(folder, resolve(folder, configuration.storage.database));
  if (!name.startsWith("..")) return name.split(sep).join("/");
  throw new StudyError(
    "configuration",
    `${configuration.storage.database}: expected a database in the study's folder, got one outside; ` +
      "copy it with SQLite's own .backup",
  );
}

function writeWhole(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
}

function flush(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
