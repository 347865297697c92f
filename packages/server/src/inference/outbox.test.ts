import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openAudit } from "./audit.ts";
import type { Inbox } from "./inbox/inbox.ts";
import { openMetrics } from "./metrics.ts";
import { openOutbox, type SendObjects } from "./outbox.ts";
import { sendingSwitch } from "./sending-switch.ts";
import { openTestInbox, put, RESULT, radiograph, until } from "./test-inbox.ts";

async function study(inbox: Inbox, uid: string): Promise<string> {
  const { study } = await put(inbox, radiograph(uid, `${uid}.1`));
  const objects = (["segmentation", "report"] as const).map((kind, i) => ({
    kind,
    sopInstance: `${uid}.9.${i}`,
    bytes: Buffer.from(`${uid}.9.${i}`),
  }));
  await inbox.putObjects(study.id, objects, () => ({ state: "done", result: RESULT }));
  return study.id;
}

async function open(context: TestContext, inbox: Inbox, send: SendObjects) {
  const audit = await openAudit(join(inbox.folder, "audit.jsonl"));
  const waits = { firstWaitMs: 20, longestWaitMs: 80 };
  const outbox = openOutbox({
    inbox,
    send,
    sending: sendingSwitch(inbox.folder),
    audit,
    metrics: openMetrics(),
    onTrouble: () => undefined,
    ...waits,
  });
  context.after(async () => {
    await outbox.close();
    await audit.close();
    await inbox.close();
  });
  return outbox;
}

test("outbox: results wait while nobody is there, with longer and longer waits, and are sent once", async (context) => {
  const inbox = await openTestInbox(context);
  const id = await study(inbox, "1.3.99.1");
  const tries: number[] = [];
  const taken: string[] = [];
  const outbox = await open(context, inbox, async ([file]) => {
    tries.push(Date.now());
    if (tries.length <= 4) throw new Error("ECONNREFUSED");
    taken.push(String(file));
    return [String(file)];
  });
  outbox.wake();
  await until(() => taken.length === 2);
  await until(() => inbox.find(id)?.objects.every(({ isSent }) => isSent) === true);
  assert.deepEqual(taken, ["1.3.99.1.9.0", "1.3.99.1.9.1"]);
  const waits = tries.slice(1, 4).map((at, i) => at - tries[i]);
  assert.ok(waits[0] >= 15 && waits[2] >= 70, waits.join());
  outbox.wake();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(taken.length, 2);
});

test("outbox: one that is refused holds up no other study's", async (context) => {
  const inbox = await openTestInbox(context);
  const [bad, good] = [await study(inbox, "1.3.99.1"), await study(inbox, "1.3.99.2")];
  const outbox = await open(context, inbox, async ([file]) =>
    String(file).startsWith("1.3.99.1") ? [] : [String(file)],
  );
  outbox.wake();
  await until(() => inbox.find(good)?.objects.every(({ isSent }) => isSent) === true);
  assert.ok(inbox.find(bad)?.objects.every(({ isSent }) => !isSent));
});
