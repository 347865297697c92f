/**
 * One upload at a time of a study: opened by whoever knows the key file's passphrase, fed file by file, imported
 * by a process of its own, ended by its owner or by half an hour in which nothing came.
 */
import { type ChildProcess, fork } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Upload, UploadRequest } from "@malleolus/schema";
import { findHospital, type Study } from "@malleolus/studies";
import { ServerError } from "../errors.ts";
import { type News, newsSchema, type Order } from "./import-orders.ts";
import { type StagedFiles, stagedFiles, tooLargeFile } from "./staged-files.ts";

export interface Uploads {
  readonly largestBytes: number;
  state(): Upload | null;
  /** @throws ServerError `state` while another is open, `invalid` where the study or its keys refuse. */
  open(request: UploadRequest, who: string): Promise<Upload>;
  /** @throws ServerError `state` without an open one of this account, and what receiving throws. */
  receive(file: NewFile, who: string): Promise<number>;
  /** No more files come. */
  end(who: string): Upload;
  /** Ends one that is at work; what waits is thrown away, what is imported stays. */
  cancel(): void;
  /** With the server. */
  close(): void;
}

export interface NewFile {
  readonly name: string;
  /** As the request says; null where it does not. */
  readonly announcedBytes: number | null;
  readonly bytes: Readable;
}

interface Job {
  readonly child: ChildProcess;
  upload: Upload;
  /** Paths of files that the child has not been given. */
  waiting: string[];
  /** Given, and not done. */
  underWay: readonly string[];
  idle: NodeJS.Timeout;
}

const IDLE_MS = 30 * 60_000;
/** Given to the process at once: it starts its threads anew each time. */
const BATCH = 200;
/** A sender that is so far ahead waits. */
const MOST_WAITING = 2 * BATCH;
const MOST_TOLD = 500;

export function openUploads(study: Study, largestBytes: number): Uploads {
  const files = stagedFiles(study.folder, largestBytes, "uploads");
  let job: Job | null = null;
  let progress = Promise.withResolvers<void>();
  const changed = () => {
    progress.resolve();
    progress = Promise.withResolvers<void>();
  };

  const stop = (ended: Job, upload: Upload) => {
    clearTimeout(ended.idle);
    ended.upload = upload;
    ended.waiting = [];
    ended.child.removeAllListeners();
    if (ended.child.connected) ended.child.disconnect();
    files.clear();
    changed();
  };
  const fail = (failed: Job, failure: string) =>
    stop(failed, { ...failed.upload, state: "failed", waiting: 0, failure });

  const next = (given: Job) => {
    const { upload, waiting } = given;
    if (waiting.length === 0) {
      if (upload.state === "ending") stop(given, { ...upload, state: "done" });
      return;
    }
    given.underWay = waiting.splice(0, BATCH);
    send(given.child, { order: "import", paths: [...given.underWay] });
  };

  const hear = async (given: Job, news: News) => {
    if (news.news === "file") {
      given.upload = told(given.upload, news, files);
    } else if (news.news === "imported") {
      const done = given.underWay;
      await Promise.all(done.map(files.remove));
      // Only now: a file that comes meanwhile must not begin the next order.
      given.underWay = [];
      given.upload = { ...given.upload, waiting: given.upload.waiting - done.length };
      if (isAtWork(given)) next(given);
    } else if (news.news === "refused") {
      fail(given, files.readable(news.message));
    }
    changed();
  };

  const cancel = () => {
    if (job !== null && isAtWork(job)) fail(job, "The upload was cancelled.");
  };

  const required = (who: string): Job => {
    if (job !== null && job.upload.state === "open" && job.upload.who === who) return job;
    throw new ServerError("state", "No upload of yours is open. Open one with the passphrase.");
  };

  return {
    largestBytes,
    state: () => job?.upload ?? null,
    async open({ hospital, passphrase }, who) {
      if (job !== null && isAtWork(job)) {
        throw new ServerError(
          "state",
          `An upload by ${job.upload.who} is open. Wait until it ends.`,
        );
      }
      requireHospital(study, hospital);
      const child = startImportProcess();
      const opened = await firstNews(child, {
        order: "open",
        folder: study.folder,
        hospital,
        passphrase,
        who,
      });
      if (opened.news === "refused") {
        child.disconnect();
        throw opened.code === "passphrase"
          ? new ServerError("invalid", "The passphrase does not open the study's key file.")
          : new ServerError("invalid", opened.message);
      }
      // Two who opened one at the same moment: the second finds the first's.
      if (job !== null && isAtWork(job)) {
        child.disconnect();
        throw new ServerError(
          "state",
          `An upload by ${job.upload.who} is open. Wait until it ends.`,
        );
      }
      const given: Job = {
        child,
        upload: begun(hospital, who),
        waiting: [],
        underWay: [],
        idle: setTimeout(() => fail(given, "Nothing came for half an hour."), IDLE_MS),
      };
      given.idle.unref();
      child.on("message", (message) => void hear(given, newsSchema.parse(message)));
      child.once("exit", () => fail(given, endedAt(given, files)));
      job = given;
      return given.upload;
    },
    async receive({ name, announcedBytes, bytes }, who) {
      const given = required(who);
      given.idle.refresh();
      if (announcedBytes !== null && announcedBytes > largestBytes) {
        throw tooLargeFile(largestBytes);
      }
      while (given.upload.waiting >= MOST_WAITING && isAtWork(given)) await progress.promise;
      const { path, sizeBytes } = await files.receive(name, bytes);
      if (!isAtWork(given)) {
        await files.remove(path);
        throw new ServerError("state", "The upload ended before this file had come.");
      }
      given.upload = { ...given.upload, waiting: given.upload.waiting + 1 };
      given.waiting.push(path);
      if (given.underWay.length === 0) next(given);
      return sizeBytes;
    },
    end(who) {
      const given = required(who);
      given.upload = { ...given.upload, state: "ending" };
      if (given.underWay.length === 0) next(given);
      return given.upload;
    },
    cancel,
    close() {
      cancel();
      files.clear();
    },
  };
}

