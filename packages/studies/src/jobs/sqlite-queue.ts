/**
 * Jobs in a table of the study's own SQLite, for workers on one machine. All read one clock; a process that stood
 * still is told apart by its token.
 */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { UpdateResult } from "kysely";
import { anyOf } from "../database/any-of.ts";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import {
  type ClaimedJob,
  type JobCounts,
  type JobQueue,
  jobContentSchema,
  LEASE_SECONDS,
  MOST_ATTEMPTS,
  MOST_WAITING,
  type NewJob,
  NO_JOBS,
  type QueueOptions,
  RETRY_DELAY_SECONDS,
  sumOf,
  type TopicCounts,
  topicOf,
} from "./job-queue.ts";
import { requireRoom } from "./require-room.ts";

const POLL_MS = 250;

export function sqliteQueue(database: StudyDatabase, options: QueueOptions): JobQueue {
  const {
    quota = null,
    mostWaiting = MOST_WAITING,
    leaseSeconds = LEASE_SECONDS,
    retryDelaySeconds = RETRY_DELAY_SECONDS,
  } = options;
  const lostBefore = () => instant(-leaseSeconds * 1000);
  const own = (transaction: StudyTransaction, { key, token }: ClaimedJob) =>
    transaction
      .updateTable("jobs")
      .where("key", "=", key)
      .where("state", "=", "active")
      .where("token", "=", token)
      .where("seen_at", ">=", lostBefore());

  /** Whoever has been silent for too long has lost its job. */
  const takeBack = async (transaction: StudyTransaction) => {
    const lost = await transaction
      .selectFrom("jobs")
      .select(["id", "attempt"])
      .where("state", "=", "active")
      .where("seen_at", "<", lostBefore())
      .execute();
    for (const { id, attempt } of lost) {
      const reason = `attempt ${attempt}: its worker was silent for ${leaseSeconds} seconds`;
      await transaction
        .updateTable("jobs")
        .set({ ...released(attempt), reason, not_before: "" })
        .where("id", "=", id)
        .execute();
    }
  };

  return {
    send: (jobs) =>
      inTransaction(database, async (transaction) => {
        const known = await knownKeys(transaction, jobs);
        const fresh = jobs.filter(({ key }) => !known.has(key));
        for (const [topic, own] of Map.groupBy(fresh, ({ content }) => topicOf(content))) {
          requireRoom(own.length, mostWaiting - (await countJobs(transaction, topic)).waiting);
        }
        for (const job of fresh) await insertJob(transaction, job);
        return new Set(fresh.map(({ key }) => key));
      }),
    claim: (topic) =>
      inTransaction(database, async (transaction) => {
        await takeBack(transaction);
        if (quota !== null && (await countJobs(transaction)).active >= quota) return null;
        const found = await transaction
          .selectFrom("jobs")
          .select(["id", "key", "content", "attempt"])
          .where("state", "=", "waiting")
          .where("topic", "=", topic)
          .where("not_before", "<=", instant())
          .orderBy("id")
          .limit(1)
          .executeTakeFirst();
        if (found === undefined) return null;
        const { id, key, content } = found;
        const attempt = found.attempt + 1;
        const token = randomUUID();
        await transaction
          .updateTable("jobs")
          .set({ state: "active", attempt, token, seen_at: instant() })
          .where("id", "=", id)
          .execute();
        const parsed = jobContentSchema.parse(JSON.parse(content));
        return { key, content: parsed, attempt, token, leaseSeconds };
      }),
    keep: (job) =>
      inTransaction(database, async (transaction) => {
        return changed(await own(transaction, job).set({ seen_at: instant() }).execute());
      }),
    complete: (job, { store }) =>
      inTransaction(database, async (transaction) => {
        const done = await own(transaction, job)
          .set({ state: "completed", token: null, seen_at: null })
          .execute();
        if (!changed(done)) return false;
        await store?.(transaction);
        return true;
      }),
    fail: (job, reason) =>
      inTransaction(database, async (transaction) => {
        const pauseMs = retryDelaySeconds * 1000 * 2 ** (job.attempt - 1);
        const given = await own(transaction, job)
          .set({ ...released(job.attempt), reason, not_before: instant(pauseMs) })
          .execute();
        return changed(given);
      }),
    counts: (topic) => countJobs(database, topic),
    topics: () => countTopics(database),
    async dead(most) {
      const rows = await database
        .selectFrom("jobs")
        .select(["key", "content", "reason"])
        .where("state", "=", "dead")
        .orderBy("id")
        .limit(most)
        .execute();
      return rows.map(({ key, content, reason }) => ({
        key,
        content: jobContentSchema.parse(JSON.parse(content)),
        reason: reason ?? "",
      }));
    },
    async revive() {
      const [{ numUpdatedRows }] = await database
        .updateTable("jobs")
        .set({ state: "waiting", attempt: 0, not_before: "" })
        .where("state", "=", "dead")
        .execute();
      return Number(numUpdatedRows);
    },
    async discard(topic, which) {
      const [{ numDeletedRows }] = await database
        .deleteFrom("jobs")
        .where("state", "=", which)
        .where("topic", "=", topic)
        .execute();
      return Number(numDeletedRows);
    },
    async wait(mostMs, stop) {
      await setTimeout(Math.min(mostMs, POLL_MS), undefined, { signal: stop }).catch(
        () => undefined,
      );
    },
    close: async () => undefined,
  };
}

async function knownKeys(
  transaction: StudyTransaction,
  jobs: readonly NewJob[],
): Promise<Set<string>> {
  const keys = jobs.map(({ key }) => key);
  const rows = await transaction
    .selectFrom("jobs")
    .select("key")
    .where("key", "in", anyOf(transaction, keys))
    .execute();
  return new Set(rows.map(({ key }) => key));
}

async function insertJob(transaction: StudyTransaction, { key, content }: NewJob): Promise<void> {
  await transaction
    .insertInto("jobs")
    .values({
      key,
      topic: topicOf(content),
      content: JSON.stringify(content),
      state: "waiting",
      attempt: 0,
      not_before: "",
      at: instant(),
    })
    .execute();
}

async function countJobs(database: StudyDatabase, topic?: string): Promise<JobCounts> {
  const all = await countTopics(database, topic);
  return sumOf(all);
}

async function countTopics(database: StudyDatabase, topic?: string): Promise<TopicCounts[]> {
  const all = database
    .selectFrom("jobs")
    .select(({ fn }) => ["topic", "state", fn.countAll<number>().as("count")])
    .groupBy(["topic", "state"])
    .orderBy("topic");
  const rows = await (topic === undefined ? all : all.where("topic", "=", topic)).execute();
  return Array.from(
    Map.groupBy(rows, (row) => row.topic),
    ([own, states]) => ({
      ...NO_JOBS,
      ...Object.fromEntries(states.map(({ state, count }) => [state, count])),
      topic: own,
    }),
  );
}

/** Of a job that nobody has any more after this attempt. */
function released(attempt: number) {
  const state = attempt >= MOST_ATTEMPTS ? ("dead" as const) : ("waiting" as const);
  return { state, token: null, seen_at: null };
}

function changed(results: readonly UpdateResult[]): boolean {
  return results.some(({ numUpdatedRows }) => numUpdatedRows > 0n);
}

function instant(fromNowMs = 0): string {
  return new Date(Date.now() + fromNowMs).toISOString();
}
