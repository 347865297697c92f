/**
 * A file made ready to be recorded: what a thread does to it (`prepare-file.ts`), and what is decided
 * in between. It may meet files that are under way at the same time; only recording sees them in order.
 */
import { DataError, dateShiftDays, replaceUid, shiftDate } from "@malleolus/data";
import type { Hospital } from "@malleolus/schema";
import { dropAside } from "../image-store.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { accessionHash } from "./accession.ts";
import type { Preparer } from "./preparers.ts";
import { findImported, findInstance, type NewImage } from "./record-import.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { SourceFile } from "./source-files.ts";

export type PreparedFile =
  /** Without a hash where it could not be read at all. */
  | { readonly kind: "refused"; readonly sourceHash: string | null; readonly refusal: Refusal }
  /** These bytes, or another file of this image, are in the study. */
  | { readonly kind: "known"; readonly sourceHash: string; readonly sha256: string }
  /** Written beside its place in the store. */
  | { readonly kind: "new"; readonly sourceHash: string; readonly image: NewImage };

/** What the pseudonyms and UIDs of an import depend on. */
interface Origin {
  readonly hospital: Hospital;
  readonly keys: KeyFile;
}

/** Throws what is not the file's fault: the system's error where the store fails. */
export async function prepareFile(
  study: Study,
  origin: Origin,
  { name, contents }: SourceFile,
  preparer: Preparer,
): Promise<PreparedFile> {
  let sourceHash: string | null = null;
  try {
    if (contents instanceof Error) throw contents;
    sourceHash = origin.keys.hash("file", await preparer.open(name, contents));
    const sha256 = await findImported(study, sourceHash);
    if (sha256 !== null) return { kind: "known", sourceHash, sha256 };
    return { ...(await prepareImage(study, origin, name, preparer)), sourceHash };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { kind: "refused", sourceHash, refusal };
  }
}

/** Takes back what was written of a file that is not recorded. */
export function dropPrepared(file: PreparedFile): void {
  if (file.kind === "new") dropAside(file.image.written);
}

type PreparedImage =
  | { readonly kind: "known"; readonly sha256: string }
  | { readonly kind: "new"; readonly image: NewImage };

async function prepareImage(
  study: Study,
  { hospital, keys }: Origin,
  name: string,
  preparer: Preparer,
): Promise<PreparedImage> {
  const { identity, facts } = await preparer.describe();
  const { studyInstanceUid, seriesInstanceUid } = identity;
  if (identity.sopInstanceUid === null || studyInstanceUid === null) {
    throw new DataError(
      "damaged",
      `${name}: expected the UIDs of an image and its study, got a file without; export it again`,
    );
  }
  const sopInstanceUid = replaceUid(identity.sopInstanceUid, keys.secret);
  const twin = await findInstance(study, sopInstanceUid);
  if (twin !== null) return { kind: "known", sha256: twin };
  // Whom a file does not name, its study stands for: two such studies are two patients.
  const patientId = identity.patientId ?? `study ${studyInstanceUid}`;
  const { patientName, birthDate } = identity;
  const pseudonym = keys.pseudonymFor({ hospital: hospital.id, patientId, patientName, birthDate });
  const shiftDays = dateShiftDays(pseudonym, keys.secret);
  const { burnedIn } = study.configuration.deidentification;
  const plan = { pseudonym, key: keys.secret, shiftDays, burnedIn };
  const accession = identity.accessionNumber;
  const written = await preparer.clean(plan, study.images);
  const image: NewImage = {
    written,
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
  return { kind: "new", image };
}

/** `20190410` as `2018-12-31`. */
function readableDate(date: string | null, shiftDays: number): string | null {
  const shifted = shiftDate(date ?? "", shiftDays);
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(shifted);
  return match === null ? null : `${match[1]}-${match[2]}-${match[3]}`;
}
