import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addApiKey, findApiKey } from "./api-keys.ts";
import { codeOnFullDisk } from "./test-full-disk.ts";
import { testFolder } from "./test-inbox.ts";

test("keys: found by what they are, kept as a hash, and gone when another takes their name", (context) => {
  const folder = testFolder(context);
  const key = addApiKey(folder, "modality 1", ["images:write"]);
  const other = addApiKey(folder, "viewer", ["results:read", "metrics:read"]);
  assert.equal(findApiKey(folder, `Bearer ${key}`)?.name, "modality 1");
  assert.deepEqual(findApiKey(folder, `Bearer ${other}`)?.scopes, ["results:read", "metrics:read"]);
  for (const wrong of [
    undefined,
    "",
    key,
    `Basic ${key}`,
    `Bearer ${key}x`,
    `Bearer ${"a".repeat(43)}`,
  ]) {
    assert.equal(findApiKey(folder, wrong), null, wrong);
  }
  const path = join(folder, "keys.json");
  assert.ok(!readFileSync(path, "utf8").includes(key));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const newer = addApiKey(folder, "modality 1", ["images:write"]);
  assert.equal(findApiKey(folder, `Bearer ${key}`), null);
  assert.equal(findApiKey(folder, `Bearer ${newer}`)?.name, "modality 1");
});

test("keys: names and scopes that are none are refused", (context) => {
  const folder = testFolder(context);
  for (const [name, scopes] of [
    ["", ["images:write"]],
    ["a\nb", ["images:write"]],
    ["a", []],
    ["a", ["all"]],
  ] as const) {
    assert.throws(() => addApiKey(folder, name, scopes), { code: "settings" });
  }
  assert.throws(() => addApiKey(folder, "a", ["models:approve"], "a\nb"), { code: "settings" });
});

test("keys: on a full disk the keys that there are stay, and nothing is left beside them", (context) => {
  const folder = testFolder(context);
  const key = addApiKey(folder, "viewer", ["results:read"]);
  const module = new URL("./api-keys.ts", import.meta.url);
  assert.equal(codeOnFullDisk(module, "addApiKey", [folder, "viewer", ["metrics:read"]]), "EFBIG");
  assert.deepEqual(readdirSync(folder), ["keys.json"]);
  assert.deepEqual(findApiKey(folder, `Bearer ${key}`)?.scopes, ["results:read"]);
});
