/** The settings of the inference service and of single sign-on: what they are without being said, and what is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { roundRequestSchema } from "./api/study.ts";
import { worklistQuestionSchema } from "./api/worklist.ts";
import { readRecord } from "./read-json.ts";
import { serviceSettingsSchema } from "./service-settings.ts";
import { signOnSchema } from "./sign-on.ts";

test("serviceSettingsSchema: an empty file takes ankles by HTTP, and keeps pixels for a week", () => {
  assert.deepEqual(serviceSettingsSchema.parse({}), {
    mostWaiting: 60,
    analysesAtOnce: 2,
    completeAfterSeconds: 60,
    keepPixelsDays: 7,
    keepRecordsDays: 30,
    rule: { modalities: ["CR", "DX"], bodyParts: ["ANKLE"], views: [] },
    isSilent: false,
  });
});

test("serviceSettingsSchema: a node listens to this machine alone, and never sends unencrypted unasked", () => {
  const dimse = { port: 11_112, callingTitles: ["ROOM 1"] };
  const url = "https://pacs.example/dicom-web";
  const both = serviceSettingsSchema.parse({ dimse, destination: { url } });
  assert.deepEqual(both.dimse, {
    ...dimse,
    host: "127.0.0.1",
    title: "MALLEOLUS",
    unencrypted: false,
  });
  assert.deepEqual(both.destination, { url, unencrypted: false });
  const archive = { host: "pacs", port: 104, title: "PACS" };
  assert.deepEqual(serviceSettingsSchema.parse({ destination: archive }).destination, {
    ...archive,
    callingTitle: "MALLEOLUS",
  });
});

test("serviceSettingsSchema: AE titles of one to sixteen letters, without a backslash or a space at an end", () => {
  const takes = (title: string) =>
    serviceSettingsSchema.safeParse({ dimse: { port: 104, callingTitles: [title] } }).success;
  for (const title of ["A", "ROOM 1", "A".repeat(16)]) assert.ok(takes(title), title);
  for (const title of ["", " A", "A ", "A\\B", "A".repeat(17), "Ä"])
    assert.ok(!takes(title), title);
});

const provider = { issuer: "https://login.example", clientId: "m", groups: { staff: ["viewer"] } };

test("signOnSchema: the claims that most providers have", () => {
  assert.deepEqual(signOnSchema.parse(provider), {
    ...provider,
    scope: "openid profile",
    loginClaim: "preferred_username",
    nameClaim: "name",
    groupsClaim: "groups",
    people: {},
  });
});

test("signOnSchema: in the clear on the same machine alone", () => {
  const takes = (issuer: string) => signOnSchema.safeParse({ ...provider, issuer }).success;
  for (const issuer of [
    "https://a.example",
    "http://localhost:80",
    "http://127.0.0.1",
    "http://[::1]:9",
  ]) {
    assert.ok(takes(issuer), issuer);
  }
  for (const issuer of [
    "http://a.example",
    "ftp://localhost",
    "login.example",
    "",
    "http://127.0.0.2",
  ]) {
    assert.ok(!takes(issuer), issuer);
  }
});

test("signOnSchema: one secret at most, and somebody who can sign in", () => {
  const refuses = (change: object, expected: RegExp) =>
    assert.throws(() => readRecord(signOnSchema, { ...provider, ...change }, "sign-on"), expected);
  refuses({ clientSecret: "a", clientSecretFile: "b" }, /at clientSecretFile: .*got both/);
  refuses({ groups: {} }, /at groups: .*got neither/);
  for (const change of [
    { clientSecret: "a" },
    { clientSecretFile: "b" },
    { groups: {}, people: { ann: "observer-1" } },
  ]) {
    assert.ok(signOnSchema.safeParse({ ...provider, ...change }).success, JSON.stringify(change));
  }
});

test("roundRequestSchema: a tenth comes again after two weeks, without a model and without a pass mark", () => {
  const asked = { requestId: "f81d4fae-7dec-41d0-a765-00a0c91e6bf6", name: "two", people: ["a"] };
  assert.deepEqual(roundRequestSchema.parse(asked), {
    ...asked,
    repeatShare: 0.1,
    washoutDays: 14,
    seed: 1,
    model: "never",
    passShare: null,
  });
});

test("worklistQuestionSchema: what is left, two hundred at once, and codes as people type them", () => {
  const asked = { queue: "curation" };
  assert.deepEqual(worklistQuestionSchema.parse(asked), { ...asked, status: "left", limit: 200 });
  const search = (text: string) => worklistQuestionSchema.safeParse({ ...asked, search: text });
  assert.equal(search("7KQ2-M4-1").data?.search, "7kq2m41");
  assert.deepEqual([search("x".repeat(20)).success, search("x".repeat(21)).success], [true, false]);
});
