import assert from "node:assert/strict";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bareApp } from "../bare-app.ts";
import { addApiKey, SCOPES } from "./api-keys.ts";
import { addKeys } from "./inference-app.ts";
import { linesOf, openTestInbox, put, RESULT, radiograph, testFolder } from "./test-inbox.ts";
import { openApp } from "./test-inference-app.ts";

/** Words of a test's radiograph that name its patient and study. */
const WHOSE = ["Doe", "1.3.99", "P-1"];
const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

test("every route but health and the API's document refuses who has no key, or one for something else", async (context) => {
  const { app, inbox } = await openApp(context);
  const { paths } = JSON.parse((await app.inject("/v1/openapi.json")).body);
  const routes = Object.entries<Record<string, { "x-scope": string | null }>>(paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, route]) => ({ path, method, scope: route["x-scope"] })),
  );
  assert.ok(routes.length >= 16, `${routes.length} routes`);
  for (const { path, method, scope } of routes) {
    const url = path.replace("{id}", "0".repeat(24)).replace("{number}", "1");
    const verb = METHODS.find((one) => one.toLowerCase() === method);
    assert.ok(verb !== undefined, method);
    const send = (headers: Record<string, string>) => app.inject({ method: verb, url, headers });
    if (scope === null) {
      assert.ok(["/healthz", "/readyz"].includes(path), path);
      continue;
    }
    assert.equal((await send({})).statusCode, 401, path);
    assert.equal((await send({ authorization: "Bearer wrong" })).statusCode, 401, path);
    const others = SCOPES.filter((one) => one !== scope);
    const key = addApiKey(inbox.folder, "other", others);
    const answer = await send({ authorization: `Bearer ${key}` });
    assert.equal(answer.statusCode, 403, path);
  }
});

test("a route that does not say what a key must allow stops the service", (context) => {
  const app = bareApp({ trustProxy: false, logger: null });
  addKeys(app, testFolder(context));
  assert.throws(
    () => app.get("/v1/forgotten", async () => "secret"),
    /internal: GET \/v1\/forgotten does not say who may call it/,
  );
});

