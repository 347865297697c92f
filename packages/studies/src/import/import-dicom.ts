/**
 * Radiographs into a study: each file is de-identified, stored and recorded in one transaction.
 *
 * The order makes it safe to kill: the key file first (an entry without images harms nobody), then
 * the image, then the records. What a kill leaves between the last two is removed by the next import.
 * A file that was imported before, under any name, changes nothing, so an interrupted import goes on
 * when it is started again.
 */
import {
  DataError,
  type DicomIdentity,
  dateShiftDays,
  decodeRadiograph,
  deidentify,
  type Radiograph,
  readIdentity,
  replaceUid,
  shiftDate,
} from "@malleolus/data";
import { type Hospital, imageSchema } from "@malleolus/schema";
import type { Transaction } from "kysely";
import { type Deed, recordTransition } from "../cases/move-case.ts";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import { removeOrphans, storeImage } from "../image-store.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { accessionHash } from "./accession.ts";
import { lockImport } from "./import-lock.ts";
import { listPaths, openSource, type SourceFile } from "./source-files.ts";

export type ImportOutcome =
  | { readonly outcome: "imported"; readonly sha256: string; readonly caseId: string }
  /** These bytes, or another file of the same image, were imported before. */
  | { readonly outcome: "known"; readonly sha256: string }
  | { readonly outcome: "refused"; readonly code: string; readonly reason: string };

export type ImportEvent = ImportOutcome & {
  readonly file: string;
  /** Of the paths that were listed; a zip file counts as one. */
  readonly done: number;
  readonly total: number;
};

export interface DicomImport {
  readonly paths: readonly string[];
  readonly hospital: Hospital;
  readonly keys: KeyFile;
  readonly who: string;
  /** Ends the import after the file that is going on. */
  readonly stop?: AbortSignal | undefined;
  readonly onEvent?: (event: ImportEvent) => void;
}

export interface ImportCounts {
  readonly imported: number;
  readonly known: number;
  readonly refused: number;
  /** Images without a record that an interrupted import had left. */
  readonly orphansRemoved: number;
  readonly stopped: boolean;
}

/** Throws StudyError `busy`, and the system's error where a path does not exist or the disk is full. */
export async function importDicom(study: Study, given: DicomImport): Promise<ImportCounts> {
  const paths = listPaths(given.paths);
  using _ = lockImport(`${study.images}.lock`);
  const orphansRemoved = await sweep(study);
  const counts = { imported: 0, known: 0, refused: 0 };
  const stopped = () => given.stop?.aborted === true;
  for (const [index, path] of paths.entries()) {
    if (stopped()) break;
    const tell = (file: string, outcome: ImportOutcome) => {
      counts[outcome.outcome]++;
      given.onEvent?.({ ...outcome, file, done: index + 1, total: paths.length });
    };
    try {
      for await (const file of openSource(path)) {
        if (stopped()) break;
        tell(file.name, await importFile(study, given, file));
      }
    } catch (error) {
      // A zip file that is none: the files beside it are not its fault.
      tell(path, refusal(error));
    }
  }
  return { ...counts, orphansRemoved, stopped: stopped() };
}

async function sweep({ database, images }: Study): Promise<number> {
  const rows = await database.selectFrom("images").select("sha256").execute();
  const known = new Set(rows.map(({ sha256 }) => sha256));
  return removeOrphans(images, (sha256) => known.has(sha256));
}

async function importFile(
  study: Study,
  given: DicomImport,
  file: SourceFile,
): Promise<ImportOutcome> {
  const deed: Deed = { who: given.who, at: new Date().toISOString() };
  let sourceHash: string | null = null;
  try {
    const bytes = await readSource(file);
    sourceHash = given.keys.hash("file", bytes);
    const earlier = await findImported(study, sourceHash);
    if (earlier !== null) return { outcome: "known", sha256: earlier };
    const identity = readIdentity(bytes, file.name);
    const radiograph = await decodeRadiograph(bytes, file.name);
    return await storeRadiograph(study, given, {
      bytes,
      file,
      sourceHash,
      identity,
      radiograph,
      deed,
    });
  } catch (error) {
    const refused = refusal(error);
    if (sourceHash !== null) await recordRefusal(study, sourceHash, refused, file.name, deed);
    return refused;
  }
}

interface Incoming {
  readonly bytes: Uint8Array;
  readonly file: SourceFile;
  readonly sourceHash: string;
  readonly identity: DicomIdentity;
  readonly radiograph: Radiograph;
  readonly deed: Deed;
}

