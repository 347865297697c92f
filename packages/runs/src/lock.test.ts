import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { isProcessAlive, lockRun, startTimeOf } from "./lock.ts";

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-lock-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("lock: one process at a time, and free again after its release", (context) => {
  const folder = temporaryFolder(context);
  const first = lockRun(folder);
  assert.throws(() => lockRun(folder), {
    name: "RunError",
    message: new RegExp(`process ${process.pid} on .* is at work in this directory`),
  });
  first.release();
  assert.deepEqual(readdirSync(folder), []);
  lockRun(folder).release();
});

test("lock: another living process holds it", async (context) => {
  const folder = temporaryFolder(context);
  const script = `
    import { lockRun } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
    lockRun(${JSON.stringify(folder)});
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(child.stdout, "data");
  assert.throws(() => lockRun(folder), new RegExp(`process ${child.pid} `));
  child.kill("SIGKILL");
  await once(child, "exit");
  lockRun(folder).release();
  assert.deepEqual(readdirSync(folder), []);
});

test("lock: a process that has ended holds nothing, also while its parent has not asked how", async (context) => {
  const folder = temporaryFolder(context);
  // The shell becomes a program that never asks after what it has started.
  const parent = spawn("/bin/sh", ["-c", "sleep 0.1 & echo $!; exec sleep 600"]);
  context.after(() => parent.kill("SIGKILL"));
  const [line] = await once(parent.stdout, "data");
  const pid = Number(line);
  const startedAt = startTimeOf(pid);
  while (/ Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")) === false) await wait(20);
  assert.equal(startTimeOf(pid), startedAt);
  assert.equal(isProcessAlive({ pid, startedAt }), false);
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid, startedAt, host: hostname() }));
  lockRun(folder).release();
});

const startOfThis = { pid: process.pid, startedAt: "1", host: hostname() };
const stale: readonly (readonly [name: string, text: string])[] = [
  ["a process that has ended", JSON.stringify({ ...startOfThis, pid: endedPid() })],
  ["a process number that was given to another", JSON.stringify(startOfThis)],
  ["a file that was cut", '{"pid":1'],
];
for (const [name, text] of stale) {
  test(`lock: taken over from ${name}`, (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, "lock"), text);
    lockRun(folder).release();
    assert.ok(!existsSync(join(folder, "lock")));
  });
}

test("lock: another machine's counts, for its processes cannot be seen", (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, "lock"), JSON.stringify({ ...startOfThis, host: "elsewhere" }));
  assert.throws(() => lockRun(folder), /on elsewhere is at work/);
});

function endedPid(): number {
  return spawnSync("true").pid;
}
