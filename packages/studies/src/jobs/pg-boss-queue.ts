/**
 * Jobs on PostgreSQL, by pg-boss in the study's own database, for workers on many machines: a queue of pg-boss a topic,
 * and one for the dead of all. Every instant is the server's: a worker's clock plays no part.
 */
import { createHash } from "node:crypto";
import { sql } from "kysely";
import { Pool } from "pg";
import { type Db, fromKysely, PgBoss } from "pg-boss";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import "../database/postgres-password.ts";
import { newBell } from "./bell.ts";
import {
  type ClaimedJob,
  type Discarded,
  type JobCounts,
  type JobQueue,
  jobContentSchema,
  LEASE_SECONDS,
  MOST_ATTEMPTS,
  MOST_WAITING,
  type NewJob,
  type QueueOptions,
  RETRY_DELAY_SECONDS,
  sumOf,
  type TopicCounts,
  topicOf,
} from "./job-queue.ts";
import { requireRoom } from "./require-room.ts";

const PREFIX = "malleolus/";
const DEAD = "malleolus-dead";
/** Wakes workers that wait when jobs come. */
const CHANNEL = "malleolus_jobs";
/** How often lost jobs are looked for: a lease and two of these are the longest that one waits. */
const SUPERVISE_SECONDS = 5;
const DAY_SECONDS = 24 * 3600;
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
  const kept = { retentionSeconds: 365 * DAY_SECONDS, deleteAfterSeconds: 30 * DAY_SECONDS };
  await boss.createQueue(DEAD, kept);
  const made = new Map<string, Promise<void>>();
  /** The topic's queue, made where it is not there yet. */
  const queueOf = async (topic: string): Promise<string> => {
    const name = PREFIX + topic;
    const creation =
      made.get(topic) ??
      boss.createQueue(name, {
        ...kept,
        // Whoever is lost has its job taken at once; a pause is for one that failed, and set there.
        retryDelay: 0,
        retryBackoff: false,
        retryLimit: MOST_ATTEMPTS - 1,
        heartbeatSeconds: leaseSeconds,
        // A worker that is alive and never ends.
        expireInSeconds: DAY_SECONDS - 1,
        deadLetter: DEAD,
        notify: true,
      });
    made.set(topic, creation);
    try {
      await creation;
    } catch (error) {
      made.delete(topic);
      throw error;
    }
    return name;
  };
  const bell = newBell();
  // Also when the connection was cut and is back: what came meanwhile was not heard.
  const listening = await boss.getDb().listen?.(CHANNEL, bell.ring, bell.ring);
  const prepared = preparedStatements(url);

  const claimOne = async (queue: string, fetch: FetchOptions): Promise<ClaimedJob | null> => {
    const [job] = await boss.fetch<JobData>(queue, fetch);
    if (job === undefined) return null;
    const { key, content } = job.data;
    return {
      key,
      content: jobContentSchema.parse(content),
      attempt: job.retryCount + 1,
      token: job.id,
      // A topic's queue keeps what it was made with, by whatever version.
      leaseSeconds: job.heartbeatSeconds ?? leaseSeconds,
    };
  };
  return {
    async send(jobs) {
      const fresh: NewJob[] = [];
      for (const [topic, own] of Map.groupBy(jobs, ({ content }) => topicOf(content))) {
        const known = await knownIds(database, PREFIX + topic, own);
        fresh.push(...own.filter(({ key }) => !known.has(idOf(key))));
      }
      if (fresh.length === 0) return new Set<string>();
      for (const [topic, own] of Map.groupBy(fresh, ({ content }) => topicOf(content))) {
        requireRoom(own.length, mostWaiting - (await countJobs(database, topic)).waiting);
      }
      const added = new Set<string>();
      for (const [topic, own] of Map.groupBy(fresh, ({ content }) => topicOf(content))) {
        const rows = own.map(({ key, content }) => ({
          id: idOf(key),
          data: { key, content } satisfies JobData,
        }));
        const ids = new Set(await boss.insert(await queueOf(topic), rows, { returnId: true }));
        for (const { key } of own) if (ids.has(idOf(key))) added.add(key);
      }
      await sql`select pg_notify(${CHANNEL}, '')`.execute(database);
      return added;
    },
    async claim(topic) {
      const queue = await queueOf(topic);
      if (quota === null) return claimOne(queue, { db: prepared.claims });
      return database.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`.execute(transaction);
        if ((await countJobs(transaction)).active >= quota) return null;
        return claimOne(queue, { db: fromKysely(transaction) });
      });
    },
    async keep(job) {
      const queue = PREFIX + topicOf(job.content);
      return isDone(await boss.touch(queue, attemptOf(job), { db: prepared.others }));
    },
    async complete(job, { store, isolation }) {
      const queue = PREFIX + topicOf(job.content);
      if (store === undefined) {
        return isDone(await boss.complete(queue, attemptOf(job), null, { db: prepared.others }));
      }
      try {
        await inTransaction(
          database,
          async (transaction) => {
            const db = fromKysely(transaction);
            if (!isDone(await boss.complete(queue, attemptOf(job), null, { db }))) throw new Lost();
            await store(transaction);
          },
          isolation,
        );
        return true;
      } catch (error) {
        if (error instanceof Lost) return false;
        throw error;
      }
    },
    fail: (job, reason) =>
      database.transaction().execute(async (transaction) => {
        const db = fromKysely(transaction);
        const queue = PREFIX + topicOf(job.content);
        if (!isDone(await boss.fail(queue, attemptOf(job), { reason }, { db }))) return false;
        // One that has failed too often waits for nothing, and is left alone.
        const startAfter = retryDelaySeconds * 2 ** (job.attempt - 1);
        await boss.update(queue, undefined, { id: job.token, startAfter, db });
        return true;
      }),
    counts: (topic) => countJobs(database, topic),
    topics: () => countTopics(database),
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
    discard: (topic, which) => discardJobs(database, topic, which),
    wait: (mostMs, stop) => bell.wait(mostMs, stop),
    async close() {
      await listening?.close();
      await prepared.close();
      await boss.stop({ graceful: false });
    },
  };
}

async function countJobs(database: StudyDatabase, topic?: string): Promise<JobCounts> {
  return sumOf(await countTopics(database, topic));
}

/** Of a topic, or of all; from pg-boss's table itself: what `getQueueStats` says may be a minute old. */
async function countTopics(database: StudyDatabase, topic?: string): Promise<TopicCounts[]> {
  const queues = topic === undefined ? `${PREFIX}%` : PREFIX + topic;
  const { rows } = await sql<{ queue: string; is_dead: number; state: string; count: number }>`
    select case name when ${DEAD} then source_name else name end as queue, name = ${DEAD} as is_dead,
      cast(state as text) as state, count(*) as count
    from pgboss.job
    where name like ${queues} or (name = ${DEAD} and source_name like ${queues})
    group by 1, 2, 3`.execute(database);
  return Array.from(
    Map.groupBy(rows, ({ queue }) => queue),
    ([queue, own]) => {
      const count = (isDead: boolean, ...states: string[]) =>
        own
          .filter(({ is_dead, state }) => (is_dead === 1) === isDead && states.includes(state))
          .reduce((sum, row) => sum + row.count, 0);
      return {
        topic: queue.slice(PREFIX.length),
        waiting: count(false, "created", "retry"),
        active: count(false, "active"),
        completed: count(false, "completed"),
        dead: count(true, "created"),
      };
    },
  ).toSorted((a, b) => (a.topic < b.topic ? -1 : 1));
}

/**
 * Of a topic's jobs those that wait or those that are dead; with them what pg-boss keeps of the same jobs from before
 * they died, by which they would be known when they are sent again.
 */
async function discardJobs(
  database: StudyDatabase,
  topic: string,
  which: Discarded,
): Promise<number> {
  const queue = PREFIX + topic;
  const gone =
    which === "waiting"
      ? sql`name = ${queue} and state < 'active'`
      : sql`name = ${DEAD} and source_name = ${queue}`;
  const { rows } = await sql<{ count: number }>`
    with gone as (delete from pgboss.job where ${gone} returning data ->> 'key' as key),
      earlier as (
        delete from pgboss.job
        where name = ${queue} and state = 'failed' and data ->> 'key' in (select key from gone)
      )
    select count(*) as count from gone`.execute(database);
  return rows[0].count;
}

/** Of these jobs those that a queue has, or has had. */
async function knownIds(
  database: StudyDatabase,
  queue: string,
  jobs: readonly NewJob[],
): Promise<Set<string>> {
  const ids = JSON.stringify(jobs.map(({ key }) => idOf(key)));
  const { rows } = await sql<{ id: string }>`
    select id from pgboss.job
    where name = ${queue}
      and id in (select cast(jsonb_array_elements_text(cast(${ids} as jsonb)) as uuid))`.execute(
    database,
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * A connection on which the statements of every job are planned a few times: to plan a claim takes the server longer than
 * to do it. What is best for a claim while the table is empty reads all of it when it is full: `claims` plans one anew after
 * 1, 3, 7, … that found a job. `others` are about one job, which is their parameter: by its key they find it however full
 * the table is.
 */
function preparedStatements(url: string): { claims: Db; others: Db; close(): Promise<void> } {
  const pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000 });
  // One that the server ends: whoever asks is told.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const known = new Map<string, { readonly number: number; found: number }>();
  const statementOf = (text: string) => {
    const own = known.get(text) ?? { number: known.size, found: 0 };
    known.set(text, own);
    return { own, name: `malleolus-${own.number}-${Math.floor(Math.log2(own.found + 1))}` };
  };
  return {
    claims: {
      async executeSql(text: string, values: unknown[] = []) {
        const { own, name } = statementOf(text);
        const result = await pool.query({ name, text, values });
        if (result.rows.length > 0) own.found++;
        return result;
      },
    },
    others: {
      executeSql: (text: string, values: unknown[] = []) =>
        pool.query({ name: statementOf(text).name, text, values }),
    },
    close: () => pool.end(),
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
