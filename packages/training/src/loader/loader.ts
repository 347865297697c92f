/**
 * The batches of a run, in the order of its steps. With workers, decoding runs ahead of the step
 * by a bounded number of batches; without, each batch is prepared when it is asked for. The batches
 * are the same bit for bit.
 */
import type { LoadedSample } from "../augment/sample.ts";
import { prepareSample, type SampleRequest } from "./prepare-sample.ts";
import { workerPool } from "./worker-pool.ts";

export interface LoaderOptions {
  /** What goes into a slot of a step. */
  readonly request: (step: number, slot: number) => SampleRequest;
  /** Of a batch those that are prepared here, in this order. */
  readonly slots: readonly number[];
  readonly firstStep: number;
  /** The run's length: no step from it on is prepared. */
  readonly steps: number;
  /** Threads; 0 prepares in the calling thread. */
  readonly workers: number;
  /** Batches ahead of the one that was asked for last. */
  readonly ahead: number;
}

export interface Loader {
  /**
   * The batch of the next step. Rejects with one line that begins with a file's path where that
   * file cannot be used.
   */
  next(): Promise<readonly LoadedSample[]>;
  close(): Promise<void>;
}

export function openLoader(options: LoaderOptions): Loader {
  const { request, slots, steps } = options;
  const pool = options.workers > 0 ? workerPool(options.workers) : null;
  const prepare = pool === null ? prepareSample : pool.prepare;
  const ahead = pool === null ? 0 : options.ahead;
  const begun: Promise<readonly LoadedSample[]>[] = [];
  let askedFor = options.firstStep;

  const beginUpTo = (last: number) => {
    for (let step = askedFor + begun.length; step <= last && step < steps; step++) {
      const batch = allOf(slots.map((slot) => prepare(request(step, slot))));
      // Whoever asks for this batch hears of its failure; until then it is nobody's.
      batch.catch(() => undefined);
      begun.push(batch);
    }
  };
  beginUpTo(options.firstStep + ahead - 1);

  return {
    async next() {
      beginUpTo(askedFor + ahead);
      const batch = begun.shift();
      if (batch === undefined) throw new RangeError(`loader: the run ends before step ${askedFor}`);
      askedFor++;
      return batch;
    },
    async close() {
      await pool?.close();
    },
  };
}

/** Of several failures, the one of the first slot: not of whoever was quickest. */
async function allOf(samples: readonly Promise<LoadedSample>[]): Promise<readonly LoadedSample[]> {
  await Promise.allSettled(samples);
  return Promise.all(samples);
}
