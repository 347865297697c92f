/** What is analysed, and which report stands in for which: with a process that says what it was asked for. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { serviceSettingsSchema } from "@malleolus/schema";
import { openAnalyst } from "./analyst.ts";
import { openAudit } from "./audit.ts";
import { type LiveService, openLiveService } from "./live-service.ts";
import { openMetrics } from "./metrics.ts";
import type { SendObjects } from "./outbox.ts";
import { startTestAnalysis } from "./test-analyst-process.ts";
import { openTestInbox, put, radiograph } from "./test-inbox.ts";

async function open(context: TestContext, send: SendObjects | null) {
  const inbox = await openTestInbox(context);
  const audit = await openAudit(join(inbox.folder, "audit.jsonl"));
  let opened: LiveService | null = null;
  const analyst = openAnalyst(startTestAnalysis, () => opened?.wake());
  const service = openLiveService({
    inbox,
    analyst,
    audit,
    metrics: openMetrics(),
    settings: serviceSettingsSchema.parse({}),
    send,
    onTrouble: () => undefined,
  });
  opened = service;
  context.after(async () => {
    await service.close(0);
    await analyst.close();
    await inbox.close();
    await audit.close();
  });
  /** Puts them, says that they are all, and waits for the end. */
  const analyse = async (...files: readonly Uint8Array[]) => {
    let id = "";
    for (const file of files) {
      const { study, isNew } = await put(inbox, file);
      await service.received(study, isNew, "test");
      id = study.id;
    }
    await service.complete(id, "test");
    for (const began = Date.now(); ["waiting", "analysing"].includes(stateOf(id)); ) {
      assert.ok(Date.now() - began < 60_000, stateOf(id));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return id;
  };
  const stateOf = (id: string) => inbox.find(id)?.state ?? "gone";
  /** What the report says that was asked for. */
  const askedFor = async (id: string) => {
    const [object] = inbox.find(id)?.objects ?? [];
    return JSON.parse((await inbox.read(id, object.file)).toString());
  };
  return { inbox, analyse, stateOf, askedFor };
}

const ANKLE = "1.3.99.1";

test("openLiveService: radiographs that no rule matches are not looked at beside those that one does", async (context) => {
  const { analyse, stateOf, askedFor } = await open(context, null);
  const knee = radiograph(ANKLE, `${ANKLE}.1`, { "00180015 CS": "KNEE" });
  const id = await analyse(radiograph(ANKLE, `${ANKLE}.3`), knee, radiograph(ANKLE, `${ANKLE}.2`));
  assert.equal(stateOf(id), "done");
  // In an order of their own, however they came.
  assert.deepEqual(await askedFor(id), { asked: [`${ANKLE}.2`, `${ANKLE}.3`], predecessor: null });
});

test("openLiveService: a study that is refused says why, and has no result", async (context) => {
  const { analyse, inbox } = await open(context, null);
  const study = inbox.find(await analyse(radiograph(ANKLE, `${ANKLE}.666`)));
  assert.deepEqual([study?.state, study?.problem, study?.result], ["refused", "no ankle", null]);
  assert.match(readFileSync(join(inbox.folder, "audit.jsonl"), "utf8"), /"act":"refused"/);
});

for (const [what, send, predecessor] of [
  ["fetched", null, [`${ANKLE}.1`]],
  ["sent", (files: readonly Uint8Array[]) => files.map(instanceIn), [`${ANKLE}.1`]],
  ["not sent yet", () => [], null],
] as const) {
  test(`openLiveService: a late view's report stands in for one that is ${what}${predecessor === null ? ": no" : ""}`, async (context) => {
    const { analyse, inbox, askedFor } = await open(
      context,
      send === null ? null : async (files) => send(files),
    );
    const id = await analyse(radiograph(ANKLE, `${ANKLE}.1`));
    const isSent = () => inbox.find(id)?.objects.every((object) => object.isSent) === true;
    for (const began = Date.now(); what === "sent" && !isSent(); ) {
      assert.ok(Date.now() - began < 60_000, "not sent");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await analyse(radiograph(ANKLE, `${ANKLE}.2`));
    assert.deepEqual(await askedFor(id), {
      asked: [`${ANKLE}.1`, `${ANKLE}.2`],
      predecessor,
    });
  });
}

function instanceIn(file: Uint8Array): string {
  return JSON.parse(Buffer.from(file).toString()).asked.join("+");
}
