import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { openAnalysts } from "./analysts.ts";
import { startTestAnalysis } from "./test-analyst-process.ts";

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const began = Date.now(); Date.now() - began < 60_000; await wait(10)) if (holds()) return;
  assert.fail(`not within a minute: ${what}`);
}

const order = (id: string) => ({
  id,
  images: [{ sopInstance: `1.3.99.${id}`, bytes: new Uint8Array(2) }],
  predecessor: null,
});

function opened(context: TestContext, count: number, start: () => ChildProcess) {
  const begun: { readonly warmBefore: number }[] = [];
  const analysts = openAnalysts(
    count,
    () => {
      begun.push({ warmBefore: begun.length === 0 ? 0 : analysts.capacity });
      return start();
    },
    () => undefined,
  );
  context.after(() => analysts.close());
  return { analysts, begun };
}

test("analysts: as many as asked for, each begun once those before are warm", async (context) => {
  const { analysts, begun } = opened(context, 3, () => startTestAnalysis());
  assert.deepEqual([analysts.capacity, analysts.isWarm, analysts.isFree], [0, false, false]);
  await until("three are warm", () => analysts.capacity === 3);
  assert.deepEqual(
    begun.map(({ warmBefore }) => warmBefore),
    [0, 1, 2],
  );
});

test("analysts: two orders go beside each other, and a third finds nobody free", async (context) => {
  const { analysts } = opened(context, 2, () => startTestAnalysis("hangs"));
  await until("two are warm", () => analysts.capacity === 2);
  const both = ["1", "2"].map((id) => analysts.analyse(order(id), () => undefined));
  assert.equal(analysts.isFree, false);
  await assert.rejects(
    analysts.analyse(order("3"), () => undefined),
    /no process is free/,
  );
  const ends = Promise.allSettled(both);
  await analysts.close();
  for (const end of await ends) {
    assert.equal(end.status, "rejected");
    assert.match(String(end.reason), /the process that analyses ended/);
  }
});
