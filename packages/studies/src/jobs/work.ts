/**
 * A worker: takes jobs of one study or several, in turn, says every few seconds that it lives, and stores what
 * came out. It outlives its database's server: what cannot be asked now is asked again.
 */
import { setTimeout } from "node:timers/promises";
import { causeText } from "@malleolus/errors";
import type { StudyTransaction } from "../database/in-transaction.ts";
import { isUnreachable } from "../database/is-unreachable.ts";
import { StudyError } from "../errors.ts";
import type { ClaimedJob, JobQueue } from "./job-queue.ts";

/** Stores what a job came to, in the transaction that completes it. */
export type StoreResults = (transaction: StudyTransaction) => Promise<void>;

export interface StudyWork {
  readonly queue: JobQueue;
  /** Does the job; `lost` is aborted when another has it. What it throws gives the job back. */
  perform(job: ClaimedJob, lost: AbortSignal): Promise<StoreResults>;
}

export type WorkEvent =
  | { readonly event: "completed"; readonly job: ClaimedJob }
  /** Another has it: nothing was stored. */
  | { readonly event: "lost"; readonly job: ClaimedJob }
  | { readonly event: "failed"; readonly job: ClaimedJob; readonly reason: string }
  | { readonly event: "unreachable"; readonly reason: string };

export interface WorkOptions {
  /** Ends the worker after the job that it has. */
  readonly stop: AbortSignal;
  /** Ends the worker when nothing waits and nobody works. */
  readonly untilEmpty: boolean;
  readonly onEvent: (event: WorkEvent) => void;
}

const KEEP_MS = 3000;
const IDLE_MS = 5000;
const AWAY_MS = 1000;
/** Doubled with each job that fails after another: a worker that can do none must not wear out a whole queue. */
const [FAILED_MS, MOST_FAILED_MS] = [1000, 60_000];
/** A server that is away for longer loses what a worker had in hand; the job is done again. */
const MOST_TRIES = 60;

/** @throws StudyError `worker` where `perform` says that this worker cannot do such jobs; the job is given back. */
export async function work(studies: readonly StudyWork[], options: WorkOptions): Promise<void> {
  const { stop } = options;
  let failures = 0;
  while (!stop.aborted) {
    let found = false;
    let open = 0;
    for (const study of studies) {
      if (stop.aborted) return;
      try {
        const job = await study.queue.claim();
        if (job !== null) {
          found = true;
          failures = (await doJob(study, job, options)) === "failed" ? failures + 1 : 0;
          if (failures > 0) {
            await pause(Math.min(FAILED_MS * 2 ** (failures - 1), MOST_FAILED_MS), stop);
          }
        } else if (options.untilEmpty) {
          const { waiting, active } = await study.queue.counts();
          open += waiting + active;
        }
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        open++;
        options.onEvent({ event: "unreachable", reason: causeText(error) });
        await pause(AWAY_MS, stop);
      }
    }
    if (found) continue;
    if (options.untilEmpty && open === 0) return;
    // Those with several studies look at each; a bell is heard from one.
    await studies[0].queue.wait(studies.length === 1 ? IDLE_MS : AWAY_MS, stop);
  }
}

async function doJob(
  study: StudyWork,
  job: ClaimedJob,
  options: WorkOptions,
): Promise<"completed" | "lost" | "failed"> {
  const { queue } = study;
  const lost = new AbortController();
  const over = new AbortController();
  const kept = keepAlive(queue, job, lost, over.signal);
  try {
    const store = await study.perform(job, lost.signal);
    const isOurs =
      !lost.signal.aborted && (await settle(() => queue.complete(job, store), options));
    const event = isOurs ? "completed" : "lost";
    options.onEvent({ event, job });
    return event;
  } catch (error) {
    if (isUnreachable(error)) throw error;
    const reason = causeText(error);
    const isOurs = !lost.signal.aborted && (await settle(() => queue.fail(job, reason), options));
    options.onEvent(isOurs ? { event: "failed", job, reason } : { event: "lost", job });
    if (error instanceof StudyError && error.code === "worker") throw error;
    return isOurs ? "failed" : "lost";
  } finally {
    over.abort();
    await kept;
  }
}

async function keepAlive(
  queue: JobQueue,
  job: ClaimedJob,
  lost: AbortController,
  over: AbortSignal,
): Promise<void> {
  for (;;) {
    await pause(KEEP_MS, over);
    if (over.aborted || lost.signal.aborted) return;
    try {
      if (!(await queue.keep(job)) && !over.aborted) lost.abort();
    } catch {
      // The next one may get through; what is wrong for good shows when the job is completed.
    }
  }
}

/**
 * What a job came to must reach the server. An answer that was cut off may have been a yes: then the next is a no,
 * and the results are there.
 */
async function settle(ask: () => Promise<boolean>, options: WorkOptions): Promise<boolean> {
  for (let tried = 1; ; tried++) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnreachable(error) || tried === MOST_TRIES) throw error;
      options.onEvent({ event: "unreachable", reason: causeText(error) });
      await setTimeout(AWAY_MS);
    }
  }
}

async function pause(ms: number, over: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal: over }).catch(() => undefined);
}
