/**
 * Threads that encode radiographs; they start when they are first needed. What somebody waits for comes
 * before what is prepared, and one that failed badly is replaced.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { ServerError } from "../errors.ts";

export interface EncodeRequest {
  readonly id: number;
  readonly path: string;
}

export type EncodeAnswer =
  | {
      readonly kind: "encoded";
      readonly id: number;
      readonly full: Uint8Array;
      readonly half: Uint8Array;
    }
  | {
      readonly kind: "failed";
      readonly id: number;
      /** A file that cannot be decoded, and no bug of ours. */
      readonly isForeseen: boolean;
      readonly message: string;
    };

export type EncodedPair = Pick<Extract<EncodeAnswer, { kind: "encoded" }>, "full" | "half">;

export interface EncodeThreads {
  /** Rejects with ServerError `not-found` where the file cannot be decoded. */
  encode(path: string, isWaitedFor: boolean): Promise<EncodedPair>;
  /** Somebody waits now for what was only prepared. */
  hurry(path: string): void;
  close(): Promise<void>;
}

interface Job extends EncodeRequest {
  readonly answer: PromiseWithResolvers<EncodedPair>;
}

interface Thread {
  readonly worker: Worker;
  job: Job | null;
}

const MOST_THREADS = 4;

export function startEncodeThreads(): EncodeThreads {
  const most = Math.min(availableParallelism(), MOST_THREADS);
  const threads = new Set<Thread>();
  const waitedFor: Job[] = [];
  const prepared: Job[] = [];
  let [lastId, isClosed] = [0, false];

  const giveOut = () => {
    for (const thread of threads) {
      if (thread.job !== null) continue;
      // Whoever waits comes first; of what is prepared the latest, since readers go on.
      const job = waitedFor.shift() ?? prepared.pop();
      if (job === undefined) return;
      thread.job = job;
      thread.worker.ref();
      thread.worker.postMessage({ id: job.id, path: job.path } satisfies EncodeRequest);
    }
  };
  const start = () => {
    const worker = new Worker(new URL("./encode-thread.ts", import.meta.url), { execArgv: [] });
    const thread: Thread = { worker, job: null };
    const end = (reason: Error) => {
      threads.delete(thread);
      thread.job?.answer.reject(reason);
      thread.job = null;
      if (waitedFor.length + prepared.length > 0 && !isClosed) {
        start();
        giveOut();
      }
    };
    worker.on("message", (answer: EncodeAnswer) => {
      const { job } = thread;
      thread.job = null;
      worker.unref();
      if (answer.kind === "encoded") job?.answer.resolve(answer);
      else job?.answer.reject(errorOf(answer));
      giveOut();
    });
    worker.on("error", (cause) => end(new Error("internal: an encoding thread failed", { cause })));
    worker.on("exit", () => end(new Error("internal: an encoding thread ended")));
    worker.unref();
    threads.add(thread);
  };
  return {
    encode(path, isWaitedFor) {
      const answer = Promise.withResolvers<EncodedPair>();
      if (isClosed)
        return Promise.reject(new ServerError("unavailable", "The server is stopping."));
      lastId++;
      (isWaitedFor ? waitedFor : prepared).push({ id: lastId, path, answer });
      const idle = [...threads].some(({ job }) => job === null);
      if (!idle && threads.size < most) start();
      giveOut();
      return answer.promise;
    },
    hurry(path) {
      const place = prepared.findIndex((job) => job.path === path);
      if (place >= 0) waitedFor.push(...prepared.splice(place, 1));
    },
    async close() {
      isClosed = true;
      const stopping = new ServerError("unavailable", "The server is stopping.");
      for (const { answer } of [...waitedFor.splice(0), ...prepared.splice(0)]) {
        answer.reject(stopping);
      }
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

function errorOf({ isForeseen, message }: Extract<EncodeAnswer, { kind: "failed" }>): Error {
  return isForeseen
    ? new ServerError("not-found", "The radiograph cannot be decoded. The other views work.", {
        cause: new Error(message),
      })
    : new Error(`internal: a radiograph could not be encoded: ${message}`);
}
