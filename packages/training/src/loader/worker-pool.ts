/** Worker threads that prepare samples; requests are dealt to them in turn. */
import { startThread } from "@malleolus/host";
import type { LoadedSample } from "../augment/sample.ts";
import { TrainingError } from "../errors.ts";
import type { SampleRequest } from "./prepare-sample.ts";
import type { Failure } from "./sample-worker.ts";

export interface WorkerPool {
  prepare(request: SampleRequest): Promise<LoadedSample>;
  /** Ends the threads; what they were doing is dropped. */
  close(): Promise<void>;
}

export function workerPool(count: number): WorkerPool {
  const threads = Array.from({ length: count }, () =>
    startThread<SampleRequest, LoadedSample, Failure>(
      new URL("./sample-worker.ts", import.meta.url),
      {
        name: "a loader's thread",
        errorOf,
      },
    ),
  );
  let asked = 0;
  return {
    prepare: (request) => threads[asked++ % count].ask(request),
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function errorOf({ message, isForeseen }: Failure): Error {
  return isForeseen
    ? new TrainingError("data", message)
    : new TrainingError("internal", `internal: preparing a radiograph failed: ${message}`);
}
