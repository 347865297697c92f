/** In the main thread: the threads of an import, one file each; they start when they are first needed. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DataError, type Deidentification } from "@malleolus/data";
import type { ImageRecord } from "@malleolus/schema";
import { StudyError } from "../../errors.ts";
import type { StagedImage } from "../../image-store.ts";
import type { Answer, Message, Request } from "./messages.ts";

/** A thread with one file in hand; its steps, in this order, throw as `fileSteps` says. */
export interface FileWorker {
  /** The hash of the bytes; bytes that are given are gone afterwards. */
  open(name: string, contents: string | Uint8Array<ArrayBuffer>): Promise<string>;
  describe(): Promise<AnswerTo<"describe">>;
  clean(plan: Deidentification, store: string): Promise<AnswerTo<"clean">>;
  /** For JPEG and PNG in the place of the two above; null for other files. */
  describeImage(): Promise<ImageRecord | null>;
  stripImage(format: "jpeg" | "png", store: string): Promise<StagedImage>;
}

type AnswerTo<Step extends Answer["step"]> = Extract<Answer, { readonly step: Step }>;

export interface FileWorkers extends AsyncDisposable {
  readonly threads: number;
  /** Does work with a thread that nobody else has meanwhile; waits for one. */
  lend<Result>(work: (worker: FileWorker) => Promise<Result>): Promise<Result>;
}

interface Thread extends FileWorker {
  close(): Promise<unknown>;
}

/** More would only wait for the one that records. */
const MOST_THREADS = 8;

export function startFileWorkers(): FileWorkers {
  const count = Math.min(availableParallelism(), MOST_THREADS);
  const threads: Thread[] = [];
  const idle: FileWorker[] = [];
  const waiting: ((worker: FileWorker) => void)[] = [];

  const take = async (): Promise<FileWorker> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (threads.length === count) return new Promise((resolve) => waiting.push(resolve));
    const thread = startThread();
    threads.push(thread);
    return thread;
  };
  const give = (worker: FileWorker) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next(worker);
  };
  return {
    threads: count,
    async lend(work) {
      const worker = await take();
      try {
        return await work(worker);
      } finally {
        give(worker);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function startThread(): Thread {
  // Not with the arguments of this process: some of them (--input-type) are for its script alone.
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { execArgv: [] });
  let waiting: PromiseWithResolvers<Answer> | null = null;
  let ended: Error | null = null;

  const end = (reason: Error) => {
    ended ??= reason;
    waiting?.reject(ended);
  };
  worker.on("message", (message: Message) => {
    if (message.kind === "answer") waiting?.resolve(message.answer);
    else waiting?.reject(errorOf(message));
  });
  worker.on("error", (cause) => end(new Error("internal: an import's thread failed", { cause })));
  worker.on("exit", (code) =>
    end(new Error(`internal: an import's thread ended with code ${code}`)),
  );

  const ask = async <Step extends Answer["step"]>(
    request: Request & { readonly step: Step },
    moved: ArrayBuffer[] = [],
  ): Promise<AnswerTo<Step>> => {
    if (ended !== null) throw ended;
    waiting = Promise.withResolvers();
    worker.postMessage(request, moved);
    const answer = await waiting.promise;
    if (answers(request.step, answer)) return answer;
    throw new Error(`internal: an import's thread answered ${answer.step} to ${request.step}`);
  };
  return {
    async open(name, contents) {
      const moved = typeof contents === "string" ? [] : [contents.buffer];
      const { sha256 } = await ask({ step: "open", name, contents }, moved);
      return sha256;
    },
    describe: () => ask({ step: "describe" }),
    clean: (plan, store) => ask({ step: "clean", plan, store }),
    async describeImage() {
      const { facts } = await ask({ step: "describe image" });
      return facts;
    },
    async stripImage(format, store) {
      const { image } = await ask({ step: "strip image", format, store });
      return image;
    },
    close: () => worker.terminate(),
  };
}

function answers<Step extends Answer["step"]>(
  step: Step,
  answer: Answer,
): answer is AnswerTo<Step> {
  return answer.step === step;
}

function errorOf(message: Exclude<Message, { readonly kind: "answer" }>): Error {
  switch (message.kind) {
    case "data-error":
      return new DataError(message.code, message.message);
    case "study-error":
      return new StudyError(message.code, message.message);
    case "failure": {
      const { error, fields } = message;
      return Object.assign(error instanceof Error ? error : new Error(String(error)), fields);
    }
  }
}
