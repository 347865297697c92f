/**
 * In the main thread: what becomes of a file, by what a thread says of it (`worker/file-steps.ts`). Other
 * files are under way at the same time; only recording sees them in order.
 */
import { DataError, dateShiftDays, replaceUid, shiftDate } from "@malleolus/data";
import type { Hospital, ImageRecord } from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import { discardStaged } from "../image-store.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { accessionHash } from "./accession.ts";
import { findImported, type NewImage } from "./import-rows.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { SourceFile } from "./source-files.ts";
import type { FileWorker } from "./worker/pool.ts";

export type DecidedFile =
  /** Without a hash where it could not be read at all. */
  | { readonly kind: "refused"; readonly sourceHash: string | null; readonly refusal: Refusal }
  /** These bytes are in the study. */
  | { readonly kind: "known"; readonly sourceHash: string; readonly sha256: string }
  /** Written beside its place in the store. */
  | { readonly kind: "new"; readonly sourceHash: string; readonly image: NewImage };

/** What the pseudonyms and UIDs of an import depend on. */
interface Origin {
  readonly hospital: Hospital;
  readonly keys: KeyFile;
}

/** What an annotation file knows of an image that does not say it itself. */
export interface ImageOrigin {
  readonly patient: string | null;
  readonly case: string | null;
  readonly width: number;
  readonly height: number;
}

/**
 * Decides on a DICOM file, and with `image` on a JPEG or PNG too.
 *
 * @throws what is not the file's fault: the system's error where the store fails.
 */
export async function decideImport(
  study: Study,
  origin: Origin,
  { name, contents }: Pick<SourceFile, "name" | "contents">,
  worker: FileWorker,
  image?: ImageOrigin,
): Promise<DecidedFile> {
  let sourceHash: string | null = null;
  try {
    if (contents instanceof Error) throw contents;
    const bytesHash = await worker.open(name, contents);
    sourceHash = origin.keys.hash("file", bytesHash);
    const sha256 = await findImported(study, sourceHash);
    if (sha256 !== null) return { kind: "known", sourceHash, sha256 };
    const facts = image === undefined ? null : await worker.describeImage();
    const prepared =
      image === undefined || facts === null
        ? await prepareDicom(study, origin, name, worker, image)
        : await prepareImage(study, origin, { name, bytesHash, facts, ...image }, worker);
    return { kind: "new", sourceHash, image: prepared };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { kind: "refused", sourceHash, refusal };
  }
}

/** Discards the staged image of a file that is not recorded. */
export function discardDecided(file: DecidedFile): void {
  if (file.kind === "new") discardStaged(file.image.written);
}

async function prepareDicom(
  study: Study,
  { hospital, keys }: Origin,
  name: string,
  worker: FileWorker,
  image: ImageOrigin | undefined,
): Promise<NewImage> {
  const { identity, facts } = await worker.describe();
  if (image !== undefined) checkSize(name, facts, image);
  const { studyInstanceUid, seriesInstanceUid } = identity;
  if (identity.sopInstanceUid === null || studyInstanceUid === null) {
    throw new DataError(
      "damaged",
      `${name}: expected the UIDs of an image and its study, got a file without; export it again`,
    );
  }
  const sopInstanceUid = replaceUid(identity.sopInstanceUid, keys.secret);
  // Whom a file does not name, its study stands for: two such studies are two patients.
  const patientId = identity.patientId ?? `study ${studyInstanceUid}`;
  const { patientName, birthDate } = identity;
  const pseudonym = await keys.pseudonymFor({
    hospital: hospital.id,
    patientId,
    patientName,
    birthDate,
  });
  const shiftDays = dateShiftDays(pseudonym, keys.secret);
  const { burnedIn } = study.configuration.deidentification;
  const plan = { pseudonym, key: keys.secret, shiftDays, burnedIn };
  const accession = identity.accessionNumber;
  const { image: written, storedSha256, notes } = await worker.clean(plan, study.images);
  return {
    written,
    storedSha256,
    notes,
    sopInstanceUid,
    seriesInstanceUid:
      seriesInstanceUid === null ? null : replaceUid(seriesInstanceUid, keys.secret),
    facts,
    case: {
      id: replaceUid(studyInstanceUid, keys.secret),
      patientId: pseudonym,
      hospital: hospital.id,
      accessionHash: accession === null ? null : accessionHash(keys, hospital.id, accession),
      studyDate: readableDate(identity.studyDate, shiftDays),
    },
  };
}

interface NamedImage extends ImageOrigin {
  readonly name: string;
  readonly bytesHash: string;
  readonly facts: ImageRecord;
}

/** A JPEG or PNG: a case of its own, of a patient of its own, unless the annotations say whose. */
async function prepareImage(
  study: Study,
  { hospital, keys }: Origin,
  { name, bytesHash, facts, ...image }: NamedImage,
  worker: FileWorker,
): Promise<NewImage> {
  if (facts.format === "dicom") throw new Error("internal: a DICOM file taken for a picture");
  checkSize(name, facts, image);
  const caseKey = image.case ?? `image ${bytesHash}`;
  const patientId = image.patient ?? `case ${caseKey}`;
  const patient = { hospital: hospital.id, patientId, patientName: null, birthDate: null };
  const pseudonym = await keys.pseudonymFor(patient);
  const written = await worker.stripImage(facts.format, study.images);
  return {
    written,
    storedSha256: null,
    notes: [],
    // Identifiers as DICOM files have them, made of what there is.
    sopInstanceUid: replaceUid(`image ${bytesHash}`, keys.secret),
    seriesInstanceUid: null,
    facts,
    case: {
      id: replaceUid(`case ${hospital.id} ${caseKey}`, keys.secret),
      patientId: pseudonym,
      hospital: hospital.id,
      accessionHash: null,
      studyDate: null,
    },
  };
}

function checkSize(name: string, facts: ImageRecord, { width, height }: ImageOrigin): void {
  if (facts.width === width && facts.height === height) return;
  throw new StudyError(
    "source",
    `${name}: expected ${width} x ${height} pixels as its annotations say, got ` +
      `${facts.width} x ${facts.height}; the outlines would lie beside what they outline`,
  );
}

/** `20190410` as `2018-12-31`. */
function readableDate(date: string | null, shiftDays: number): string | null {
  const shifted = shiftDate(date ?? "", shiftDays);
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(shifted);
  return match === null ? null : `${match[1]}-${match[2]}-${match[3]}`;
}
