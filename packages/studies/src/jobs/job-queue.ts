/**
 * Work for many processes: one interface, two drivers, a table of SQLite on one machine and pg-boss on PostgreSQL for
 * many. `job-queue.test.ts` holds both to what stands here.
 *
 * A job is delivered at least once. A worker that says nothing for ten seconds has lost its job, which goes to
 * another; what the first one brings later is refused. What a job stores, it stores in the transaction that
 * completes it (of a large zip file the last part; the others before), under a key of its own, so that results are there
 * exactly once.
 */
import { z } from "zod";
import type { Isolation, StudyTransaction } from "../database/in-transaction.ts";

const imagesJobSchema = z.strictObject({
  /** To be looked at by a detector, or by the preliminary networks. */
  kind: z.enum(["analyze", "prelabel"]),
  /** The detector by the hash of its file, the networks as the study knows them. */
  model: z.string(),
  images: z.array(z.string()),
});
const importJobSchema = z.strictObject({
  kind: z.literal("import"),
  hospital: z.string(),
  /** Paths of files, which may name patients, for whoever has the key file. */
  sealed: z.string(),
});
export const jobContentSchema = z.discriminatedUnion("kind", [imagesJobSchema, importJobSchema]);
export type ImagesJob = z.infer<typeof imagesJobSchema>;
export type ImportJob = z.infer<typeof importJobSchema>;
export type JobContent = z.infer<typeof jobContentSchema>;

/** What it takes to do a job: who has it takes the jobs of this topic and leaves the others. */
export function topicOf(
  content: Pick<ImagesJob, "kind" | "model"> | Pick<ImportJob, "kind">,
): string {
  return content.kind === "import" ? "import/files" : `${content.kind}/${content.model}`;
}

/** The radiographs of a job whose topic says that it has some. */
export function imagesOf({ content }: NewJob): readonly string[] {
  if (content.kind !== "import") return content.images;
  throw new Error("internal: a job of files where one of radiographs was expected");
}

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
  /** How long whoever has it may be silent and still has it: as the queue says, where it says so. */
  readonly leaseSeconds: number;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  /** That failed as often as they may. */
  readonly dead: number;
}

export interface TopicCounts extends JobCounts {
  readonly topic: string;
}

export interface DeadJob extends NewJob {
  readonly reason: string;
}

/** Which jobs of a topic nobody shall do any more: those that wait, or those that failed as often as they may. */
export type Discarded = "waiting" | "dead";

/** What a job came to. */
export interface JobResults {
  /**
   * In the transaction that completes it; may be called again, where that is undone. None where there is nothing to
   * store.
   */
  store?(transaction: StudyTransaction): Promise<void>;
  /** `serializable` where `store` reads what it writes by, and unless it says otherwise. */
  readonly isolation?: Isolation;
}

export interface JobQueue {
  /**
   * Adds jobs; keys that were ever in the queue are passed over. Returns the keys of those that are new.
   *
   * @throws StudyError `busy` where more of a topic would wait than may: whoever sends waits.
   */
  send(jobs: readonly NewJob[]): Promise<ReadonlySet<string>>;
  /**
   * The topic's oldest job that waits, or null; null, too, while as many of the study are active as its quota allows,
   * whatever their topics.
   */
  claim(topic: string): Promise<ClaimedJob | null>;
  /** Says that the job is being worked on. False where it has been lost. */
  keep(job: ClaimedJob): Promise<boolean>;
  /** Stores what came out and completes the job, both or neither. False, and nothing stored, where it has been lost. */
  complete(job: ClaimedJob, results: JobResults): Promise<boolean>;
  /** Gives it back, to be tried again after a pause, or to lie with the dead. False where it has been lost. */
  fail(job: ClaimedJob, reason: string): Promise<boolean>;
  /** Of a topic, or of all. */
  counts(topic?: string): Promise<JobCounts>;
  /** Of each topic of which there are jobs, in the order of their names. */
  topics(): Promise<TopicCounts[]>;
  /** At most this many of all topics, the oldest first. */
  dead(most: number): Promise<DeadJob[]>;
  /** Lets all dead jobs wait again. Returns how many. */
  revive(): Promise<number>;
  /**
   * Takes a topic's jobs out of the queue, as if they had never been sent: the same may be sent again. Those that
   * somebody works on stay. Returns how many.
   */
  discard(topic: string, which: Discarded): Promise<number>;
  /** Returns when there may be something to claim, at the latest after this time or when `stop` aborts. */
  wait(mostMs: number, stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface QueueOptions {
  /** Jobs of the study that may be active at once, over all workers. */
  readonly quota?: number | undefined;
  /** Jobs of a topic that may wait: those that nobody does any more keep no others from being sent. */
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

export const NO_JOBS: JobCounts = { waiting: 0, active: 0, completed: 0, dead: 0 };

/** Of all topics together. */
export function sumOf(topics: readonly JobCounts[]): JobCounts {
  return topics.reduce(
    (sum, own) => ({
      waiting: sum.waiting + own.waiting,
      active: sum.active + own.active,
      completed: sum.completed + own.completed,
      dead: sum.dead + own.dead,
    }),
    NO_JOBS,
  );
}
