/**
 * A study: a folder with its configuration, its database and its images.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import {
  type Hospital,
  type Protocol,
  protocolSchema,
  type StudyConfiguration,
  studyConfigurationSchema,
} from "@malleolus/schema";
import { ankleProtocol, protocolText } from "./configuration/ankle-protocol.ts";
import { readToml } from "./configuration/read-toml.ts";
import { type Participants, studyText } from "./configuration/study-template.ts";
import { holdsStudy, openDatabase, type StudyDatabase } from "./database/open-database.ts";
import { isPostgresUrl, withoutPassword } from "./database/postgres-dialect.ts";
import { StudyError } from "./errors.ts";
import { createKeyFile, KeyFile } from "./keys/key-file.ts";

export const CONFIGURATION = "malleolus.toml";
export const DATABASE = "study.sqlite";

export interface Study {
  readonly folder: string;
  readonly configuration: StudyConfiguration;
  readonly protocol: Protocol;
  readonly database: StudyDatabase;
  /** Where the de-identified radiographs lie. */
  readonly images: string;
  readonly keyFile: string;
}

export interface NewStudy {
  readonly folder: string;
  readonly name: string;
  readonly passphrase: string;
  /** Beside the study's folder unless given. */
  readonly keyFile?: string | undefined;
  /**
   * The seed of a simulation, so that its pseudonyms repeat. Never for real patients: who knows the
   * seed can tell whose pseudonym is whose.
   */
  readonly simulation?: string;
  /** A PostgreSQL database that is there and empty, by its URL; a file in the study's folder unless given. */
  readonly database?: string | undefined;
  /** The ankle's unless given. */
  readonly protocol?: Protocol;
  /** Hospitals and observers; an example to fill in unless given. */
  readonly participants?: Participants;
}

/** The files that a new study consists of and its database, in the order in which they were made. */
export async function createStudy({ folder, name, ...given }: NewStudy): Promise<string[]> {
  const configuration = join(folder, CONFIGURATION);
  if (existsSync(configuration)) {
    throw new StudyError("exists", `${folder}: expected no study, got one; choose another folder`);
  }
  const whole = resolve(folder);
  const keyFile = resolve(given.keyFile ?? join(whole, "..", `${basename(whole)}.keys`));
  // Before anything is written: a server that cannot be reached, or that holds a study, leaves no half of one.
  if (given.database !== undefined) await requireEmptyDatabase(given.database);
  mkdirSync(folder, { recursive: true });
  createKeyFile(keyFile, given.passphrase, given.simulation);
  const protocol = join(folder, "protocol.toml");
  writeFileSync(protocol, protocolText(given.protocol ?? ankleProtocol), { flush: true });
  // Last: a folder with this file is a study.
  const text = studyText({
    name,
    keyFile: relative(whole, keyFile),
    database: given.database ?? DATABASE,
    participants: given.participants,
  });
  writeFileSync(configuration, text, { flush: true });
  const study = await openStudy(folder);
  const keys = new KeyFile(keyFile, given.passphrase);
  await study.database.insertInto("settings").values({ name: "key-id", value: keys.id }).execute();
  keys.close();
  await closeStudy(study);
  const database =
    given.database === undefined ? join(folder, DATABASE) : withoutPassword(given.database);
  return [configuration, protocol, database, keyFile];
}

async function requireEmptyDatabase(location: string): Promise<void> {
  const database = await openDatabase(location);
  try {
    if (!(await holdsStudy(database))) return;
  } finally {
    await database.destroy();
  }
  throw new StudyError(
    "exists",
    `${withoutPassword(location)}: expected an empty database, got one with a study; name another`,
  );
}

/** @throws StudyError `no-study` or `configuration`. */
export async function openStudy(folder: string): Promise<Study> {
  const path = join(folder, CONFIGURATION);
  if (!existsSync(path)) {
    throw new StudyError(
      "no-study",
      `${folder}: expected a study, got a folder without ${CONFIGURATION}; ` +
        "malleolus init makes one, and --study names one elsewhere",
    );
  }
  const configuration = readToml(studyConfigurationSchema, path);
  const within = (written: string) => (isAbsolute(written) ? written : join(folder, written));
  const { storage } = configuration;
  return {
    folder,
    configuration,
    protocol: readToml(protocolSchema, within(configuration.protocol)),
    database: await openDatabase(databaseLocation(folder, storage.database)),
    images: within(storage.images),
    keyFile: within(storage.keyFile),
  };
}

/** What `openDatabase` takes, of what stands in the configuration. */
export function databaseLocation(folder: string, written: string): string {
  return isPostgresUrl(written) || isAbsolute(written) ? written : join(folder, written);
}

export async function closeStudy(study: Study): Promise<void> {
  await study.database.destroy();
}

/**
 * The study's key file; its owner closes it.
 *
 * @throws StudyError `key-file` or `passphrase`: another study's key file would make other
 *   pseudonyms and UIDs of the same patients.
 */
export async function openKeys(study: Study, passphrase: string): Promise<KeyFile> {
  const keys = new KeyFile(study.keyFile, passphrase);
  const { value } = await study.database
    .selectFrom("settings")
    .select("value")
    .where("name", "=", "key-id")
    .executeTakeFirstOrThrow();
  if (value === keys.id) return keys;
  keys.close();
  throw new StudyError(
    "key-file",
    `${study.keyFile}: expected the key file with which the study was made, got another; restore it`,
  );
}

/**
 * The hospital of this id; without an id, the only one.
 *
 * @throws StudyError `configuration`.
 */
export function findHospital({ configuration }: Study, id: string | undefined): Hospital {
  const { hospitals } = configuration;
  const found = id === undefined ? hospitals : hospitals.filter((hospital) => hospital.id === id);
  if (found.length === 1) return found[0];
  const ids = hospitals.map((hospital) => hospital.id).join(", ");
  throw new StudyError(
    "configuration",
    `expected one of the study's hospitals (${ids}), got ${id ?? "none"}`,
  );
}
