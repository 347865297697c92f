/**
 * Work for many processes: one interface, two drivers, a table of SQLite on one machine and pg-boss on PostgreSQL for
 * many. `job-queue.test.ts` holds both to what stands here.
 *
 * A job is delivered at least once. A worker that says nothing for ten seconds has lost its job, which goes to
 * another; what the first one brings later is refused. What a job stores, it stores in the transaction that
 * completes it, under a key of its own, so that results are there exactly once.
 */
import { z } from "zod";
import type { StudyTransaction } from "../database/in-transaction.ts";

export const jobContentSchema = z.strictObject({
  kind: z.literal("analyze"),
  /** The detector, by the hash of its file. */
  model: z.string(),
  images: z.array(z.string()),
});
export type JobContent = z.infer<typeof jobContentSchema>;

export interface NewJob {
  /** The same work has the same key: it is in the queue once. */
  readonly key: string;
  readonly content: JobContent;
}

/** A job that this process has, as long as it says so. */
export interface ClaimedJob extends NewJob {
  /** From 1. */
  readonly attempt: number;
  /** Of this claim alone. */
  readonly token: string;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  /** That failed as often as they may. */
  readonly dead: number;
}

export interface DeadJob extends NewJob {
  readonly reason: string;
}

export interface JobQueue {
  /**
   * Adds jobs; keys that were ever in the queue are passed over.
   *
   * @throws StudyError `busy` where more would wait than may: whoever sends waits.
   */
  send(jobs: readonly NewJob[]): Promise<void>;
  /** How many more may wait. */
  room(): Promise<number>;
  /** The oldest job that waits, or null; null, too, while as many are active as the study's quota allows. */
  claim(): Promise<ClaimedJob | null>;
  /** Says that the job is being worked on. False where it has been lost. */
  keep(job: ClaimedJob): Promise<boolean>;
  /** Stores what came out and completes the job, both or neither. False, and nothing stored, where it has been lost. */
  complete(
    job: ClaimedJob,
    store: (transaction: StudyTransaction) => Promise<void>,
  ): Promise<boolean>;
  /** Gives it back, to be tried again after a pause, or to lie with the dead. False where it has been lost. */
  fail(job: ClaimedJob, reason: string): Promise<boolean>;
  counts(): Promise<JobCounts>;
  /** At most this many, the oldest first. */
  dead(most: number): Promise<DeadJob[]>;
  /** Lets all dead jobs wait again. Returns how many. */
  revive(): Promise<number>;
  /** Returns when there may be something to claim, at the latest after this time or when `stop` aborts. */
  wait(mostMs: number, stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface QueueOptions {
  /** Jobs of the study that may be active at once, over all workers. */
  readonly quota?: number | undefined;
  /** Jobs that may wait. */
  readonly mostWaiting?: number | undefined;
  /** A worker without a sign of life for this long has lost its job. pg-boss takes no less than ten. */
  readonly leaseSeconds?: number | undefined;
  /** From the first failure on; doubled with each. */
  readonly retryDelaySeconds?: number | undefined;
}

export const MOST_ATTEMPTS = 5;
export const LEASE_SECONDS = 10;
export const MOST_WAITING = 20_000;
export const RETRY_DELAY_SECONDS = 2;