function requireHospital(study: Study, id: string): void {
  try {
    findHospital(study, id);
  } catch (cause) {
    throw new ServerError("invalid", "The study has no such hospital. Choose one of its own.", {
      cause,
    });
  }
}

function isAtWork({ upload: { state } }: Job): boolean {
  return state === "open" || state === "ending";
}

function begun(hospital: string, who: string): Upload {
  return {
    state: "open",
    who,
    hospital,
    waiting: 0,
    imported: 0,
    known: 0,
    refused: 0,
    refusals: [],
    notes: [],
    failure: null,
  };
}

function told(upload: Upload, news: Extract<News, { news: "file" }>, files: StagedFiles): Upload {
  const file = files.readable(news.file);
  const { outcome, reason, notes } = news;
  return {
    ...upload,
    [outcome]: upload[outcome] + 1,
    refusals:
      reason === null || upload.refusals.length >= MOST_TOLD
        ? upload.refusals
        : [...upload.refusals, { file, reason: files.readable(reason) }],
    notes: [...upload.notes, ...notes.map((note) => ({ file, note }))].slice(0, MOST_TOLD),
  };
}

/** What is known when the process that imports is gone. */
function endedAt({ underWay }: Job, files: StagedFiles): string {
  const names = underWay
    .map((path) => files.readable(path))
    .slice(0, 5)
    .join(", ");
  return underWay.length === 0
    ? "The import ended by itself. Open another upload."
    : `The import ended at one of ${underWay.length} files (${names}). Upload the rest again; what is imported is known.`;
}

function startImportProcess(): ChildProcess {
  return fork(fileURLToPath(new URL("./import-process.ts", import.meta.url)), [], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

function send(child: ChildProcess, order: Order): void {
  // A process that is gone says so by its exit.
  child.send(order, () => undefined);
}

function firstNews(child: ChildProcess, order: Order): Promise<News> {
  const { promise, resolve, reject } = Promise.withResolvers<News>();
  const ended = () => reject(new Error("internal: the process that imports ended at once"));
  child.once("exit", ended);
  child.once("message", (message) => {
    child.off("exit", ended);
    resolve(newsSchema.parse(message));
  });
  send(child, order);
  return promise;
}
