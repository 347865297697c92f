/** The switch that stops sending, the silent study, and what is deleted when its time is over. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Inbox } from "./inbox/inbox.ts";
import type { LiveResult } from "./inbox/live-study.ts";
import { STOPPED_FILE } from "./sending-switch.ts";
import { openTestInbox, put, RESULT, radiograph, until } from "./test-inbox.ts";
import { openApp } from "./test-inference-app.ts";

const CLASSES = ["no_fracture", "weber_b", "weber_c"];

function resultOf(called: string): LiveResult {
  const probabilities = Object.fromEntries(CLASSES.map((name) => [name, name === called ? 1 : 0]));
  const fractureProbability = called === "no_fracture" ? 0 : 1;
  return {
    ...RESULT,
    answer: { class: called, probabilities, fractureProbability, radiographs: 1 },
  };
}

async function analysed(inbox: Inbox, uid: string, called = "weber_b", isSilent = false) {
  const { study } = await put(inbox, radiograph(uid, `${uid}.1`));
  const object = {
    kind: "report",
    sopInstance: `${uid}.9`,
    bytes: Buffer.from(`${uid}.9`),
  } as const;
  await inbox.putObjects(study.id, [object], () => ({
    state: "done",
    result: resultOf(called),
    isSilent,
  }));
  return study.id;
}

test("the switch: nothing is sent until it is thrown back, and a restart does not throw it", async (context) => {
  const taken: string[] = [];
  const send = async ([file]: readonly Uint8Array[]) => {
    taken.push(Buffer.from(file).toString());
    return [Buffer.from(file).toString()];
  };
  const inbox = await openTestInbox(context);
  const { ask, service } = await openApp(context, {}, { send, inbox });
  assert.deepEqual((await ask("PUT", "/v1/sending", { isOn: false })).json(), { isOn: false });
  assert.ok(existsSync(join(inbox.folder, STOPPED_FILE)));
  const id = await analysed(inbox, "1.3.99.1");
  // A service that begins looks for what is to be sent.
  const next = await openApp(context, {}, { send, inbox });
  context.after(() => inbox.close());
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual([taken, next.service.toSend()], [[], 1]);
  assert.match((await next.ask("GET", "/metrics")).body, /^malleolus_sending_on 0$/m);
  await service.close(0);
  assert.deepEqual((await next.ask("PUT", "/v1/sending", { isOn: true })).json(), { isOn: true });
  await until(() => inbox.find(id)?.objects.every(({ isSent }) => isSent) === true);
  assert.deepEqual(taken, ["1.3.99.1.9"]);
  assert.deepEqual((await next.ask("GET", "/v1/sending")).json(), { isOn: true });
  const audit = readFileSync(join(inbox.folder, "audit.jsonl"), "utf8");
  assert.match(audit, /"act":"sending stopped","who":"test"/);
  assert.match(audit, /"act":"sending resumed","who":"test"/);
});

test("a silent study: nothing is sent or told before the follow-up, and then it is measured", async (context) => {
  const send = async () => assert.fail("sent");
  const inbox = await openTestInbox(context);
  const cases = [
    ["weber_b", "weber_b"],
    ["weber_b", "weber_c"],
    ["no_fracture", "weber_b"],
    ["no_fracture", "no_fracture"],
    ["weber_c", "no_fracture"],
  ] as const;
  const ids: string[] = [];
  for (const [i, [called]] of cases.entries()) {
    ids.push(await analysed(inbox, `1.3.99.${i + 1}`, called, true));
  }
  const { ask, service } = await openApp(context, { isSilent: true }, { send, inbox });
  context.after(() => inbox.close());
  const [id] = ids;
  for (const path of ["result", "objects", "objects/1"]) {
    const answer = await ask("GET", `/v1/studies/${id}/${path}`);
    assert.deepEqual([answer.statusCode, answer.json().code], [409, "state"], path);
  }
  assert.equal((await ask("POST", `/v1/studies/${id}/confirm`)).statusCode, 409);
  const [listed] = (await ask("GET", "/v1/studies")).json();
  for (const told of [listed, (await ask("GET", `/v1/studies/${id}`)).json()]) {
    assert.deepEqual([told.isKeptApart, told.objects, told.objectsSent], [true, 0, 0]);
  }
  assert.equal(service.toSend(), 0);
  const before = (await ask("GET", "/v1/silent-study")).json();
  assert.deepEqual([before.studies, before.followedUp, before.sensitivity.share], [5, 0, null]);

  for (const [i, [, truth]] of cases.entries()) {
    const entered = await ask("PUT", `/v1/studies/${ids[i]}/follow-up`, { class: truth });
    assert.deepEqual([entered.statusCode, entered.json().isKeptApart], [200, false]);
  }
  assert.equal((await ask("GET", `/v1/studies/${id}`)).json().objects, 1);
  assert.equal((await ask("GET", `/v1/studies/${id}/objects`)).json().length, 1);
  const result = await ask("GET", `/v1/studies/${id}/result`);
  assert.equal(result.json().answer.class, "weber_b");
  const { sensitivity, specificity, classRight, followedUp } = (
    await ask("GET", "/v1/silent-study")
  ).json();
  assert.equal(followedUp, 5);
  assert.deepEqual([sensitivity.count, sensitivity.total], [2, 3]);
  assert.deepEqual([specificity.count, specificity.total], [1, 2]);
  assert.deepEqual([classRight.count, classRight.total], [2, 5]);
  assert.ok(sensitivity.interval[0] > 0.2 && sensitivity.interval[1] < 0.95);

  const receiving = (await put(inbox, radiograph("1.3.98.1", "1.3.98.1.1"))).study.id;
  const early = await ask("PUT", `/v1/studies/${receiving}/follow-up`, { class: "weber_b" });
  assert.equal(early.statusCode, 409);
  const wrong = await ask("PUT", `/v1/studies/${id}/follow-up`, { class: "Weber B" });
  assert.equal(wrong.statusCode, 400);
});

test("pixels and records whose time is over are deleted when the service begins, and the audit says so", async (context) => {
  const inbox = await openTestInbox(context);
  const [old, gone] = [await analysed(inbox, "1.3.99.1"), await analysed(inbox, "1.3.99.2")];
  const fresh = await analysed(inbox, "1.3.99.3");
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  await inbox.change(old, () => ({ lastObjectAt: daysAgo(7.1), receivedAt: daysAgo(7.1) }));
  await inbox.change(gone, () => ({ lastObjectAt: daysAgo(30.1), receivedAt: daysAgo(30.1) }));
  await inbox.change(fresh, () => ({ lastObjectAt: daysAgo(6.9), receivedAt: daysAgo(6.9) }));
  const { ask } = await openApp(context, {}, { inbox });
  context.after(() => inbox.close());
  const folderOf = (id: string) => join(inbox.folder, "studies", id);
  await until(() => inbox.find(gone) === undefined);
  assert.ok(!existsSync(folderOf(gone)));
  await until(() => readdirSync(folderOf(old)).join() === "study.sealed");
  assert.equal(inbox.find(old)?.state, "expired");
  assert.equal((await ask("GET", `/v1/studies/${old}/result`)).statusCode, 200);
  assert.equal(readdirSync(folderOf(fresh)).length, 3);
  const audit = () => readFileSync(join(inbox.folder, "audit.jsonl"), "utf8");
  await until(() => audit().includes(`"act":"pixels expired","who":"service","study":"${old}"`));
  await until(() => audit().includes(`"act":"record expired","who":"service","study":"${gone}"`));
});

test("pixels of a study that was refused or failed go too, and it stays one: drift counts refusals", async (context) => {
  const inbox = await openTestInbox(context);
  const eightDaysAgo = new Date(Date.now() - 8 * 86_400_000).toISOString();
  const ended = async (uid: string, state: "refused" | "failed") => {
    const { id } = (await put(inbox, radiograph(uid, `${uid}.1`))).study;
    const at = { lastObjectAt: eightDaysAgo, receivedAt: eightDaysAgo };
    await inbox.change(id, () => ({ state, problem: "no ankle", ...at }));
    return id;
  };
  const ids = [await ended("1.3.99.1", "refused"), await ended("1.3.99.2", "failed")];
  const { ask } = await openApp(context, {}, { inbox });
  context.after(() => inbox.close());
  const filesOf = (id: string) => readdirSync(join(inbox.folder, "studies", id)).join();
  await until(() => ids.every((id) => filesOf(id) === "study.sealed"));
  assert.deepEqual(
    ids.map((id) => inbox.find(id)?.state),
    ["refused", "failed"],
  );
  const { refused } = (await ask("GET", "/v1/drift")).json();
  assert.deepEqual([refused.before.count, refused.before.total], [1, 1]);
});
