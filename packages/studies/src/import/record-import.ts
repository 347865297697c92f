/** In the main thread: a decided file goes into the study, or is discarded. */
import { readFileSync } from "node:fs";
import { readDicomImage } from "@malleolus/data";
import { inTransaction } from "../database/in-transaction.ts";
import { imagePath } from "../image-store.ts";
import type { Study } from "../study.ts";
import { type DecidedFile, discardDecided } from "./decide-import.ts";
import type { ImportLock } from "./import-lock.ts";
import {
  findImported,
  findTwin,
  isOfOtherPatient,
  type KnownImage,
  keepImage,
  type NewImage,
  recordFile,
  recordRefusal,
} from "./import-rows.ts";
import type { Refusal } from "./refusal.ts";

export type ImportOutcome =
  | {
      readonly outcome: "imported";
      readonly sha256: string;
      readonly caseId: string;
      /** What a person should know of the picture: sentences, most often none. */
      readonly notes: readonly string[];
    }
  /** These bytes, or another file of the same image of the same patient, were imported before. */
  | { readonly outcome: "known"; readonly sha256: string }
  | { readonly outcome: "refused"; readonly code: string; readonly reason: string };

/**
 * To be called in the order of the files, one at a time: what those before it brought is known now. What cannot be
 * recorded is the caller's to discard. `storedHashes` are those of `hashTwins`, without which twins are decoded here.
 *
 * @throws StudyError `busy` where the lock is another import's by now, and the system's error where the store fails.
 */
export async function recordImport(
  study: Study,
  lock: Pick<ImportLock, "hold">,
  who: string,
  name: string,
  decided: DecidedFile,
  storedHashes: ReadonlyMap<string, string> = new Map(),
): Promise<ImportOutcome> {
  const stamp = { who, at: new Date().toISOString() };
  const { sourceHash } = decided;
  const recordHeld = (record: (within: Study) => Promise<void>) =>
    inTransaction(study.database, async (transaction) => {
      await lock.hold(transaction);
      await record({ ...study, database: transaction });
    });
  const refuse = async (refusal: Refusal): Promise<ImportOutcome> => {
    if (sourceHash !== null) {
      await recordHeld((within) => recordRefusal(within, sourceHash, refusal, name, stamp));
    }
    return { outcome: "refused", ...refusal };
  };
  if (decided.kind === "refused") return refuse(decided.refusal);

  const earlier = await findImported(study, decided.sourceHash);
  if (earlier !== null) {
    discardDecided(decided);
    return { outcome: "known", sha256: earlier };
  }
  const know = async (sha256: string): Promise<ImportOutcome> => {
    await recordHeld(({ database }) => recordFile(database, decided.sourceHash, sha256, stamp));
    return { outcome: "known", sha256 };
  };
  if (decided.kind === "known") return know(decided.sha256);

  const { image } = decided;
  const twin = await findTwin(study, image);
  if (twin !== null) {
    discardDecided(decided);
    const difference = await differenceFrom(study, image, twin, storedHashes);
    if (difference === null) return know(twin.sha256);
    return refuse({
      code: "source",
      reason:
        `${name}: expected the UID of an image to be its own, got one that the study has already, ` +
        `with ${difference}; give each image its UID at the source and import again`,
    });
  }
  if (await isOfOtherPatient(study, image.case)) {
    discardDecided(decided);
    return refuse({
      code: "source",
      reason:
        `${name}: expected all images of an examination to be of one patient, got another ` +
        "patient's ID; correct the ID at the source and import again",
    });
  }
  await keepImage(study, lock, decided.sourceHash, image, stamp);
  const { written, notes } = image;
  return { outcome: "imported", sha256: written.sha256, caseId: image.case.id, notes };
}

/** Null where two files are one image: the same patient's, with the same stored values. */
async function differenceFrom(
  study: Study,
  image: NewImage,
  twin: KnownImage,
  storedHashes: ReadonlyMap<string, string>,
): Promise<string | null> {
  // The same bytes of a picture are one picture, whatever stood beside it.
  if (twin.sha256 === image.written.sha256) return null;
  if (twin.patientId !== image.case.patientId) return "another patient";
  const stored = storedHashes.get(twin.sha256) ?? (await readStoredHash(study, twin));
  return stored === image.storedSha256 ? null : "other pixels";
}

async function readStoredHash({ images }: Study, { sha256 }: KnownImage): Promise<string> {
  const path = imagePath(images, sha256);
  const { storedSha256 } = await readDicomImage(readFileSync(path), path);
  return storedSha256;
}
