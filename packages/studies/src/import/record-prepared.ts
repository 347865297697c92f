/** A prepared file into the study, or out of it again. */
import type { Study } from "../study.ts";
import { dropPrepared, type PreparedFile } from "./prepared-file.ts";
import {
  findImported,
  findInstance,
  isOfOtherPatient,
  keepImage,
  recordFile,
  recordRefusal,
} from "./record-import.ts";
import type { Refusal } from "./refusal.ts";

export type ImportOutcome =
  | { readonly outcome: "imported"; readonly sha256: string; readonly caseId: string }
  /** These bytes, or another file of the same image, were imported before. */
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
  const twin = await findInstance(study, image.sopInstanceUid);
  if (twin !== null) {
    dropPrepared(prepared);
    return know(twin);
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
  return { outcome: "imported", sha256: image.written.sha256, caseId: image.case.id };
}
