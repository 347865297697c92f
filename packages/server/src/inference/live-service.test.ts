/** What is analysed, and which report stands in for which: with a process that says what it was asked for. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ServiceSettings, serviceSettingsSchema } from "@malleolus/schema";
import { openAnalyst, type StartAnalysis } from "./analyst.ts";
import { openAudit } from "./audit.ts";
import type { Inbox } from "./inbox/inbox.ts";
import { type LiveService, openLiveService } from "./live-service.ts";
import { openMetrics } from "./metrics.ts";
import type { SendObjects } from "./outbox.ts";
import { startTestAnalysis } from "./test-analyst-process.ts";
import { linesOf, openTestInbox, put, RESULT, radiograph, until } from "./test-inbox.ts";

interface Options {
  readonly send?: SendObjects | null;
  readonly settings?: Partial<ServiceSettings>;
  readonly startAnalysis?: StartAnalysis;
  /** Made before the service begins. */
  readonly inbox?: Inbox;
  /** Comes just before pixels or a record are forgotten. */
  readonly raced?: (inbox: Inbox) => Promise<unknown>;
  readonly auditPath?: string;
}

async function open(context: TestContext, options: Options = {}) {
  const { send = null, settings = {}, startAnalysis = () => startTestAnalysis() } = options;
  const inbox = options.inbox ?? (await openTestInbox(context));
  const audit = await openAudit(options.auditPath ?? join(inbox.folder, "audit.jsonl"));
  let opened: LiveService | null = null;
  const analyst = openAnalyst(startAnalysis, () => opened?.wake());
  const service = openLiveService({
    inbox: options.raced === undefined ? inbox : racedInbox(inbox, options.raced),
    analyst,
    audit,
    metrics: openMetrics(),
    settings: { ...serviceSettingsSchema.parse({}), ...settings },
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
  const receive = async (file: Uint8Array) => {
    const { study, isNew } = await put(inbox, file);
    await service.received(study, isNew, "test");
    return study.id;
  };
  /** Puts them, says that they are all, and waits for the end. */
  const analyse = async (...files: readonly Uint8Array[]) => {
    let id = "";
    for (const file of files) id = await receive(file);
    await service.complete(id, "test");
    await until(() => !["waiting", "analysing"].includes(stateOf(id)));
    return id;
  };
  const stateOf = (id: string) => inbox.find(id)?.state ?? "gone";
  /** What the report says that was asked for. */
  const askedFor = async (id: string) => {
    const [object] = inbox.find(id)?.objects ?? [];
    return JSON.parse((await inbox.read(id, object.file)).toString());
  };
  const acts = () => linesOf(join(inbox.folder, "audit.jsonl")).map(({ act }) => act);
  return { inbox, service, analyst, receive, analyse, stateOf, askedFor, acts };
}

/** One in which another of its callers is a moment earlier. */
function racedInbox(inbox: Inbox, first: (inbox: Inbox) => Promise<unknown>): Inbox {
  return {
    ...inbox,
    async forgetPixels(...given) {
      await first(inbox);
      return inbox.forgetPixels(...given);
    },
    async remove(...given) {
      await first(inbox);
      return inbox.remove(...given);
    },
  };
}

const ANKLE = "1.3.99.1";

test("openLiveService: radiographs that no rule matches are not looked at beside those that one does", async (context) => {
  const { analyse, stateOf, askedFor } = await open(context);
  const knee = radiograph(ANKLE, `${ANKLE}.1`, { "00180015 CS": "KNEE" });
  const id = await analyse(radiograph(ANKLE, `${ANKLE}.3`), knee, radiograph(ANKLE, `${ANKLE}.2`));
  assert.equal(stateOf(id), "done");
  // In an order of their own, however they came.
  assert.deepEqual(await askedFor(id), { asked: [`${ANKLE}.2`, `${ANKLE}.3`], predecessor: null });
});

test("openLiveService: a study that is refused says why, and has no result", async (context) => {
  const { analyse, inbox } = await open(context);
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
    const { analyse, inbox, askedFor } = await open(context, {
      send: send === null ? null : async (files) => send(files),
    });
    const id = await analyse(radiograph(ANKLE, `${ANKLE}.1`));
    const isSent = () => inbox.find(id)?.objects.every((object) => object.isSent) === true;
    await until(() => what !== "sent" || isSent());
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

const LATE = radiograph(ANKLE, `${ANKLE}.2`);
const DAYS_MS = 86_400_000;

test("openLiveService: a radiograph that comes as its study is passed over is not dropped", async (context) => {
  const { inbox, receive, service, acts } = await open(context, {
    raced: (inbox) => put(inbox, LATE),
  });
  const id = await receive(radiograph(ANKLE, `${ANKLE}.1`, { "00180015 CS": "KNEE" }));
  await service.complete(id, "test");
  assert.equal(inbox.find(id)?.images.length, 2);
  await until(() => inbox.find(id)?.state === "done");
  assert.ok(!acts().includes("passed over"));
});

test("openLiveService: a radiograph that comes as the result is confirmed is not dropped", async (context) => {
  const { inbox, analyse, service, stateOf, acts } = await open(context, {
    async raced(inbox) {
      if (inbox.studies().some(({ state }) => state === "done")) await put(inbox, LATE);
    },
  });
  const id = await analyse(radiograph(ANKLE, `${ANKLE}.1`));
  await assert.rejects(service.confirm(id, "test"), { code: "state", message: /receiving/ });
  assert.deepEqual([stateOf(id), inbox.find(id)?.images.length], ["receiving", 2]);
  assert.ok(!acts().includes("confirmed"));
});

for (const [what, days] of [
  ["pixels", 8],
  ["record", 31],
] as const) {
  test(`openLiveService: a radiograph that comes as its study's ${what} expire is not dropped`, async (context) => {
    const inbox = await openTestInbox(context);
    const { id } = (await put(inbox, radiograph(ANKLE, `${ANKLE}.1`))).study;
    const at = new Date(Date.now() - days * DAYS_MS).toISOString();
    await inbox.putObjects(id, [], () => ({ state: "done", result: RESULT }));
    await inbox.change(id, () => ({ lastObjectAt: at, receivedAt: at }));
    const raced = Promise.withResolvers<void>();
    const { service, acts } = await open(context, {
      inbox,
      async raced(inbox) {
        await put(inbox, LATE);
        raced.resolve();
      },
    });
    await raced.promise;
    // It is complete once cleaning is over.
    await service.complete(id, "test");
    assert.equal(inbox.find(id)?.images.length, 2);
    assert.ok(!acts().includes(`${what} expired`));
  });
}

for (const state of ["receiving", "waiting", "analysing"] as const) {
  test(`openLiveService: a study that was left ${state} is analysed, though its record is old`, async (context) => {
    const inbox = await openTestInbox(context);
    const { id } = (await put(inbox, radiograph(ANKLE, `${ANKLE}.1`))).study;
    const at = (days: number) => new Date(Date.now() - days * DAYS_MS).toISOString();
    await inbox.change(id, () => ({ state, lastObjectAt: at(1), receivedAt: at(31) }));
    await open(context, { inbox });
    await until(() => inbox.find(id)?.state === "done");
  });

  test(`openLiveService: pixels go after their days even of a study that was left ${state}, and it has failed`, async (context) => {
    const inbox = await openTestInbox(context);
    const { id } = (await put(inbox, radiograph(ANKLE, `${ANKLE}.1`))).study;
    const at = new Date(Date.now() - 8 * DAYS_MS).toISOString();
    // An earlier view's result is not this study's.
    await inbox.change(id, () => ({ state, result: RESULT, lastObjectAt: at, receivedAt: at }));
    await open(context, { inbox });
    await until(() => inbox.find(id)?.images.length === 0);
    const { state: left, problem } = inbox.find(id) ?? {};
    assert.equal(left, "failed");
    assert.match(problem ?? "", /Send it again/);
  });
}

test("openLiveService: an audit on a full disk at the start strands no study either", async (context) => {
  const inbox = await openTestInbox(context);
  const at = new Date(Date.now() - 8 * DAYS_MS).toISOString();
  const old = (await put(inbox, radiograph("1.3.99.2", "1.3.99.2.1"))).study.id;
  await inbox.change(old, () => ({ state: "refused", lastObjectAt: at }));
  const { id } = (await put(inbox, radiograph(ANKLE, `${ANKLE}.1`))).study;
  const settings = { completeAfterSeconds: 0.1 };
  await open(context, { inbox, settings, auditPath: "/dev/full" });
  await until(() => inbox.find(id)?.state === "done");
});

test("openLiveService: a study whose end cannot be written is analysed when it can be again", async (context) => {
  const { inbox, service, receive } = await open(context);
  const id = await receive(radiograph(ANKLE, `${ANKLE}.1`));
  const own = join(inbox.folder, "studies", id);
  const aside = `${own}-aside`;
  const unfollow = service.follow(id, ({ state }) => {
    if (state !== "analysing" || existsSync(aside)) return;
    renameSync(own, aside);
    unfollow();
  });
  await service.complete(id, "test");
  await until(() => existsSync(aside));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(inbox.find(id)?.state, "analysing");
  renameSync(aside, own);
  await until(() => inbox.find(id)?.state === "done");
});

test("openLiveService: an audit on a full disk strands no study, and keeps no result back", async (context) => {
  const sent: string[] = [];
  const { inbox, receive } = await open(context, {
    auditPath: "/dev/full",
    settings: { completeAfterSeconds: 0.1 },
    async send([file]) {
      sent.push(instanceIn(file));
      return [instanceIn(file)];
    },
  });
  await assert.rejects(receive(radiograph(ANKLE, `${ANKLE}.1`)), { code: "ENOSPC" });
  await until(() => sent.length > 0);
  const [study] = inbox.studies();
  assert.deepEqual([study.state, study.objects.length, sent], ["done", 1, [`${ANKLE}.1`]]);
});

test("openLiveService: a study whose radiograph was kept and not told goes on when it comes again", async (context) => {
  const { inbox, receive } = await open(context, { settings: { completeAfterSeconds: 0.1 } });
  await put(inbox, LATE);
  const id = await receive(LATE);
  await until(() => inbox.find(id)?.state === "done");
});

test("openLiveService: what was kept apart stays it when a late view has it analysed anew", async (context) => {
  const { inbox, analyse } = await open(context);
  const id = await analyse(radiograph(ANKLE, `${ANKLE}.1`));
  await inbox.change(id, () => ({ isSilent: true }));
  await analyse(LATE);
  const { isSilent, analysedInstances } = inbox.find(id) ?? {};
  assert.deepEqual([isSilent, analysedInstances?.length], [true, 2]);
});

test("openLiveService: a study at which the process ends twice has failed", async (context) => {
  const { inbox, analyst, analyse, acts } = await open(context, {
    startAnalysis: () => startTestAnalysis("ends"),
  });
  const study = inbox.find(await analyse(radiograph(ANKLE, `${ANKLE}.1`)));
  assert.deepEqual([study?.state, study?.result], ["failed", null]);
  assert.match(study?.problem ?? "", /ended/);
  assert.ok(analyst.restarts >= 1);
  await until(() => acts().includes("not analysed"));
});

test("openLiveService: an analysis that the service's own end cuts off is no try", async (context) => {
  let starts = 0;
  const { analyst, service, receive, stateOf } = await open(context, {
    startAnalysis: () => startTestAnalysis(starts++ === 0 ? "ends" : "hangs"),
  });
  const id = await receive(radiograph(ANKLE, `${ANKLE}.1`));
  let begun = 0;
  service.follow(id, ({ state }) => {
    if (state === "analysing") begun++;
  });
  await service.complete(id, "test");
  await until(() => begun === 2);
  // Until the process has the order.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await service.close(0);
  await analyst.close();
  await until(() => stateOf(id) !== "analysing");
  assert.equal(stateOf(id), "waiting");
});

test("openLiveService: one that is sending closes within its grace", async (context) => {
  const sending = Promise.withResolvers<void>();
  const { service, analyse } = await open(context, {
    async send() {
      sending.resolve();
      return new Promise(() => undefined);
    },
  });
  await analyse(LATE);
  await sending.promise;
  const late = new Promise((resolve) => setTimeout(resolve, 10_000, "late").unref());
  assert.equal(await Promise.race([service.close(50), late]), undefined);
});

test("openLiveService: a radiograph that comes as the service ends is left for the next start", async (context) => {
  const { service, receive, stateOf } = await open(context, {
    settings: { completeAfterSeconds: 0.1 },
  });
  await service.close(0);
  const id = await receive(LATE);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(stateOf(id), "receiving");
});
