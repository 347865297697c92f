import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { run } from "./test-command.ts";

const mainPath = join(import.meta.dirname, "main.ts");

// The smallest grey PNG: one pixel, value 128.
const grayPng = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);

test("command line: without arguments it shows what there is", async () => {
  const { code, written, said } = await run();
  assert.equal(code, 0);
  assert.match(written, /Usage: malleolus/);
  assert.match(written, /not a medical device/);
  assert.equal(said, "");
});

test("command line: every command has help with an example", async () => {
  const { written } = await run("--help");
  const commands = [...written.matchAll(/^ {2}(\w+) (?:\[options\] )?[<[]/gm)].map(
    ([, name]) => name,
  );
  assert.ok(commands.length >= 3, written);
  for (const command of commands.filter((name) => name !== "help")) {
    const help = await run(command ?? "", "--help");
    assert.equal(help.code, 0);
    assert.match(help.written, new RegExp(`Examples?:\n {2}./malleolus ${command}`));
  }
});

const wrongUsages: readonly (readonly [args: readonly string[], expected: RegExp])[] = [
  [["inpect"], /^malleolus: unknown command 'inpect'\n\(Did you mean inspect\?\)/],
  [["inspect"], /^malleolus: missing required argument 'file or folder'/],
  [
    ["inspect", "--jsno", "a.png"],
    /^malleolus: unknown option '--jsno'\n\(Did you mean --json\?\)/,
  ],
  [["test", "--name", "("], /^malleolus: option '--name <pattern>' argument '\(' is invalid/],
  [["test", "no-such-part"], /^malleolus: no package or test file is called no-such-part/],
];
for (const [args, expected] of wrongUsages) {
  test(`command line: "${args.join(" ")}" is wrong usage`, async () => {
    const { code, written, said } = await run(...args);
    assert.equal(code, 2);
    assert.match(said, expected);
    assert.equal(written, "");
  });
}

test("inspect: a bad file is one line, and the others are shown", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "malleolus-cli-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const good = join(directory, "good.png");
  const bad = join(directory, "bad.png");
  writeFileSync(good, grayPng);
  writeFileSync(bad, grayPng.subarray(0, 40));

  const json = await run("inspect", "--json", bad, good, join(directory, "absent.png"));
  assert.equal(json.code, 1);
  const [line = "", ...rest] = json.written.trimEnd().split("\n");
  assert.deepEqual(rest, []);
  const { file, width, height, stored } = JSON.parse(line);
  assert.deepEqual({ file, width, height }, { file: good, width: 1, height: 1 });
  assert.deepEqual(stored, { min: 128, max: 128, mean: 128 });
  const complaints = json.said.trimEnd().split("\n");
  assert.equal(complaints.length, 2, json.said);
  assert.match(complaints[0] ?? "", /^malleolus: .*bad\.png/);
  assert.match(complaints[1] ?? "", /^malleolus: .*absent\.png/);

  const folder = await run("inspect", "--json", directory);
  assert.deepEqual([folder.code, JSON.parse(folder.written).file], [1, good]);

  const shown = await run("inspect", good);
  assert.equal(shown.code, 0);
  assert.match(
    shown.written,
    /good\.png\n {2}kind {5}PNG\n(.*\n)* {2}stored {3}128 to 128, mean 128\n/,
  );
});

test("command line: a command whose packages are not all there says so", () => {
  const absent = `import { registerHooks } from "node:module";
    registerHooks({
      resolve: (name, context, next) => next(name === "zod" ? "zod-is-not-here" : name, context),
    });`;
  const hooks = `data:text/javascript,${encodeURIComponent(absent)}`;
  const started = ["--import", hooks, mainPath, "--help"];
  const { status, stderr } = spawnSync(process.execPath, started, { encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /^malleolus: internal: .*zod-is-not-here/);
});

test("command line: a reader that has seen enough ends the program quietly", async () => {
  const child = spawn(process.execPath, [mainPath, "test", "--help"]);
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (data) => {
    said += String(data);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.deepEqual({ code, said }, { code: 0, said: "" });
});

test("command line: a full disk under standard output is a failure", () => {
  const script = `"${process.execPath}" "${mainPath}" --help > /dev/full`;
  assert.throws(
    () => execFileSync("sh", ["-c", script], { encoding: "utf8", stdio: "pipe" }),
    (error: { status?: number; stderr?: string }) =>
      error.status === 1 && /^malleolus: ENOSPC: no space left/.test(error.stderr ?? ""),
  );
});
