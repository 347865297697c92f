/**
 * A worker: takes jobs of one study or several, in turn, says every few seconds that it lives, and stores what
 * came out. It outlives its database's server: what cannot be asked now is asked again.
 */
import { setTimeout } from "node:timers/promises";
import { causeText } from "@malleolus/errors";
import { ThreadEnded } from "@malleolus/host";
import { isUnreachable } from "../database/is-unreachable.ts";
import type { ClaimedJob, JobQueue, JobResults } from "./job-queue.ts";

/** What a worker has of a job when it is done. */
export interface DoneJob extends JobResults {
  /** Whatever became of it: gives back what was held for it. What was not completed is not stored. */
  end?(isCompleted: boolean): Promise<void>;
}

export interface StudyWork {
  readonly queue: JobQueue;
  /** Of the jobs that it takes; the others are left to other workers. */
  readonly topic: string;
  /** Does the job; `lost` is aborted when another has it. What it throws gives the job back. */
  perform(job: ClaimedJob, lost: AbortSignal): Promise<DoneJob>;
}

export type WorkEvent =
  | { readonly event: "completed"; readonly job: ClaimedJob }
  /** Another has it: nothing was stored, but parts of a zip file that were recorded before. */
  | { readonly event: "lost"; readonly job: ClaimedJob }
  | { readonly event: "failed"; readonly job: ClaimedJob; readonly reason: string }
  /** Nothing is to be done here, and so many jobs wait for workers of other topics. */
  | { readonly event: "left"; readonly jobs: number }
  | { readonly event: "unreachable"; readonly reason: string };

export interface WorkOptions {
  /** Ends the worker after the job that it has. */
  readonly stop: AbortSignal;
  /** Ends the worker when nothing of its topic waits and nobody works on such. */
  readonly untilEmpty: boolean;
  readonly onEvent: (event: WorkEvent) => void;
}

/** A third of its lease and less: a word may come late, or be lost. */
const KEEPS_A_LEASE = 3.3;
const IDLE_MS = 5000;
const AWAY_MS = 1000;
/** Doubled with each job that fails after another: a worker that can do none must not wear out a whole queue. */
const [FAILED_MS, MOST_FAILED_MS] = [1000, 60_000];
/** A server that is away for longer loses what a worker had in hand; the job is done again. */
const MOST_TRIES = 60;

/** How often an idle one looks for jobs that it leaves: it counts, which costs more than a claim. */
const LEFT_MS = 60_000;

/** @throws ThreadEnded where a thread of its own has ended: the job is given back, and the worker could do no other. */
export async function work(studies: readonly StudyWork[], options: WorkOptions): Promise<void> {
  const { stop } = options;
  let failures = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  while (!stop.aborted) {
    let found = false;
    let open = 0;
    const tells = performance.now() - toldAt >= LEFT_MS;
    for (const study of studies) {
      if (stop.aborted) return;
      try {
        const job = await study.queue.claim(study.topic);
        if (job !== null) {
          found = true;
          failures = (await doJob(study, job, options)) === "failed" ? failures + 1 : 0;
          if (failures > 0) {
            await pause(Math.min(FAILED_MS * 2 ** (failures - 1), MOST_FAILED_MS), stop);
          }
        } else if (options.untilEmpty) {
          const { waiting, active } = await study.queue.counts(study.topic);
          open += waiting + active;
        } else if (tells) {
          await tellLeft(study, options);
        }
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        open++;
        options.onEvent({ event: "unreachable", reason: causeText(error) });
        await pause(AWAY_MS, stop);
      }
    }
    if (found) continue;
    if (options.untilEmpty && open === 0) return tellAllLeft(studies, options);
    if (tells) toldAt = performance.now();
    // Those with several studies look at each; a bell is heard from one.
    await studies[0].queue.wait(studies.length === 1 ? IDLE_MS : AWAY_MS, stop);
  }
}

/** Its work is done: a server that cannot be asked now fails nothing. */
async function tellAllLeft(studies: readonly StudyWork[], options: WorkOptions): Promise<void> {
  for (const study of studies) {
    try {
      await tellLeft(study, options);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      options.onEvent({ event: "unreachable", reason: causeText(error) });
    }
  }
}

async function tellLeft({ queue, topic }: StudyWork, { onEvent }: WorkOptions): Promise<void> {
  const jobs = (await queue.counts()).waiting - (await queue.counts(topic)).waiting;
  if (jobs > 0) onEvent({ event: "left", jobs });
}

async function doJob(
  study: StudyWork,
  job: ClaimedJob,
  options: WorkOptions,
): Promise<"completed" | "lost" | "failed"> {
  const { queue } = study;
  const lost = new AbortController();
  const kept = keepAlive(queue, job, lost);
  let done: DoneJob | null = null;
  let isCompleted = false;
  try {
    const results = await study.perform(job, lost.signal);
    done = results;
    isCompleted =
      !lost.signal.aborted && (await settle(() => queue.complete(job, results), options));
    const event = isCompleted ? "completed" : "lost";
    options.onEvent({ event, job });
    return event;
  } catch (error) {
    if (isUnreachable(error)) throw error;
    const reason = causeText(error);
    const isOurs = !lost.signal.aborted && (await settle(() => queue.fail(job, reason), options));
    options.onEvent(isOurs ? { event: "failed", job, reason } : { event: "lost", job });
    // It could do no other job either: whatever started this worker starts it anew.
    if (error instanceof ThreadEnded) throw error;
    return isOurs ? "failed" : "lost";
  } finally {
    await kept.end();
    await done?.end?.(isCompleted);
  }
}

/** Says every few seconds that the job is worked on, until `end`. */
function keepAlive(
  queue: JobQueue,
  job: ClaimedJob,
  lost: AbortController,
): { end(): Promise<void> } {
  let asked: Promise<void> | null = null;
  let isOver = false;
  const ask = async () => {
    try {
      if (!(await queue.keep(job)) && !isOver) lost.abort();
    } catch {
      // The next one may get through; what is wrong for good shows when the job is completed.
    } finally {
      asked = null;
    }
  };
  const timer = setInterval(
    () => {
      if (!lost.signal.aborted) asked ??= ask();
    },
    (job.leaseSeconds * 1000) / KEEPS_A_LEASE,
  );
  return {
    async end() {
      isOver = true;
      clearInterval(timer);
      await asked;
    },
  };
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
