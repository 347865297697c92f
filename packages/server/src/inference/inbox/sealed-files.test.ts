import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { codeOnFullDisk } from "../test-full-disk.ts";
import { readSealed, sealedWriter, writeSealed } from "./sealed-files.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-sealed-"));
after(() => rmSync(folder, { recursive: true }));
const key = randomBytes(32);
const secret = Buffer.from("Föhn^Ève, a radiograph of the left ankle");

test("sealed files: what was written is read, and stands nowhere on the disk", async () => {
  const path = join(folder, "one");
  await writeSealed(key, path, secret);
  assert.deepEqual(await readSealed(key, path), secret);
  assert.ok(!readFileSync(path).includes("ankle"));
  // In pieces as well, and twice the same is never the same.
  const other = join(folder, "two");
  const writer = await sealedWriter(key, other);
  for (const byte of secret) await writer.write(Buffer.of(byte));
  await writer.commit();
  assert.deepEqual(await readSealed(key, other), secret);
  assert.notDeepEqual(readFileSync(path), readFileSync(other));
});

test("sealed files: a changed bit, another key, another name and a cut are refused", async () => {
  const path = join(folder, "three");
  await writeSealed(key, path, secret);
  const whole = readFileSync(path);
  for (const at of [0, 9, 25, whole.length - 1]) {
    const changed = Buffer.from(whole);
    changed[at] ^= 1;
    writeFileSync(path, changed);
    await assert.rejects(readSealed(key, path), { code: "settings" }, `byte ${at}`);
  }
  for (const length of [0, 7, 20, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length));
    await assert.rejects(readSealed(key, path), { code: "settings" }, `${length} bytes`);
  }
  writeFileSync(path, whole);
  await assert.rejects(readSealed(randomBytes(32), path), { code: "settings" });
  renameSync(path, join(folder, "four"));
  await assert.rejects(readSealed(key, join(folder, "four")), { code: "settings" });
});

test("sealed files: what is discarded leaves nothing", async () => {
  const before = readdirSync(folder);
  const writer = await sealedWriter(key, join(folder, "five"));
  await writer.write(secret);
  assert.ok(readdirSync(folder).some((name) => name.endsWith(".part")));
  await writer.discard();
  assert.deepEqual(readdirSync(folder), before);
});

test("sealed files: on a full disk none begins, and nothing is left of it", () => {
  const before = readdirSync(folder);
  const module = new URL("./sealed-files.ts", import.meta.url);
  const text = key.toString("hex").slice(0, 32);
  assert.equal(codeOnFullDisk(module, "sealedWriter", [text, join(folder, "six")]), "EFBIG");
  assert.deepEqual(readdirSync(folder), before);
});
