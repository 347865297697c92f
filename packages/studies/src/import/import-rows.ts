/** The rows that an import reads from a study's database, and writes into it. */
import { type ImageRecord, imageColumn } from "@malleolus/schema";
import type { Transaction } from "kysely";
import { type AuditStamp, recordTransition } from "../cases/transition-case.ts";
import { anyOf } from "../database/any-of.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyTables } from "../database/tables.ts";
import { commitStaged, type StagedImage } from "../image-store.ts";
import type { Study } from "../study.ts";
import type { ImportLock } from "./import-lock.ts";
import type { Refusal } from "./refusal.ts";

/** The case that an image belongs to, made with its first image. */
export interface NewCase {
  readonly id: string;
  readonly patientId: string;
  readonly hospital: string;
  readonly accessionHash: string | null;
  /** Shifted, `2019-04-10`. */
  readonly studyDate: string | null;
}

/** An image that is written beside its place in the store, and all that is recorded of it. */
export interface NewImage {
  readonly written: StagedImage;
  /** Of the values stored in a DICOM file, whatever their compression; null for other files. */
  readonly storedSha256: string | null;
  /** What a person should know of the picture; not recorded. */
  readonly notes: readonly string[];
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string | null;
  readonly facts: ImageRecord;
  readonly case: NewCase;
}

/** The image into which a file of these bytes was made before. */
export async function findImported(
  { database }: Study,
  sourceHash: string,
): Promise<string | null> {
  const row = await database
    .selectFrom("import_files")
    .select("image_sha256")
    .where("source_hash", "=", sourceHash)
    .executeTakeFirst();
  return row?.image_sha256 ?? null;
}

/** An image of a study, and whose it is. */
export interface KnownImage {
  readonly sha256: string;
  readonly patientId: string;
}

/** The image of this UID, or of these stored bytes. */
export async function findTwin(
  { database }: Study,
  { sopInstanceUid, written }: NewImage,
): Promise<KnownImage | null> {
  const row = await database
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .select(["images.sha256", "cases.patient_id"])
    .where((where) =>
      where.or([
        where("images.sop_instance_uid", "=", sopInstanceUid),
        where("images.sha256", "=", written.sha256),
      ]),
    )
    .executeTakeFirst();
  return row === undefined ? null : { sha256: row.sha256, patientId: row.patient_id };
}

/** Those of these UIDs that the study has. */
export async function findByUid(
  { database }: Study,
  uids: readonly string[],
): Promise<(KnownImage & { readonly sopInstanceUid: string })[]> {
  if (uids.length === 0) return [];
  return database
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .select([
      "images.sha256",
      "images.sop_instance_uid as sopInstanceUid",
      "cases.patient_id as patientId",
    ])
    .where("images.sop_instance_uid", "in", anyOf(database, uids))
    .execute();
}

/** Whether the case is there and another patient's. */
export async function isOfOtherPatient(
  { database }: Study,
  { id, patientId }: NewCase,
): Promise<boolean> {
  const earlier = await database
    .selectFrom("cases")
    .select("patient_id")
    .where("id", "=", id)
    .executeTakeFirst();
  return earlier !== undefined && earlier.patient_id !== patientId;
}

/** Puts an image into the store and its records into the database, in one transaction in which no other import begins. */
export async function keepImage(
  { database, images }: Study,
  lock: Pick<ImportLock, "hold">,
  sourceHash: string,
  image: NewImage,
  stamp: AuditStamp,
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await lock.hold(transaction);
    commitStaged(images, image.written);
    await ensureCase(transaction, image.case, stamp);
    await transaction
      .insertInto("images")
      .values({
        sha256: image.written.sha256,
        case_id: image.case.id,
        sop_instance_uid: image.sopInstanceUid,
        series_instance_uid: image.seriesInstanceUid,
        size_bytes: image.written.sizeBytes,
        facts: imageColumn.write(image.facts),
      })
      .execute();
    await recordFile(transaction, sourceHash, image.written.sha256, stamp);
  });
}

async function ensureCase(
  transaction: Transaction<StudyTables>,
  { id, patientId, hospital, accessionHash, studyDate }: NewCase,
  stamp: AuditStamp,
): Promise<void> {
  const earlier = await transaction
    .selectFrom("cases")
    .select("id")
    .where("id", "=", id)
    .executeTakeFirst();
  if (earlier !== undefined) return;
  await transaction
    .insertInto("patients")
    .values({ id: patientId, hospital })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  await transaction
    .insertInto("cases")
    .values({
      id,
      patient_id: patientId,
      accession_hash: accessionHash,
      study_date: studyDate,
      state: "imported",
    })
    .execute();
  const why = "first image imported";
  await recordTransition(transaction, { caseId: id, from: null, to: "imported", why, ...stamp });
}

/** Which image a file became; a refusal of the same bytes is forgotten. */
export async function recordFile(
  database: Study["database"] | Transaction<StudyTables>,
  sourceHash: string,
  sha256: string,
  stamp: AuditStamp,
): Promise<void> {
  const row = { image_sha256: sha256, refusal_code: null, refusal_reason: null, ...stamp };
  await database
    .insertInto("import_files")
    .values({ source_hash: sourceHash, ...row })
    .onConflict((conflict) => conflict.column("source_hash").doUpdateSet(row))
    .execute();
}

/** Keeps why, without the file's name: folders are often named for patients. */
export async function recordRefusal(
  { database }: Study,
  sourceHash: string,
  { code, reason }: Refusal,
  name: string,
  stamp: AuditStamp,
): Promise<void> {
  const why = { refusal_code: code, refusal_reason: reason.replaceAll(name, "the file"), ...stamp };
  await database
    .insertInto("import_files")
    .values({ source_hash: sourceHash, image_sha256: null, ...why })
    .onConflict((conflict) => conflict.column("source_hash").doUpdateSet(why))
    .execute();
}
