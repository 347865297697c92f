/** The unit of docs/ is one that systemd takes, keeps the service from what it needs not, and starts what is there. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

const root = join(import.meta.dirname, "..");
const unit = readFileSync(join(root, "docs/malleolus-inference.service"), "utf8");
const isAbsent = spawnSync("systemd-analyze", ["--version"]).error !== undefined;
const skip = isAbsent ? "systemd-analyze absent; install systemd to run it" : false;

/** As it is installed, with the program where this repository is. */
function installed(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-unit-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "malleolus-inference.service");
  writeFileSync(path, unit.replaceAll("/opt/malleolus", root));
  return path;
}

function analyze(...args: readonly string[]) {
  return spawnSync("systemd-analyze", args, { encoding: "utf8" });
}

test("unit: systemd takes every line of it", { skip }, (context) => {
  const { status, stderr } = analyze("verify", "--man=no", installed(context));
  assert.equal(status, 0, stderr);
  assert.equal(stderr.includes("malleolus-inference"), false, stderr);
});

test("unit: systemd's own measure of exposure is below 3 of 10", { skip }, (context) => {
  const path = installed(context);
  const { status, stdout, stderr } = analyze("security", "--offline=true", "--threshold=30", path);
  assert.equal(status, 0, `${stdout}${stderr}`);
});

test("unit: it starts a command that there is, with the options that it has", () => {
  const [, command] = /^ExecStart=\/opt\/malleolus\/malleolus (.*)$/m.exec(unit) ?? [];
  assert.ok(command !== undefined);
  const source = readFileSync(join(root, "packages/cli/src/commands/serve.ts"), "utf8");
  const [name, , ...options] = command.split(" ");
  assert.equal(name, "serve");
  for (const option of options) assert.ok(source.includes(`"${option}"`), option);
});
