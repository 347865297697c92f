/**
 * Radiographs into a study: each file is de-identified, stored and recorded in one transaction.
 *
 * The order makes it safe to kill: the key file first (an entry without images harms nobody), then
 * the image, then the records. What a kill leaves between the last two is removed by the next import.
 * A file that was imported before, under any name, changes nothing, so an interrupted import goes on
 * when it is started again.
 *
 * Threads prepare several files at a time, each written to the disk beside its place in the store;
 * they are put into their places and recorded one by one, in the order of the files.
 */
import { availableParallelism } from "node:os";
import type { Hospital } from "@malleolus/schema";
import { removeOrphans } from "../image-store.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { lockImport } from "./import-lock.ts";
import { inOrder } from "./in-order.ts";
import { dropPrepared, type PreparedFile, prepareFile } from "./prepared-file.ts";
import { startPreparers } from "./preparers.ts";
import {
  findImported,
  findInstance,
  isOfOtherPatient,
  keepImage,
  recordFile,
  recordRefusal,
} from "./record-import.ts";
import type { Refusal } from "./refusal.ts";
import { filesAt, listPaths } from "./source-files.ts";

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

/** More would only wait for the one that records. */
const MOST_THREADS = 8;

/** Throws StudyError `busy`, and the system's error where a path does not exist or the disk is full. */
export async function importDicom(study: Study, given: DicomImport): Promise<ImportCounts> {
  const paths = listPaths(given.paths);
  using _ = lockImport(`${study.images}.lock`);
  const orphansRemoved = await sweep(study);
  const threads = Math.min(availableParallelism(), MOST_THREADS);
  await using preparers = startPreparers(threads);
  const files = inOrder(
    filesAt(paths),
    async (source) => {
      const prepared = await preparers.lend((one) => prepareFile(study, given, source, one));
      return { source, prepared };
    },
    { limit: 2 * threads, drop: ({ prepared }) => dropPrepared(prepared) },
  );
  const counts = { imported: 0, known: 0, refused: 0 };
  const stopped = () => given.stop?.aborted === true;
  for await (const { source, prepared } of files) {
    if (stopped()) {
      dropPrepared(prepared);
      break;
    }
    const { name: file, done } = source;
    const outcome = await record(study, given.who, file, prepared);
    counts[outcome.outcome]++;
    given.onEvent?.({ ...outcome, file, done, total: paths.length });
  }
  return { ...counts, orphansRemoved, stopped: stopped() };
}

async function sweep({ database, images }: Study): Promise<number> {
  const rows = await database.selectFrom("images").select("sha256").execute();
  const known = new Set(rows.map(({ sha256 }) => sha256));
  return removeOrphans(images, (sha256) => known.has(sha256));
}

/** In the order of the files, so that what those before it brought is known. */
async function record(
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
