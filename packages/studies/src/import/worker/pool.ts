/** In the main thread: the threads of an import, one file each; they start when they are first needed. */
import { availableParallelism } from "node:os";
import { DataError, type Deidentification } from "@malleolus/data";
import { startThread, type Thread, threadPool } from "@malleolus/host";
import type { ImageRecord } from "@malleolus/schema";
import { StudyError } from "../../errors.ts";
import type { StagedImage } from "../../image-store.ts";
import type { Answer, Failure, Request } from "./messages.ts";

/** A thread with one file in hand; its steps, in this order, throw as `fileSteps` says. */
export interface FileWorker {
  /** The hash of the bytes; bytes that are given are gone afterwards. */
  open(name: string, contents: string | Uint8Array<ArrayBuffer>): Promise<string>;
  describe(): Promise<AnswerTo<"describe">>;
  clean(plan: Deidentification, store: string): Promise<AnswerTo<"clean">>;
  /** For JPEG and PNG in the place of the two above; null for other files. */
  describeImage(): Promise<ImageRecord | null>;
  stripImage(format: "jpeg" | "png", store: string): Promise<StagedImage>;
  /** Of the values stored in a DICOM file, whatever file is in hand. */
  storedHash(path: string): Promise<string>;
}

type AnswerTo<Step extends Answer["step"]> = Extract<Answer, { readonly step: Step }>;

export interface FileWorkers extends AsyncDisposable {
  readonly threads: number;
  /** Does work with a thread that nobody else has meanwhile; waits for one. */
  lend<Result>(work: (worker: FileWorker) => Promise<Result>): Promise<Result>;
}

/** More would only wait for the one that records. */
const MOST_THREADS = 8;

/** As many as there are cores, unless somebody says how many. */
export function startFileWorkers(asked?: number): FileWorkers {
  const count = asked ?? Math.min(availableParallelism(), MOST_THREADS);
  const pool = threadPool(count, () =>
    startThread<Request, Answer, Failure>(new URL("./worker.ts", import.meta.url), {
      name: "an import's thread",
      errorOf,
    }),
  );
  return {
    threads: count,
    lend: (work) => pool.lend((thread) => work(fileWorker(thread))),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

function fileWorker(thread: Thread<Request, Answer>): FileWorker {
  const ask = async <Step extends Answer["step"]>(
    request: Request & { readonly step: Step },
    moved: readonly ArrayBuffer[] = [],
  ): Promise<AnswerTo<Step>> => {
    const answer = await thread.ask(request, moved);
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
    async storedHash(path) {
      const { storedSha256 } = await ask({ step: "stored hash", path });
      return storedSha256;
    },
  };
}

function answers<Step extends Answer["step"]>(
  step: Step,
  answer: Answer,
): answer is AnswerTo<Step> {
  return answer.step === step;
}

function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case "data-error":
      return new DataError(failure.code, failure.message);
    case "study-error":
      return new StudyError(failure.code, failure.message);
    case "other": {
      const { error, fields } = failure;
      return Object.assign(error instanceof Error ? error : new Error(String(error)), fields);
    }
  }
}
