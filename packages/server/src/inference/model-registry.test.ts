import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { lockExclusively } from "@malleolus/studies";
import { addApiKey } from "./api-keys.ts";
import { addModel, currentModelPath, readModels } from "./model-registry.ts";
import { codeOnFullDisk } from "./test-full-disk.ts";
import { testFolder } from "./test-inbox.ts";
import { openApp } from "./test-inference-app.ts";

function fileOf(context: TestContext, bytes: string, figures: string) {
  const folder = testFolder(context);
  const [path, figuresPath] = [join(folder, "model.safetensors"), join(folder, "figures.json")];
  writeFileSync(path, bytes);
  writeFileSync(figuresPath, figures);
  return { path, figuresPath, sha256: createHash("sha256").update(bytes).digest("hex") };
}

test("addModel: a copy by its hash, with its figures, once; and what are no figures are refused", async (context) => {
  const folder = testFolder(context);
  const { path, figuresPath, sha256 } = fileOf(context, "weights", '{"dataset":"test","auc":0.9}');
  assert.equal(await addModel(folder, { path, figuresPath, name: "first" }), sha256);
  await addModel(folder, { path, figuresPath, name: "again" });
  const { models, current } = readModels(folder);
  assert.deepEqual(
    models.map((model) => [model.name, model.sha256, model.figures.auc, model.approvals]),
    [["first", sha256, 0.9, []]],
  );
  assert.deepEqual([current, currentModelPath(folder)], [null, null]);
  for (const figures of ["no JSON", "[1]"]) {
    const bad = fileOf(context, "others", figures);
    await assert.rejects(addModel(folder, { ...bad, name: "bad" }), { code: "settings" });
  }
  await assert.rejects(addModel(folder, { path, figuresPath, name: "a/b" }), { code: "settings" });
  assert.equal(readModels(folder).models.length, 1);
});

test("a model is used once two people approved it, and the one before is a step back", async (context) => {
  const { app, inbox } = await openApp(context);
  const { folder } = inbox;
  const hashes: string[] = [];
  for (const bytes of ["one", "two"]) {
    const file = fileOf(context, bytes, '{"dataset":"test"}');
    hashes.push(await addModel(folder, { ...file, name: bytes }));
  }
  const [one, two] = hashes;
  const keys = (
    [
      ["Ada", "Ada Bell"],
      ["Ben", "Ben Carr"],
      ["Ada 2", "Ada Bell"],
      ["program", undefined],
    ] as const
  ).map(([name, person]) => addApiKey(folder, name, ["models:approve"], person));
  const ask = async (person: number, path: string) => {
    const headers = { authorization: `Bearer ${keys[person]}` };
    const answer = await app.inject({ method: "POST", url: `/v1/models/${path}`, headers });
    return { status: answer.statusCode, current: answer.json().current };
  };
  assert.equal((await ask(0, `${one}/approve`)).status, 200);
  // Twice by one is not by two.
  assert.equal((await ask(0, `${one}/approve`)).status, 200);
  // Nor with two keys, nor by a program's.
  assert.equal((await ask(2, `${one}/approve`)).status, 200);
  assert.equal((await ask(3, `${one}/approve`)).status, 403);
  assert.equal((await ask(0, `${one}/use`)).status, 409);
  assert.equal((await ask(1, `${one}/approve`)).status, 200);
  assert.deepEqual(await ask(1, `${one}/use`), { status: 200, current: one });
  assert.equal(readFileSync(currentModelPath(folder) ?? "", "utf8"), "one");
  assert.equal((await ask(0, "roll-back")).status, 409);

  for (const person of [0, 1]) await ask(person, `${two}/approve`);
  assert.deepEqual(await ask(0, `${two}/use`), { status: 200, current: two });
  assert.deepEqual(await ask(1, "roll-back"), { status: 200, current: one });
  assert.equal((await ask(0, `${"0".repeat(64)}/approve`)).status, 404);
  // A file that somebody exchanged is not the one that was approved.
  writeFileSync(join(folder, "models", `${two}.safetensors`), "three");
  assert.deepEqual((await ask(0, `${two}/use`)).status, 409);
  assert.equal(readModels(folder).current, one);
  const audit = readFileSync(join(folder, "audit.jsonl"), "utf8");
  assert.match(audit, new RegExp(`"act":"model rolled back","who":"Ben","model":"${one}"`));
});

test("models: on a full disk the registry that there is stays, and nothing is left beside it", async (context) => {
  const folder = testFolder(context);
  // Longer than the limit, which leaves room for the lock.
  const figures = JSON.stringify({ dataset: "test".repeat(1000) });
  const { path, figuresPath, sha256 } = fileOf(context, "weights", figures);
  await addModel(folder, { path, figuresPath, name: "first" });
  const before = [readdirSync(folder), readModels(folder)];
  const module = new URL("./model-registry.ts", import.meta.url);
  assert.equal(codeOnFullDisk(module, "approveModel", [folder, sha256, "Ada"], 2), "EFBIG");
  assert.deepEqual([readdirSync(folder), readModels(folder)], before);
});

test("models: a registry that another changes is asked for again, and is no failure of ours", async (context) => {
  const { ask, inbox } = await openApp(context);
  const file = fileOf(context, "weights", '{"auc":0.9}');
  const sha256 = await addModel(inbox.folder, { ...file, name: "first" });
  const held = lockExclusively(join(inbox.folder, "models.lock"), "test");
  const answer = await ask("POST", `/v1/models/${sha256}/approve`);
  held[Symbol.dispose]();
  assert.deepEqual([answer.statusCode, answer.headers["retry-after"]], [503, "2"]);
  assert.deepEqual(answer.json().message.includes(inbox.folder), false);
  assert.equal((await ask("POST", `/v1/models/${sha256}/approve`)).statusCode, 200);
});
