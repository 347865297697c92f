/** The analyst with processes that end, hang, or cannot be started: programs of a line, on the real channel. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { type TestContext, test } from "node:test";
import { type Analyst, AnalystBusy, openAnalyst } from "./analyst.ts";
import { RESULT } from "./test-inbox.ts";

const READY = { news: "ready", modelSha256: "ab".repeat(32) };
const ORDER = {
  id: "study",
  images: [{ sopInstance: "1.2.3", bytes: Buffer.from("pixels") }],
  predecessor: null,
};

/** `then` is what it does with an order. */
function program(then: string): string {
  return `process.on("disconnect", () => process.exit());
    process.on("message", (order) => { ${then} });
    process.send(${JSON.stringify(READY)});`;
}

interface Opened {
  readonly analyst: Analyst;
  /** Returns when the model is warm, or has gone. */
  until(isWarm: boolean): Promise<void>;
  /** How many processes have been. */
  begun(): number;
}

function open(
  context: TestContext,
  {
    then = "",
    command = process.execPath,
    longestMs = 60_000,
    mayBeUsed = () => true,
  }: {
    then?: string;
    command?: string;
    longestMs?: number;
    mayBeUsed?: (sha256: string) => boolean;
  },
): Opened {
  let changed = Promise.withResolvers<void>();
  let begun = 0;
  const analyst = openAnalyst(
    () => {
      begun++;
      return spawn(command, ["-e", program(then)], {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        serialization: "advanced",
      });
    },
    () => changed.resolve(),
    { longestMs, mayBeUsed },
  );
  context.after(() => analyst.close());
  return {
    analyst,
    async until(isWarm) {
      while (analyst.isWarm !== isWarm) {
        await changed.promise;
        changed = Promise.withResolvers();
      }
    },
    begun: () => begun,
  };
}

async function untilEnded(analyst: Analyst, times: number): Promise<void> {
  for (const began = Date.now(); analyst.restarts < times; ) {
    assert.ok(Date.now() - began < 60_000, `not ended ${times} times within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("openAnalyst: radiographs go to the process as they are, and its result comes back", async (context) => {
  const result = JSON.stringify(RESULT);
  const then = `process.send({ news: "progress", id: order.id, done: 1, total: 1 });
    process.send({ news: "analysed", id: order.id, result: ${result},
      objects: [{ kind: "report", sopInstance: order.images[0].sopInstance, bytes: order.images[0].bytes }] });`;
  const { analyst, until } = open(context, { then });
  await assert.rejects(
    analyst.analyse(ORDER, () => undefined),
    { name: "AnalysisEnded" },
  );
  await until(true);
  const progress: [number, number][] = [];
  const { objects } = await analyst.analyse(ORDER, (done, total) => progress.push([done, total]));
  assert.deepEqual(progress, [[1, 1]]);
  assert.deepEqual([objects[0].sopInstance, String(objects[0].bytes)], ["1.2.3", "pixels"]);
});

test("openAnalyst: a refusal is told, and the process goes on", async (context) => {
  const then = `process.send({ news: "refused", id: order.id, reason: "no ankle" });`;
  const { analyst, until } = open(context, { then });
  await until(true);
  for (const _ of [1, 2]) {
    await assert.rejects(
      analyst.analyse(ORDER, () => undefined),
      {
        name: "AnalysisRefused",
        message: "no ankle",
      },
    );
  }
  assert.equal(analyst.restarts, 0);
});

for (const [what, then, longestMs] of [
  ["ends", "process.exit(7)", 60_000],
  ["hangs", "while (true);", 200],
] as const) {
  test(`openAnalyst: a process that ${what} fails its study, and the next is warm again`, async (context) => {
    const { analyst, until } = open(context, { then, longestMs });
    await until(true);
    await assert.rejects(
      analyst.analyse(ORDER, () => undefined),
      { name: "AnalysisEnded" },
    );
    assert.equal(analyst.isWarm, false);
    await until(true);
    assert.equal(analyst.restarts, 1);
  });
}

test("openAnalyst: one that cannot be started is tried again, and closes", async (context) => {
  const { analyst } = open(context, { command: "/nowhere/node" });
  await untilEnded(analyst, 2);
  await analyst.close();
});

test("openAnalyst: closed before its model is warm, it does not wait until that is loaded", async () => {
  const child = spawn(process.execPath, ["-e", 'process.on("disconnect", () => process.exit(3))'], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const analyst = openAnalyst(
    () => child,
    () => undefined,
  );
  await analyst.close();
  assert.deepEqual([child.exitCode, child.signalCode], [null, "SIGKILL"]);
});

test("openAnalyst: a model that is not the approved one is not used", async (context) => {
  const { analyst } = open(context, { mayBeUsed: (sha256) => sha256 === "cd".repeat(32) });
  await untilEnded(analyst, 1);
  assert.deepEqual([analyst.isWarm, analyst.isRefused], [false, true]);
  await assert.rejects(
    analyst.analyse(ORDER, () => undefined),
    { name: "AnalysisEnded" },
  );
});

test("openAnalyst: a warm model that is the approved one no more gets no study, until it is again", async (context) => {
  let isApproved = true;
  const then = `process.send({ news: "refused", id: order.id, reason: "no ankle" });`;
  const { analyst, until } = open(context, { then, mayBeUsed: () => isApproved });
  const analyse = () => analyst.analyse(ORDER, () => undefined);
  await until(true);
  await assert.rejects(analyse(), { message: "no ankle" });
  isApproved = false;
  await assert.rejects(analyse(), AnalystBusy);
  assert.equal(analyst.isWarm, false);
  isApproved = true;
  await until(true);
  assert.equal(analyst.isRefused, false);
  await assert.rejects(analyse(), { message: "no ankle" });
});

test("openAnalyst: where the last process has ended restart begins the next at once, instead of the one after the pause, and pauses are short again", async (context) => {
  const timers = context.mock.method(globalThis, "setTimeout");
  const pausesMs = () =>
    timers.mock.calls.map(({ arguments: [, ms] }) => ms).filter((ms) => ms !== 20 && ms !== 5000);
  let isApproved = false;
  const { analyst, until, begun } = open(context, { mayBeUsed: () => isApproved });
  await untilEnded(analyst, 1);
  assert.equal(begun(), 1);
  analyst.restart();
  assert.equal(begun(), 2);
  await untilEnded(analyst, 2);
  assert.deepEqual(pausesMs(), [500, 500]);
  isApproved = true;
  await until(true);
  // Long enough for what would still be waiting.
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(begun(), 3);
});

test("openAnalyst: for another model the process is begun anew, after what it is at", async (context) => {
  const result = JSON.stringify(RESULT);
  const then = `setTimeout(() => process.send({ news: "analysed", id: order.id, result: ${result}, objects: [] }), 100);`;
  const { analyst, until } = open(context, { then });
  await until(true);
  const analysed = analyst.analyse(ORDER, () => undefined);
  analyst.restart();
  assert.equal((await analysed).id, "study");
  assert.equal(analyst.isWarm, false);
  await until(true);
  analyst.restart();
  assert.equal(analyst.isWarm, false);
  await until(true);
  assert.equal(analyst.restarts, 2);
});
