/** Threads that are lent to one user at a time; they start when they are first needed. */
import type { Thread } from "./thread.ts";

export interface ThreadPool<Question, Answer> {
  /** Does work with a thread that nobody else has meanwhile; waits for one. */
  lend<Result>(work: (thread: Thread<Question, Answer>) => Promise<Result>): Promise<Result>;
  /** Ends the threads; what they were doing is dropped. */
  close(): Promise<void>;
}

export function threadPool<Question, Answer>(
  count: number,
  start: () => Thread<Question, Answer>,
): ThreadPool<Question, Answer> {
  const threads: Thread<Question, Answer>[] = [];
  const idle: Thread<Question, Answer>[] = [];
  const waiting: ((thread: Thread<Question, Answer>) => void)[] = [];

  const take = async (): Promise<Thread<Question, Answer>> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (threads.length === count) return new Promise((resolve) => waiting.push(resolve));
    const started = start();
    threads.push(started);
    return started;
  };
  const give = (thread: Thread<Question, Answer>) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(thread);
    else next(thread);
  };
  return {
    async lend(work) {
      const thread = await take();
      try {
        return await work(thread);
      } finally {
        give(thread);
      }
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
