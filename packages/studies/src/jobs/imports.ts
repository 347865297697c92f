/**
 * Files into a study, by jobs of some dozens each (`chunks.ts`): a worker de-identifies a job's files beside their
 * places in the store, and records them in the transaction that completes the job. One job is recorded at a time, as
 * one import is; what takes long is done before, side by side. Of a zip file with more than a job's files all but the last
 * ones are recorded before, some dozens at a time, whatever becomes of the job: whoever does it again finds them known.
 *
 * Paths may name patients: in the queue they are sealed with the key file, which every import needs anyway.
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { causeText } from "@malleolus/errors";
import { ThreadEnded } from "@malleolus/host";
import type { Hospital } from "@malleolus/schema";
import { z } from "zod";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { type DecidedFile, decideImport, discardDecided } from "../import/decide-import.ts";
import { hashTwins } from "../import/hash-twins.ts";
import { type ImportLock, waitForImportLock } from "../import/import-lock.ts";
import { inOrder } from "../import/in-order.ts";
import { walkPaths } from "../import/list-paths.ts";
import { type ImportOutcome, recordImport } from "../import/record-import.ts";
import { filesAt } from "../import/source-files.ts";
import { discardOldStaged } from "../import/sweep-store.ts";
import type { FileWorkers } from "../import/worker/pool.ts";
import type { KeyFile } from "../keys/key-file.ts";
import { findHospital, type Study } from "../study.ts";
import { type Listed, MOST_A_JOB, type Sending, type SentJobs, sendChunks } from "./chunks.ts";
import { type ClaimedJob, type JobQueue, type NewJob, topicOf } from "./job-queue.ts";
import type { DoneJob, StudyWork } from "./work.ts";

const SEALED = "paths of a job";
const pathsSchema = z.array(z.string());

export interface FilesToSend {
  readonly paths: readonly string[];
  readonly hospital: Hospital;
  readonly keys: KeyFile;
}

export interface SendingFiles extends Sending {
  /** Of each thing at the paths that is no file that can be read, when it is come to. */
  readonly onTrouble: (trouble: string) => void;
}

/**
 * Puts jobs for all files at these paths into the queue, some at a time; waits while it is full. The same file with the
 * same size and time is sent once. Workers find it under the same path.
 *
 * @throws StudyError `source` where there is no file at all.
 */
export async function sendImports(
  queue: JobQueue,
  given: FilesToSend,
  sending: SendingFiles,
): Promise<SentJobs> {
  const { hospital, keys } = given;
  const contentOf = (own: readonly { readonly path: string }[]) => ({
    kind: "import" as const,
    hospital: hospital.id,
    sealed: keys.seal(SEALED, JSON.stringify(own.map(({ path }) => path))),
  });
  return sendChunks(queue, filesToSend(given, sending), contentOf, sending);
}

/** One by one: an archive may be of any size. */
function* filesToSend(
  { paths, hospital, keys }: FilesToSend,
  { onTrouble }: SendingFiles,
): Generator<Listed & { readonly path: string }> {
  for (const { path, trouble } of walkPaths(paths.map((path) => resolve(path)))) {
    if (trouble !== null) {
      onTrouble(trouble.message);
      continue;
    }
    const { size, mtimeMs } = statSync(path);
    const mark = keys.hash("file of a job", `${hospital.id}\0${path}\0${size}\0${mtimeMs}`);
    // As many radiographs as somebody has put into it.
    yield { mark, isOpen: true, path, isLarge: /\.zip$/i.test(path) };
  }
}

export interface ImportWork {
  readonly study: Study;
  readonly queue: JobQueue;
  readonly keys: KeyFile;
  readonly workers: FileWorkers;
  readonly who: string;
  /**
   * After a job was recorded, each of its files. Its name, with which a refusal's reason begins, may be a patient's: it is
   * for whoever asks for it, and is not kept.
   */
  readonly onFile: (file: ImportOutcome & { readonly name: string }, job: ClaimedJob) => void;
  /** Where a job fails by a file: the reason with the file's name, for the same people. What is kept is without it. */
  readonly onTrouble: (reason: string, job: ClaimedJob) => void;
}

/** What a worker does with such jobs; what killed workers have left in the store is removed at once. */
export function importJobs(given: ImportWork): StudyWork {
  discardOldStaged(given.study.images);
  return {
    queue: given.queue,
    topic: topicOf({ kind: "import" }),
    async perform(job, lost) {
      const { paths, hospital } = filesOf(given, job);
      const names = new Set(paths);
      try {
        return await importFiles(given, job, { paths, hospital, names }, lost);
      } catch (cause) {
        // A job's reason is kept, and a file's name is not.
        const named = causeText(cause);
        const nameless = withoutNames(named, names);
        if (nameless === named) throw cause;
        given.onTrouble(named, job);
        const reason = `${nameless}; malleolus worker --import --names says which file`;
        throw cause instanceof ThreadEnded ? new ThreadEnded(reason) : new Error(reason);
      }
    },
  };
}

