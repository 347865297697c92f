/**
 * Many small changes in one commit. What makes a commit slow is waiting for the disk, and changes that come
 * together can wait together; each is answered when the disk has it, and one that fails undoes itself
 * alone.
 */
import { sql } from "kysely";
import type { Study } from "../study.ts";
import { inTransaction, isConflict, type StudyTransaction } from "./in-transaction.ts";

export interface GroupCommits {
  /** What `work` returns, once it is on the disk. Rejects with what `work` or the commit throws. */
  commit<T>(work: (study: Study) => Promise<T>): Promise<T>;
  /** When everything that was asked for so far is on the disk, or has failed. */
  settled(): Promise<void>;
}

interface Job {
  /** Does the work; returns how to answer once it is committed. */
  attempt(study: Study): Promise<() => void>;
  reject(error: unknown): void;
}

/** More would make the first wait for the last. */
const MOST_TOGETHER = 100;

export function groupCommits(study: Study): GroupCommits {
  const waiting: Job[] = [];
  let running: Promise<void> | null = null;

  const commitAll = async () => {
    // Whatever has come in by now comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await commitTogether(study, waiting.splice(0, MOST_TOGETHER));
    running = null;
  };
  return {
    commit(work) {
      return new Promise((resolve, reject) => {
        waiting.push({
          reject,
          async attempt(within) {
            const result = await work(within);
            return () => resolve(result);
          },
        });
        running ??= commitAll();
      });
    },
    async settled() {
      await running;
    },
  };
}

/** Never throws: each job is answered. */
async function commitTogether(study: Study, jobs: readonly Job[]): Promise<void> {
  try {
    const answers = await inTransaction(study.database, async (transaction) => {
      const given: (() => void)[] = [];
      for (const job of jobs) given.push(await attempt(study, transaction, job));
      return given;
    });
    for (const answer of answers) answer();
  } catch (error) {
    for (const job of jobs) job.reject(error);
  }
}

async function attempt(study: Study, transaction: StudyTransaction, job: Job): Promise<() => void> {
  await sql`savepoint one_job`.execute(transaction);
  try {
    const answer = await job.attempt({ ...study, database: transaction });
    await sql`release one_job`.execute(transaction);
    return answer;
  } catch (error) {
    // All of them are done again.
    if (isConflict(error)) throw error;
    try {
      await sql`rollback to one_job`.execute(transaction);
      await sql`release one_job`.execute(transaction);
    } catch {
      // The disk was full, say, and SQLite has undone everything: all are refused, for that reason.
      throw error;
    }
    return () => job.reject(error);
  }
}
