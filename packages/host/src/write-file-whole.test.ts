import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { writeFileWhole } from "./write-file-whole.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-whole-"));
after(() => rmSync(folder, { recursive: true }));

test("writeFileWhole: folders on the way are made, and only the file is left", () => {
  const path = join(folder, "a", "b", "findings.json");
  writeFileWhole(path, "{}");
  writeFileWhole(path, "[]");
  assert.equal(readFileSync(path, "utf8"), "[]");
  assert.deepEqual(readdirSync(join(folder, "a", "b")), ["findings.json"]);
});

test("writeFileWhole: what cannot be written is named, and nothing stays of it", () => {
  const path = join(folder, "c", "taken");
  mkdirSync(path, { recursive: true });
  assert.throws(
    () => writeFileWhole(path, "{}"),
    (error) =>
      error instanceof Error &&
      "syscall" in error &&
      error.message.startsWith(`${path} cannot be written: `),
  );
  assert.deepEqual(readdirSync(join(folder, "c")), ["taken"]);
});
