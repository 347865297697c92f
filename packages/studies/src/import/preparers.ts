/** Threads that prepare files for an import, one file each; they start when they are first needed. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DataError, type DataErrorCode, type Deidentification } from "@malleolus/data";
import type { ImageRecord } from "@malleolus/schema";
import { StudyError, type StudyErrorCode } from "../errors.ts";
import type { AsideImage } from "../image-store.ts";
import type { Answer, Request } from "./prepare-file.ts";

/** What a thread says. */
export type Message =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "data-error"; readonly code: DataErrorCode; readonly message: string }
  | { readonly kind: "study-error"; readonly code: StudyErrorCode; readonly message: string }
  | { readonly kind: "failure"; readonly error: unknown; readonly fields: object };

/** A thread with one file in hand; its steps, in this order, throw as `prepareFiles` says. */
export interface Preparer {
  /** The hash of the bytes; bytes that are given are gone afterwards. */
  open(name: string, contents: string | Uint8Array<ArrayBuffer>): Promise<string>;
  describe(): Promise<AnswerTo<"describe">>;
  clean(plan: Deidentification, store: string): Promise<AnswerTo<"clean">>;
  /** For JPEG and PNG in the place of the two above; null for other files. */
  describeImage(): Promise<ImageRecord | null>;
  stripImage(format: "jpeg" | "png", store: string): Promise<AsideImage>;
}

type AnswerTo<Step extends Answer["step"]> = Extract<Answer, { readonly step: Step }>;

export interface Preparers extends AsyncDisposable {
  readonly threads: number;
  /** Does work with a thread that nobody else has meanwhile; waits for one. */
  lend<Result>(work: (preparer: Preparer) => Promise<Result>): Promise<Result>;
}

interface Thread extends Preparer {
  close(): Promise<unknown>;
}

/** More would only wait for the one that records. */
const MOST_THREADS = 8;

export function startPreparers(): Preparers {
  const count = Math.min(availableParallelism(), MOST_THREADS);
  const threads: Thread[] = [];
  const idle: Preparer[] = [];
  const waiting: ((preparer: Preparer) => void)[] = [];

  const take = async (): Promise<Preparer> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (threads.length === count) return new Promise((resolve) => waiting.push(resolve));
    const thread = startThread();
    threads.push(thread);
    return thread;
  };
  const give = (preparer: Preparer) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(preparer);
    else next(preparer);
  };
  return {
    threads: count,
    async lend(work) {
      const preparer = await take();
      try {
        return await work(preparer);
      } finally {
        give(preparer);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function startThread(): Thread {
  // Not with the arguments of this process: some of them (--input-type) are for its script alone.
  const worker = new Worker(new URL("./prepare-thread.ts", import.meta.url), { execArgv: [] });
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
