/** Worker threads that prepare samples; requests are dealt to them in turn. */
import { Worker } from "node:worker_threads";
import type { Sample } from "../augment/sample.ts";
import { TrainingError } from "../errors.ts";
import type { SampleRequest } from "./prepare-sample.ts";
import type { Answer, Failure } from "./worker-messages.ts";

export interface WorkerPool {
  prepare(request: SampleRequest): Promise<Sample>;
  /** Ends the threads; what they were doing is dropped. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (sample: Sample) => void;
  readonly reject: (error: Error) => void;
}

export function workerPool(count: number): WorkerPool {
  const threads = Array.from({ length: count }, startThread);
  let asked = 0;
  return {
    prepare: (request) => threads[asked++ % count].prepare(request),
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function startThread(): WorkerPool {
  // Not with the arguments of this process: some of them (--input-type) are for its script alone.
  const worker = new Worker(new URL("./sample-worker.ts", import.meta.url), { execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let ended: Error | null = null;

  const end = (reason: Error) => {
    ended ??= reason;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on("message", (answer: Answer) => {
    const question = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("sample" in answer) question?.resolve(answer.sample);
    else question?.reject(errorOf(answer.failure));
  });
  worker.on("error", (cause) =>
    end(new TrainingError("internal", "internal: a loader's thread failed", { cause })),
  );
  worker.on("exit", (code) =>
    end(new TrainingError("internal", `internal: a loader's thread ended with code ${code}`)),
  );

  return {
    prepare(request) {
      if (ended !== null) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, request });
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}

function errorOf({ message, isForeseen }: Failure): Error {
  return isForeseen
    ? new TrainingError("data", message)
    : new TrainingError("internal", `internal: preparing a radiograph failed: ${message}`);
}