/** One name may begin as another ends, or be its folder's: the longest go first. */
export function withoutNames(text: string, names: Iterable<string>): string {
  return [...names]
    .sort((a, b) => b.length - a.length)
    .reduce((left, name) => left.replaceAll(name, "the file"), text);
}

function filesOf(
  { study, keys }: ImportWork,
  { content }: NewJob,
): { paths: string[]; hospital: Hospital } {
  if (content.kind !== "import") throw new Error("internal: expected a job of files");
  const paths = pathsSchema.parse(JSON.parse(keys.unseal(SEALED, content.sealed)));
  return { paths, hospital: findHospital(study, content.hospital) };
}

/**
 * A file that is bad is refused, once and for all; one that this machine cannot read is another's to import, or is
 * there later.
 */
function requireReadable(decided: DecidedFile): void {
  if (decided.kind !== "refused" || decided.refusal.code !== "unreadable") return;
  throw new StudyError(
    "unreadable",
    `${decided.refusal.reason}; see that workers may read the files under the paths that were sent, then let their ` +
      "jobs be tried again: malleolus jobs --revive",
  );
}

interface FilesOfJob {
  readonly paths: readonly string[];
  readonly hospital: Hospital;
  /** Of all files that were looked at: those in zip files have names of their own. */
  readonly names: Set<string>;
}

interface ReadyFile {
  readonly name: string;
  readonly decided: DecidedFile;
}

/** What files are recorded with. */
interface Held {
  readonly lock: ImportLock;
  /** Of images' stored values: no file is decoded while a transaction keeps everybody else waiting. */
  readonly storedHashes: ReadonlyMap<string, string>;
}

async function importFiles(
  { study, keys, workers, who, onFile }: ImportWork,
  job: ClaimedJob,
  { paths, hospital, names }: FilesOfJob,
  lost: AbortSignal,
): Promise<DoneJob> {
  let ready: ReadyFile[] = [];
  const discard = () => {
    for (const { decided } of ready) discardDecided(decided);
  };
  const holdFor = async (own: readonly ReadyFile[]): Promise<Held> => {
    const storedHashes = new Map<string, string>();
    const decided = own.map((file) => file.decided);
    const hash = async () => {
      // Whoever has the job now decodes them.
      if (!lost.aborted) await hashTwins(study, workers, decided, storedHashes);
    };
    await hash();
    const lock = await waitForImportLock(study, lost);
    try {
      // What others have recorded meanwhile; from here on they wait.
      await hash();
      return { lock, storedHashes };
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  };
  const recordFiles = async (
    own: readonly ReadyFile[],
    transaction: StudyTransaction,
    { lock, storedHashes }: Held,
  ) => {
    const within = { ...study, database: transaction };
    const outcomes: (ImportOutcome & { readonly name: string })[] = [];
    for (const { name, decided } of own) {
      outcomes.push({
        ...(await recordImport(within, lock, who, name, decided, storedHashes)),
        name,
      });
    }
    return outcomes;
  };
  try {
    const files = inOrder(
      filesAt(paths.map((path) => ({ path, trouble: null }))),
      async (source) => {
        names.add(source.name);
        const decide = workers.lend((one) => decideImport(study, { hospital, keys }, source, one));
        return { name: source.name, decided: await decide };
      },
      { limit: 2 * workers.threads, drop: ({ decided }) => discardDecided(decided) },
    );
    for await (const one of files) {
      requireReadable(one.decided);
      ready.push(one);
      if (lost.aborted) break;
      if (ready.length > MOST_A_JOB) {
        const part = ready.slice(0, MOST_A_JOB);
        const held = await holdFor(part);
        await using _ = held.lock;
        // It may have waited for long: whoever has the job now records it all.
        if (lost.aborted) break;
        const record = (transaction: StudyTransaction) => recordFiles(part, transaction, held);
        const recorded = await inTransaction(study.database, record);
        for (const { decided } of part) discardDecided(decided);
        ready = ready.slice(MOST_A_JOB);
        for (const outcome of recorded) onFile(outcome, job);
      }
    }
    const held = await holdFor(ready);
    let outcomes: Awaited<ReturnType<typeof recordFiles>> = [];
    return {
      async store(transaction) {
        outcomes = await recordFiles(ready, transaction, held);
      },
      async end(isCompleted) {
        await held.lock[Symbol.asyncDispose]();
        discard();
        if (!isCompleted) return;
        for (const outcome of outcomes) onFile(outcome, job);
      },
    };
  } catch (error) {
    discard();
    throw error;
  }
}