test("readiness waits for the model; health does not; metrics are text", async (context) => {
  const { app, ask } = await openApp(context);
  assert.equal((await app.inject("/healthz")).statusCode, 200);
  const ready = await app.inject("/readyz");
  assert.deepEqual([ready.statusCode, ready.headers["retry-after"]], [503, "2"]);
  const metrics = await ask("GET", "/metrics");
  assert.match(String(metrics.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  assert.match(metrics.body, /^malleolus_model_ready 0$/m);
  assert.match(metrics.body, /^# TYPE malleolus_images_received_total counter$/m);
});

test("a radiograph is taken once, is told complete, and waits", async (context) => {
  const { ask, inbox } = await openApp(context);
  const first = await ask("POST", "/v1/images", radiograph("1.3.99.1", "1.3.99.1.1"));
  assert.equal(first.statusCode, 201, first.body);
  const { id, state, images } = first.json();
  for (const word of WHOSE) assert.ok(!first.body.includes(word), word);
  assert.deepEqual([state, images], ["receiving", [{ view: "ap" }]]);
  const again = await ask("POST", "/v1/images", radiograph("1.3.99.1", "1.3.99.1.1"));
  assert.deepEqual([again.statusCode, again.json().id], [200, id]);
  const wrong = await ask("POST", "/v1/images", Buffer.from("no DICOM"));
  assert.deepEqual([wrong.statusCode, wrong.json().code], [400, "invalid"]);
  const told = await ask("POST", `/v1/studies/${id}/complete`);
  assert.deepEqual([told.statusCode, told.json().state], [202, "waiting"]);
  assert.equal((await ask("POST", `/v1/studies/${id}/complete`)).statusCode, 409);
  assert.equal((await ask("GET", `/v1/studies/${id}/result`)).statusCode, 409);
  assert.equal((await ask("POST", `/v1/studies/${id}/confirm`)).statusCode, 409);
  assert.equal((await ask("GET", `/v1/studies/${"0".repeat(24)}`)).statusCode, 404);
  assert.deepEqual(
    (await ask("GET", "/v1/studies")).json().map((study: { id: string }) => study.id),
    [id],
  );
  assert.equal((await ask("DELETE", `/v1/studies/${id}`)).statusCode, 204);
  assert.deepEqual(inbox.studies(), []);
  // Who did what to which of our numbers, and not a word more.
  const audit = linesOf(join(inbox.folder, "audit.jsonl"));
  assert.deepEqual(
    audit.map(({ act, who }) => [act, who]),
    ["image received", "image refused", "study complete", "removed"].map((act) => [act, "test"]),
  );
  for (const word of WHOSE) assert.ok(!JSON.stringify(audit).includes(word), word);
});

test("too many that wait: 429 with Retry-After, for images and for studies", async (context) => {
  const { ask, inbox } = await openApp(context, { mostWaiting: 1 });
  const ids: string[] = [];
  for (const uid of ["1.3.99.1", "1.3.99.2"]) {
    ids.push((await ask("POST", "/v1/images", radiograph(uid, `${uid}.1`))).json().id);
  }
  assert.equal((await ask("POST", `/v1/studies/${ids[0]}/complete`)).statusCode, 202);
  const second = await ask("POST", `/v1/studies/${ids[1]}/complete`);
  assert.deepEqual([second.statusCode, second.headers["retry-after"]], [429, "10"]);
  const kept = () => readdirSync(join(inbox.folder, "studies"), { recursive: true }).length;
  const before = kept();
  const image = await ask("POST", "/v1/images", radiograph("1.3.99.3", "1.3.99.3.1"));
  assert.deepEqual([image.statusCode, kept()], [429, before]);
  assert.equal((await ask("GET", `/v1/studies/${ids[1]}`)).json().state, "receiving");
});

test("a study without a new object is complete by itself, and one that no rule matches is passed over and forgotten", async (context) => {
  const { ask, inbox } = await openApp(context, { completeAfterSeconds: 0.3 });
  const ankle = (await ask("POST", "/v1/images", radiograph("1.3.99.1", "1.3.99.1.1"))).json().id;
  const chest = radiograph("1.3.99.2", "1.3.99.2.1", { "00180015 CS": "CHEST" });
  const other = (await ask("POST", "/v1/images", chest)).json().id;
  for (const began = Date.now(); inbox.find(other)?.state !== "passed over"; ) {
    assert.ok(Date.now() - began < 60_000, inbox.find(other)?.state);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(inbox.find(other)?.images, []);
  for (const began = Date.now(); inbox.find(ankle)?.state !== "waiting"; ) {
    assert.ok(Date.now() - began < 60_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test("a confirmed result loses its pixels, and stays to be read", async (context) => {
  const { ask, inbox } = await openApp(context);
  const { id } = (await ask("POST", "/v1/images", radiograph("1.3.99.1", "1.3.99.1.1"))).json();
  const bytes = Buffer.from("an object");
  await inbox.putObjects(id, [{ kind: "report", sopInstance: "1.2.3", bytes }], () => ({
    state: "done",
    result: RESULT,
  }));
  const objects = await ask("GET", `/v1/studies/${id}/objects`);
  assert.deepEqual(objects.json(), [{ number: 1, kind: "report", isSent: false }]);
  const object = await ask("GET", `/v1/studies/${id}/objects/1`);
  assert.deepEqual(
    [object.headers["content-type"], object.body],
    ["application/dicom", "an object"],
  );
  assert.equal((await ask("GET", `/v1/studies/${id}/objects/2`)).statusCode, 404);
  assert.equal((await ask("POST", `/v1/studies/${id}/confirm`)).statusCode, 204);
  assert.equal((await ask("GET", `/v1/studies/${id}/objects/1`)).statusCode, 404);
  assert.deepEqual((await ask("GET", `/v1/studies/${id}/result`)).json(), RESULT);
  const audit = linesOf(join(inbox.folder, "audit.jsonl"));
  assert.deepEqual(
    audit.map(({ act, who, study }) => [act, who, study]),
    ["image received", "object read", "confirmed", "result read"].map((act) => [act, "test", id]),
  );
});

test("a result whose reading cannot be put into the audit is not told", async (context) => {
  const inbox = await openTestInbox(context);
  symlinkSync("/dev/full", join(inbox.folder, "audit.jsonl"));
  const { ask } = await openApp(context, {}, { inbox });
  context.after(() => inbox.close());
  const { id } = (await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1"))).study;
  const object = { kind: "report", sopInstance: "1.2.3", bytes: Buffer.from("found") } as const;
  await inbox.putObjects(id, [object], () => ({ state: "done", result: RESULT }));
  for (const path of ["result", "objects/1"]) {
    const answer = await ask("GET", `/v1/studies/${id}/${path}`);
    assert.deepEqual([answer.statusCode, answer.headers["retry-after"]], [503, "2"], path);
    assert.deepEqual(Object.keys(answer.json()).toSorted(), ["code", "message", "request"]);
  }
});
