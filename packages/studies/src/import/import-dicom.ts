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
import type { Hospital } from "@malleolus/schema";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { decideImport, discardDecided } from "./decide-import.ts";
import { lockImport } from "./import-lock.ts";
import { inOrder } from "./in-order.ts";
import { listPaths } from "./list-paths.ts";
import { type ImportOutcome, recordImport } from "./record-import.ts";
import { filesAt } from "./source-files.ts";
import { sweepStore } from "./sweep-store.ts";
import { startFileWorkers } from "./worker/pool.ts";

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

/** @throws StudyError `source` or `busy` (at any time, where the lock is lost), and the system's error where the disk is full, say. */
export async function importDicom(study: Study, given: DicomImport): Promise<ImportCounts> {
  const paths = listPaths(given.paths);
  await using lock = await lockImport(study);
  const orphansRemoved = await sweepStore(study, lock);
  await using workers = startFileWorkers();
  const files = inOrder(
    filesAt(paths),
    async (source) => {
      const decided = await workers.lend((one) => decideImport(study, given, source, one));
      return { source, decided };
    },
    { limit: 2 * workers.threads, drop: ({ decided }) => discardDecided(decided) },
  );
  const counts = { imported: 0, known: 0, refused: 0 };
  const stopped = () => given.stop?.aborted === true;
  for await (const { source, decided } of files) {
    if (stopped()) {
      discardDecided(decided);
      break;
    }
    const { name: file, done } = source;
    const outcome = await recordImport(study, lock, given.who, file, decided).catch((error) => {
      discardDecided(decided);
      throw error;
    });
    counts[outcome.outcome]++;
    given.onEvent?.({ ...outcome, file, done, total: paths.length });
  }
  return { ...counts, orphansRemoved, stopped: stopped() };
}
