/** A prepared file into the study, or out of it again. */
import { readFileSync } from "node:fs";
import { readDicomImage } from "@malleolus/data";
import { imagePath } from "../image-store.ts";
import type { Study } from "../study.ts";
import { dropPrepared, type PreparedFile } from "./prepared-file.ts";
import {
  findImported,
  findTwin,
  isOfOtherPatient,
  type KnownImage,
  keepImage,
  type NewImage,
  recordFile,
  recordRefusal,
} from "./record-import.ts";
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
 * To be called in the order of the files, one at a time: what those before it brought is known now.
 * Throws the system's error where the store fails.
 */
export async function recordPrepared(
  study: Study,
  who: string,
  name: string,
  prepared: PreparedFile,
): Promise<ImportOutcome> {
  const deed = { who, at: new Date().toISOString() };
  const { sourceHash } = prepared;
  const refuse = async (refusal: Refusal): Promise<ImportOutcome> => {
    if (sourceHash !== null) await recordRefusal(study, sourceHash, refusal, name, deed);
    return { outcome: "refused", ...refusal };
  };
  if (prepared.kind === "refused") return refuse(prepared.refusal);

  const earlier = await findImported(study, prepared.sourceHash);
  if (earlier !== null) {
    dropPrepared(prepared);
    return { outcome: "known", sha256: earlier };
  }
  const know = async (sha256: string): Promise<ImportOutcome> => {
    await recordFile(study.database, prepared.sourceHash, sha256, deed);
    return { outcome: "known", sha256 };
  };
  if (prepared.kind === "known") return know(prepared.sha256);

  const { image } = prepared;
  const twin = await findTwin(study, image);
  if (twin !== null) {
    dropPrepared(prepared);
    const difference = await differenceFrom(study, image, twin);
    if (difference === null) return know(twin.sha256);
    return refuse({
      code: "source",
      reason:
        `${name}: expected the UID of an image to be its own, got one that the study has already, ` +
        `with ${difference}; give each image its UID at the source and import again`,
    });
  }
  if (await isOfOtherPatient(study, image.case)) {
    dropPrepared(prepared);
    return refuse({
      code: "source",
      reason:
        `${name}: expected all images of an examination to be of one patient, got another ` +
        "patient's ID; correct the ID at the source and import again",
    });
  }
  await keepImage(study, prepared.sourceHash, image, deed);
  const { written, notes } = image;
  return { outcome: "imported", sha256: written.sha256, caseId: image.case.id, notes };
}

/** Null where two files are one image: the same patient's, with the same stored values. */
async function differenceFrom(
  study: Study,
  image: NewImage,
  twin: KnownImage,
): Promise<string | null> {
  // The same bytes of a picture are one picture, whatever stood beside it.
  if (twin.sha256 === image.written.sha256) return null;
  if (twin.patientId !== image.case.patientId) return "another patient";
  const path = imagePath(study.images, twin.sha256);
  const { storedSha256 } = await readDicomImage(readFileSync(path), path);
  return storedSha256 === image.storedSha256 ? null : "other pixels";
}
