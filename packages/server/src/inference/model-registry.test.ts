import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { lockExclusively } from "@malleolus/studies/without-database";
import { addApiKey } from "./api-keys.ts";
import {
  addModel,
  currentModelPath,
  readModels,
  takeIntoUse,
  whyRefused,
} from "./model-registry.ts";
import { codeOnFullDisk } from "./test-full-disk.ts";
import { linesOf, testFolder, until } from "./test-inbox.ts";
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

/** Two registered models, and requests to the registry by whose key. */
async function openRegistry(context: TestContext) {
  const { app, inbox, analyst, audit } = await openApp(context);
  const { folder } = inbox;
  const hashes: string[] = [];
  for (const bytes of ["one", "two"]) {
    const file = fileOf(context, bytes, '{"dataset":"test"}');
    hashes.push(await addModel(folder, { ...file, name: bytes }));
  }
  const [one, two] = hashes;
  const keys = {
    ada: addApiKey(folder, "a key", ["models:approve"], "Ada Bell"),
    adaAgain: addApiKey(folder, "another", ["models:approve"], "ada bell"),
    ben: addApiKey(folder, "a third", ["models:approve"], "Ben Carr"),
    program: addApiKey(folder, "program", ["models:approve"]),
  };
  const ask = async (who: keyof typeof keys, path: string, payload?: { from: string }) => {
    const headers = { authorization: `Bearer ${keys[who]}` };
    const url = `/v1/models/${path}`;
    const answer = await app.inject({
      method: "POST",
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, current: answer.json().current };
  };
  const rollBack = (who: keyof typeof keys, from: string) => ask(who, "roll-back", { from });
  const said = (wanted: string) =>
    linesOf(join(folder, "audit.jsonl"))
      .filter(({ act }) => act === wanted)
      .map(({ who, person, model }) => [who, person, model]);
  const bothApprove = async () => {
    for (const person of ["ada", "ben"] as const) {
      for (const model of [one, two]) await ask(person, `${model}/approve`);
    }
  };
  return { folder, one, two, ask, rollBack, said, bothApprove, analyst, audit };
}

test("a model is used once two people approved it, and switched by people alone", async (context) => {
  const { folder, one, two, ask, rollBack, said } = await openRegistry(context);
  assert.equal((await ask("ada", `${one}/approve`)).status, 200);
  // Twice by one is not by two.
  assert.equal((await ask("ada", `${one}/approve`)).status, 200);
  // Nor with two keys, nor by a program's.
  assert.equal((await ask("adaAgain", `${one}/approve`)).status, 200);
  assert.equal((await ask("program", `${one}/approve`)).status, 403);
  assert.equal((await ask("ada", `${one}/use`)).status, 409);
  assert.equal((await ask("ben", `${one}/approve`)).status, 200);
  assert.equal((await ask("program", `${one}/use`)).status, 403);
  assert.deepEqual(await ask("ben", `${one}/use`), { status: 200, current: one });
  assert.equal(readFileSync(currentModelPath(folder) ?? "", "utf8"), "one");
  assert.equal(whyRefused(folder, one), null);
  assert.match(whyRefused(folder, two) ?? "", /exchanged/);
  // That one is approved says nothing of another.
  assert.equal((await ask("ada", `${two}/use`)).status, 409);
  assert.equal((await rollBack("ada", one)).status, 409);
  assert.equal((await ask("ada", `${"0".repeat(64)}/approve`)).status, 404);
  for (const person of ["ada", "ben"] as const) await ask(person, `${two}/approve`);
  // A file that somebody exchanged is not the one that was approved.
  writeFileSync(join(folder, "models", `${two}.safetensors`), "three");
  assert.deepEqual((await ask("ada", `${two}/use`)).status, 409);
  assert.equal(readModels(folder).current, one);
  // What changes nothing has no line.
  assert.deepEqual(
    said("model approved"),
    [one, two].flatMap((model) => [
      ["a key", "Ada Bell", model],
      ["a third", "Ben Carr", model],
    ]),
  );
});

test("a step back goes to the one before, by a person, to what two approved, and the audit says who", async (context) => {
  const { folder, one, two, ask, rollBack, said, bothApprove } = await openRegistry(context);
  await bothApprove();
  for (const model of [one, two, one, one]) await ask("ada", `${model}/use`);
  assert.equal((await rollBack("program", one)).status, 403);
  assert.deepEqual(await rollBack("ben", one), { status: 200, current: two });
  // The same again, as after an answer that got lost, steps no further.
  assert.equal((await rollBack("ben", one)).status, 409);
  assert.equal(readModels(folder).current, two);
  // Not to and fro between two, of which one may be bad: a second step goes further back.
  assert.deepEqual(await rollBack("ben", two), { status: 200, current: one });
  assert.equal((await rollBack("ben", one)).status, 409);
  await ask("ada", `${two}/use`);
  const file = join(folder, "models.json");
  const registry = JSON.parse(readFileSync(file, "utf8"));
  for (const model of registry.models) model.approvals.length = 1;
  writeFileSync(file, JSON.stringify(registry));
  assert.equal((await rollBack("ben", two)).status, 409);
  assert.deepEqual(
    said("model rolled back"),
    [two, one].map((model) => ["a third", "Ben Carr", model]),
  );
  assert.deepEqual(
    said("model taken into use").map(([, , model]) => model),
    [one, two, one, two],
  );
});

for (const step of ["use", "roll-back"] as const) {
  test(`a switch is in force where its audit line cannot be written: ${step}`, async (context) => {
    const { folder, one, two, ask, rollBack, bothApprove, analyst, audit } =
      await openRegistry(context);
    await bothApprove();
    const by = { person: "Ada Bell", key: "a key" };
    for (const model of [one, two]) await takeIntoUse(folder, model, by);
    await audit.close();
    const { status } = step === "use" ? await ask("ada", `${one}/use`) : await rollBack("ada", two);
    assert.deepEqual([status, readModels(folder).current], [500, one]);
    await until(() => analyst.restarts === 1);
  });
}

test("approvals of the first version, which went by keys, are none: what is in use is not analysed with until people approve it", async (context) => {
  const { folder, one, two, ask, rollBack, bothApprove } = await openRegistry(context);
  const { models } = readModels(folder);
  const at = "2026-03-01T10:00:00.000Z";
  const approvals = ["Ada", "Ada 2"].map((who) => ({ who, at }));
  const before = {
    format: "malleolus-models-1",
    models: models.map((model) => ({ ...model, approvals })),
    // The last one may be a step back, which was written alike.
    uses: [one, two, one].map((sha256) => ({ sha256, who: "Ada", at })),
  };
  writeFileSync(join(folder, "models.json"), JSON.stringify(before));
  assert.deepEqual(
    readModels(folder).models.map((model) => model.approvals),
    [[], []],
  );
  assert.equal(readModels(folder).current, one);
  assert.match(whyRefused(folder, one) ?? "", /2 people .* got 0; .* --person NAME .*approve$/);
  await bothApprove();
  assert.equal(whyRefused(folder, one), null);
  assert.equal((await rollBack("ada", one)).status, 409);
  assert.deepEqual(await ask("ada", `${two}/use`), { status: 200, current: two });
});

test("models: on a full disk the registry that there is stays, and nothing is left beside it", async (context) => {
  const folder = testFolder(context);
  // Longer than the limit, which leaves room for the lock.
  const figures = JSON.stringify({ dataset: "test".repeat(1000) });
  const { path, figuresPath, sha256 } = fileOf(context, "weights", figures);
  await addModel(folder, { path, figuresPath, name: "first" });
  const before = [readdirSync(folder), readModels(folder)];
  const by = { person: "Ada Bell", key: "Ada" };
  const module = new URL("./model-registry.ts", import.meta.url);
  assert.equal(codeOnFullDisk(module, "approveModel", [folder, sha256, by], 2), "EFBIG");
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
