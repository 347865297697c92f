/**
 * The content policy refuses styles that a script writes, but for those whose hash it names. The
 * component library writes two, of constant text (the second on iOS alone); this holds the named
 * hashes to the texts.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import test from "node:test";

const main = createRequire(import.meta.url).resolve("react-aria");
const library = join(main.replace(/\/dist\/.*/, ""), "dist/private");

function hashOfStyleIn(file: string): string {
  const source = readFileSync(join(library, file), "utf8");
  const text = /style\.textContent = `([^`]*)`\.trim\(\)/.exec(source)?.[1];
  assert.ok(text !== undefined, `${file}: the library writes its style in another way now`);
  const written = text.replace(/\$\{[^}]*\}/g, "data-react-aria-pressable").trim();
  return `sha256-${createHash("sha256").update(written).digest("base64")}`;
}

test("style hash: those that are allowed are the component library's", () => {
  const allowed: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "../public/csp-style-hashes.json"), "utf8"),
  );
  assert.deepEqual(allowed, [
    hashOfStyleIn("interactions/usePress.mjs"),
    hashOfStyleIn("overlays/usePreventScroll.mjs"),
  ]);
});
