/**
 * Jobs on PostgreSQL, by pg-boss in the study's own database, for workers on many machines. Every instant is the
 * server's: a worker's clock plays no part.
 */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { fromKysely, PgBoss } from "pg-boss";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import {
  type ClaimedJob,
  type JobCounts,
  type JobQueue,
  jobContentSchema,
  LEASE_SECONDS,
  MOST_ATTEMPTS,
  MOST_WAITING,
  type QueueOptions,
  RETRY_DELAY_SECONDS,
} from "./job-queue.ts";
import { requireRoom } from "./require-room.ts";

const QUEUE = "malleolus-analyze";
const DEAD = "malleolus-analyze-dead";
/** Wakes workers that wait when jobs come. */
const CHANNEL = "malleolus_jobs";
/** How often lost jobs are looked for: a lease and two of these are the longest that one waits. */
const SUPERVISE_SECONDS = 5;
const DAY_SECONDS = 24 * 3600;
const STUDY_GROUP = { id: "study" };
/** Of PostgreSQL's advisory locks: who claims under a quota claims alone. */
const CLAIM_LOCK = 212_122;

interface JobData {
  readonly key: string;
  readonly content: unknown;
}

/** `url` is of the database that `database` is. */
export async function pgBossQueue(
  url: string,
  database: StudyDatabase,
  options: QueueOptions,
): Promise<JobQueue> {
  const {
    quota = null,
    mostWaiting = MOST_WAITING,
    leaseSeconds = LEASE_SECONDS,
    retryDelaySeconds = RETRY_DELAY_SECONDS,
  } = options;
  const boss = new PgBoss({
    connectionString: url,
    max: 2,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  // A server that is away for a while: whoever asks for something is told, and asks again.
  boss.on("error", () => undefined);
  await boss.start();
  const pauses = { retryDelay: retryDelaySeconds, retryBackoff: retryDelaySeconds > 0 };
  const kept = { retentionSeconds: 365 * DAY_SECONDS, deleteAfterSeconds: 30 * DAY_SECONDS };
  await boss.createQueue(DEAD, kept);
  await boss.createQueue(QUEUE, {
    ...kept,
    ...pauses,
    retryLimit: MOST_ATTEMPTS - 1,
    heartbeatSeconds: leaseSeconds,
    // A worker that is alive and never ends.
    expireInSeconds: DAY_SECONDS - 1,
    deadLetter: DEAD,
    notify: true,
  });
  const bell = await listen(boss);

  const claimOne = async (fetch: FetchOptions): Promise<ClaimedJob | null> => {
    const [job] = await boss.fetch<JobData>(QUEUE, fetch);
    if (job === undefined) return null;
    const { key, content } = job.data;
    return {
      key,
      content: jobContentSchema.parse(content),
      attempt: job.retryCount + 1,
      token: job.id,
    };
  };
  return {
    async send(jobs) {
      if (jobs.length === 0) return;
      requireRoom(jobs.length, mostWaiting - (await countJobs(database)).waiting);
      await boss.insert(
        QUEUE,
        jobs.map(({ key, content }) => ({
          id: idOf(key),
          data: { key, content } satisfies JobData,
          group: STUDY_GROUP,
        })),
      );
      await sql`select pg_notify(${CHANNEL}, '')`.execute(database);
    },
    async room() {
      return mostWaiting - (await countJobs(database)).waiting;
    },
    claim() {
      if (quota === null) return claimOne({});
      return database.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`.execute(transaction);
        return claimOne({ groupConcurrency: quota, db: fromKysely(transaction) });
      });
    },
    async keep(job) {
      return isDone(await boss.touch(QUEUE, attemptOf(job)));
    },
    async complete(job, store) {
      try {
        await inTransaction(database, async (transaction) => {
          const db = fromKysely(transaction);
          if (!isDone(await boss.complete(QUEUE, attemptOf(job), null, { db }))) throw new Lost();
          await store(transaction);
        });
        return true;
      } catch (error) {
        if (error instanceof Lost) return false;
        throw error;
      }
    },
    async fail(job, reason) {
      return isDone(await boss.fail(QUEUE, attemptOf(job), { reason }));
    },
    counts: () => countJobs(database),
    async dead(most) {
      const jobs = await boss.findJobs<JobData>(DEAD, { limit: most });
      return jobs.map(({ data: { key, content }, sourceOutput }) => ({
        key,
        content: jobContentSchema.parse(content),
        reason: reasonOf(sourceOutput),
      }));
    },
    async revive() {
      // So many at a time as pg-boss likes.
      for (let all = 0; ; ) {
        const revived = await boss.redrive(DEAD);
        all += revived;
        if (revived === 0) return all;
      }
    },
    wait: (mostMs, stop) => bell.wait(mostMs, stop),
    async close() {
      await bell.close();
      await boss.stop({ graceful: false });
    },
  };
}

/** From pg-boss's table itself: what `getQueueStats` says may be a minute old. */
async function countJobs(database: StudyDatabase): Promise<JobCounts> {
  const { rows } = await sql<{ name: string; state: string; count: number }>`
    select name, cast(state as text) as state, count(*) as count
    from pgboss.job where name in (${QUEUE}, ${DEAD}) group by name, state`.execute(database);
  const count = (queue: string, ...states: string[]) =>
    rows
      .filter(({ name, state }) => name === queue && states.includes(state))
      .reduce((sum, row) => sum + row.count, 0);
  return {
    waiting: count(QUEUE, "created", "retry"),
    active: count(QUEUE, "active"),
    completed: count(QUEUE, "completed"),
    dead: count(DEAD, "created"),
  };
}

type FetchOptions = NonNullable<Parameters<PgBoss["fetch"]>[1]>;

/** Undoes what a worker that has lost its job would store. */
class Lost extends Error {}

/** The same for the same key: pg-boss takes an identifier once. */
function idOf(key: string): string {
  const hex = createHash("sha256").update(key).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

function attemptOf({ token, attempt }: ClaimedJob): { id: string; retryCount: number } {
  return { id: token, retryCount: attempt - 1 };
}

/** pg-boss answers with how many jobs it changed; its types say an empty object. */
function isDone(answer: object): boolean {
  return "affected" in answer && answer.affected === 1;
}

function reasonOf(output: object | null): string {
  if (output === null) return "";
  if ("reason" in output) return String(output.reason);
  return JSON.stringify(output);
}

interface Bell {
  wait(mostMs: number, stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

async function listen(boss: PgBoss): Promise<Bell> {
  let rung = Promise.withResolvers<void>();
  const ring = () => {
    rung.resolve();
    rung = Promise.withResolvers<void>();
  };
  const handle = await boss.getDb().listen?.(CHANNEL, ring, ring);
  return {
    async wait(mostMs, stop) {
      const over = new AbortController();
      const signal = AbortSignal.any([stop, over.signal]);
      const time = setTimeout(mostMs, undefined, { signal }).catch(() => undefined);
      await Promise.race([rung.promise, time]);
      over.abort();
    },
    async close() {
      await handle?.close();
    },
  };
}
