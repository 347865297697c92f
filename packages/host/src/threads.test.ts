import assert from "node:assert/strict";
import { test } from "node:test";
import type { Failure, Question } from "./test-thread.ts";
import { startThread, ThreadEnded } from "./thread.ts";
import { threadPool } from "./thread-pool.ts";

const script = new URL("./test-thread.ts", import.meta.url);
const start = () =>
  startThread<Question, number, Failure>(script, {
    name: "a test's thread",
    errorOf: ({ name, message }) => Object.assign(new Error(message), { name }),
    workerData: 100,
  });

test("startThread: questions are answered by their own answers, with what the thread was given", async () => {
  const thread = start();
  assert.deepEqual(
    await Promise.all([thread.ask({ add: 1, afterMs: 20 }), thread.ask({ add: 2, afterMs: 0 })]),
    [101, 102],
  );
  await thread.close();
});

test("startThread: what is thrown in the thread is made again, and the thread goes on", async () => {
  const thread = start();
  await assert.rejects(thread.ask({ add: Number.NaN, afterMs: 0 }), {
    name: "RangeError",
    message: "no number",
  });
  assert.equal(await thread.ask({ add: 3, afterMs: 0 }), 103);
  await thread.close();
});

test("startThread: bytes that are moved are gone here", async () => {
  const thread = start();
  const bytes = new Uint8Array([1, 2, 3]);
  assert.equal(await thread.ask({ add: 0, afterMs: 0, bytes }, [bytes.buffer]), 106);
  assert.equal(bytes.length, 0);
  await thread.close();
});

test("startThread: a thread that ends is said to whoever waits, and to whoever asks later", async () => {
  const thread = start();
  const gone = /^Error: internal: a test's thread ended with code 7$/;
  await assert.rejects(thread.ask({ add: 0, afterMs: 0, exit: 7 }), gone);
  await assert.rejects(thread.ask({ add: 0, afterMs: 0 }), gone);
});

test("startThread: a thread that fails says why", async () => {
  const thread = start();
  const failed = (error: unknown) =>
    error instanceof ThreadEnded && error.message === "internal: a test's thread failed: no card";
  await assert.rejects(thread.ask({ add: 0, afterMs: 0, crash: "no card" }), failed);
  await assert.rejects(thread.ask({ add: 0, afterMs: 0 }), failed);
});

test("threadPool: as many threads as are needed, each with one user at a time", async () => {
  let started = 0;
  const pool = threadPool(2, () => {
    started++;
    return start();
  });
  assert.equal(started, 0);
  let [using, most] = [0, 0];
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((add) =>
      pool.lend(async (thread) => {
        most = Math.max(most, ++using);
        const answer = await thread.ask({ add, afterMs: 5 });
        using--;
        return answer;
      }),
    ),
  );
  assert.deepEqual(answers, [101, 102, 103, 104, 105]);
  assert.deepEqual([started, most], [2, 2]);
  await pool.close();
});

test("threadPool: work that fails gives its thread back", async () => {
  const pool = threadPool(1, start);
  await assert.rejects(
    pool.lend((thread) => thread.ask({ add: Number.NaN, afterMs: 0 })),
    /no number/,
  );
  assert.equal(await pool.lend((thread) => thread.ask({ add: 1, afterMs: 0 })), 101);
  await pool.close();
});
