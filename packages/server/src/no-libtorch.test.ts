/** The server never loads LibTorch: nothing that it imports leads to the package that does. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const packages = join(import.meta.dirname, "..", "..");

test("server: no package that it can reach depends on the one with the addon", () => {
  const waiting = ["@malleolus/server"];
  const seen = new Set(waiting);
  for (const name of waiting) {
    const folder = name.slice("@malleolus/".length);
    const manifest: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(packages, folder, "package.json"), "utf8"),
    );
    for (const used of Object.keys(manifest.dependencies ?? {})) {
      if (!used.startsWith("@malleolus/") || seen.has(used)) continue;
      seen.add(used);
      waiting.push(used);
    }
  }
  assert.ok(seen.has("@malleolus/studies"));
  assert.deepEqual(
    ["torch", "networks", "training"].filter((name) => seen.has(`@malleolus/${name}`)),
    [],
  );
});

test("server: once it is loaded, no native code of LibTorch is in the process", async () => {
  await import("./index.ts");
  const maps = readdirSync("/proc/self").includes("maps")
    ? readFileSync("/proc/self/maps", "utf8")
    : "";
  assert.doesNotMatch(maps, /libtorch|malleolus[^\n]*\.node/);
});
