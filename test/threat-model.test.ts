/** Each threat of docs/threat-model.md names tests that are there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

const root = join(import.meta.dirname, "..");

test("threat model: every threat has a test, and every test that is named is there", () => {
  const document = readFileSync(join(root, "docs/threat-model.md"), "utf8");
  const threats = document.split("\n").filter((line) => /^\| [STRIDE] \|/.test(line));
  assert.ok(threats.length > 30, `${threats.length} threats`);
  for (const threat of threats) {
    const named = [...threat.matchAll(/`([\w/.-]+\.test\.ts)`: "([^"]+)"/g)];
    assert.ok(named.length > 0, `expected a test, got none: ${threat}`);
    for (const [, path, words] of named) {
      const text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
      assert.ok(text.includes(words), `${path}: expected a test "${words}"`);
    }
  }
});

test("threat model: each part of the system has its threats by every letter that it can have", () => {
  const document = readFileSync(join(root, "docs/threat-model.md"), "utf8");
  const parts = document.split(/^## /m).filter((part) => /^\| [STRIDE] \|/m.test(part));
  assert.equal(parts.length, 4);
  const letters = new Set([...document.matchAll(/^\| ([STRIDE]) \|/gm)].map(([, one]) => one));
  assert.deepEqual([...letters].toSorted(), [..."DEIRST"]);
});