async function storeRadiograph(
  study: Study,
  { hospital, keys }: DicomImport,
  { bytes, file, sourceHash, identity, radiograph, deed }: Incoming,
): Promise<ImportOutcome> {
  const { sopInstanceUid, studyInstanceUid, seriesInstanceUid } = identity;
  if (sopInstanceUid === null || studyInstanceUid === null) {
    throw new DataError(
      "damaged",
      `${file.name}: expected the UIDs of an image and its study, got a file without; export it again`,
    );
  }
  const sopInstance = replaceUid(sopInstanceUid, keys.secret);
  const twin = await findInstance(study, sopInstance);
  if (twin !== null) {
    await recordFile(study, sourceHash, twin, deed);
    return { outcome: "known", sha256: twin };
  }
  // Whom a file does not name, its study stands for: two such studies are two patients.
  const patientId = identity.patientId ?? `study ${studyInstanceUid}`;
  const { patientName, birthDate } = identity;
  const patient = { hospital: hospital.id, patientId, patientName, birthDate };
  const pseudonym = keys.pseudonymFor(patient);
  const shiftDays = dateShiftDays(pseudonym, keys.secret);
  const { burnedIn } = study.configuration.deidentification;
  const plan = { pseudonym, key: keys.secret, shiftDays, burnedIn };
  const clean = deidentify(bytes, plan, file.name);
  const sha256 = storeImage(study.images, clean);

  const caseId = replaceUid(studyInstanceUid, keys.secret);
  const accession = identity.accessionNumber;
  await study.database.transaction().execute(async (transaction) => {
    await ensureCase(transaction, {
      caseId,
      pseudonym,
      hospital: hospital.id,
      accessionHash: accession === null ? null : accessionHash(keys, hospital.id, accession),
      studyDate: readableDate(identity.studyDate, shiftDays),
      deed,
    });
    await transaction
      .insertInto("images")
      .values({
        sha256,
        case_id: caseId,
        sop_instance_uid: sopInstance,
        series_instance_uid:
          seriesInstanceUid === null ? null : replaceUid(seriesInstanceUid, keys.secret),
        size_bytes: clean.length,
        facts: JSON.stringify(imageSchema.strip().parse(radiograph)),
      })
      .execute();
    await recordImage(transaction, sourceHash, sha256, deed);
  });
  return { outcome: "imported", sha256, caseId };
}

async function ensureCase(
  transaction: Transaction<StudyTables>,
  found: {
    readonly caseId: string;
    readonly pseudonym: string;
    readonly hospital: string;
    readonly accessionHash: string | null;
    readonly studyDate: string | null;
    readonly deed: Deed;
  },
): Promise<void> {
  const { caseId, pseudonym, deed } = found;
  const earlier = await transaction
    .selectFrom("cases")
    .select("patient_id")
    .where("id", "=", caseId)
    .executeTakeFirst();
  if (earlier !== undefined) {
    if (earlier.patient_id === pseudonym) return;
    throw new StudyError(
      "source",
      "expected all images of an examination to be of one patient, got another patient's ID; " +
        "correct the ID at the source and import again",
    );
  }
  await transaction
    .insertInto("patients")
    .values({ id: pseudonym, hospital: found.hospital })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  await transaction
    .insertInto("cases")
    .values({
      id: caseId,
      patient_id: pseudonym,
      accession_hash: found.accessionHash,
      study_date: found.studyDate,
      state: "imported",
    })
    .execute();
  const why = "first image imported";
  await recordTransition(transaction, { caseId, from: null, to: "imported", why, ...deed });
}

/** What the system says of one file to read is that file's fault; of one to write, nobody's. */
async function readSource(file: SourceFile): Promise<Uint8Array> {
  try {
    return await file.read();
  } catch (cause) {
    if (cause instanceof StudyError || !(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new StudyError("source", `${file.name}: it cannot be read (${cause.message})`, { cause });
  }
}

async function findImported({ database }: Study, sourceHash: string): Promise<string | null> {
  const row = await database
    .selectFrom("import_files")
    .select("image_sha256")
    .where("source_hash", "=", sourceHash)
    .executeTakeFirst();
  return row?.image_sha256 ?? null;
}

async function findInstance({ database }: Study, sopInstance: string): Promise<string | null> {
  const row = await database
    .selectFrom("images")
    .select("sha256")
    .where("sop_instance_uid", "=", sopInstance)
    .executeTakeFirst();
  return row?.sha256 ?? null;
}

async function recordFile(
  { database }: Study,
  sourceHash: string,
  sha256: string,
  deed: Deed,
): Promise<void> {
  await database
    .transaction()
    .execute((transaction) => recordImage(transaction, sourceHash, sha256, deed));
}

async function recordImage(
  transaction: Transaction<StudyTables>,
  sourceHash: string,
  sha256: string,
  deed: Deed,
): Promise<void> {
  const row = { image_sha256: sha256, refusal_code: null, refusal_reason: null, ...deed };
  await transaction
    .insertInto("import_files")
    .values({ source_hash: sourceHash, ...row })
    .onConflict((conflict) => conflict.column("source_hash").doUpdateSet(row))
    .execute();
}

/** Keeps why, without the file's name: folders are often named for patients. */
async function recordRefusal(
  { database }: Study,
  sourceHash: string,
  { code, reason }: Extract<ImportOutcome, { outcome: "refused" }>,
  name: string,
  deed: Deed,
): Promise<void> {
  const why = { refusal_code: code, refusal_reason: reason.replaceAll(name, "the file"), ...deed };
  await database
    .insertInto("import_files")
    .values({ source_hash: sourceHash, image_sha256: null, ...why })
    .onConflict((conflict) => conflict.column("source_hash").doUpdateSet(why))
    .execute();
}

/** What is wrong with one file; anything else, a full disk say, ends the import. */
function refusal(error: unknown): Extract<ImportOutcome, { outcome: "refused" }> {
  if (error instanceof DataError) {
    return { outcome: "refused", code: error.code, reason: error.message };
  }
  if (error instanceof StudyError && error.code === "source") {
    return { outcome: "refused", code: error.code, reason: error.message };
  }
  throw error;
}

/** `20190410` as `2018-12-31`. */
function readableDate(date: string | null, shiftDays: number): string | null {
  const shifted = shiftDate(date ?? "", shiftDays);
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(shifted);
  return match === null ? null : `${match[1]}-${match[2]}-${match[3]}`;
}
