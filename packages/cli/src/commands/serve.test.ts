/** The reading room at the command line: what is refused, and a server that starts, stops and is copied. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { closeStudy, createStudy, openStudy } from "@malleolus/studies";
import { run } from "../test-command.ts";

const program = fileURLToPath(new URL("../main.ts", import.meta.url));

async function newStudy(context: { after(cleanUp: () => void): void }): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-serve-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const study = join(folder, "study");
  await createStudy({ folder: study, name: "Test", passphrase: "lantern gravel otter nineteen" });
  return study;
}

test("serve: half of TLS is wrong usage, a host without it and a folder without a study are refused", async (context) => {
  const study = await newStudy(context);
  const half = await run("serve", study, "--tls-cert", "cert.pem");
  assert.deepEqual([half.code, /--tls-key together/.test(half.said)], [2, true]);
  const open = await run("serve", study, "--host", "0.0.0.0");
  assert.deepEqual([open.code, /--behind-proxy/.test(open.said)], [1, true]);
  const none = await run("serve", join(study, ".."));
  assert.deepEqual([none.code, /expected a study/.test(none.said)], [1, true]);
});

test("serve: says where it is as JSON, is copied while it runs, and ends at the first signal", async (context) => {
  const study = await newStudy(context);
  const child = spawn(process.execPath, [program, "serve", study, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(child.stdout, "data");
  const { address, setupLink } = JSON.parse(String(line));
  assert.ok(String(setupLink).startsWith(`${address}/setup#`));
  const socket = connect(Number(new URL(String(address)).port), "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
  const file = join(study, "..", "copy.tar");
  const copied = await run("backup", study, file, "--json");
  assert.equal(copied.code, 0, copied.said);
  assert.ok(JSON.parse(copied.written).files >= 3);
  assert.equal((await run("backup", study, file)).code, 1);
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  assert.equal(code, 0);
  rmSync(study, { recursive: true });
  execFileSync("tar", ["-xf", file, "-C", join(study, "..")]);
  const restored = await openStudy(study);
  assert.equal(restored.configuration.name, "Test");
  await closeStudy(restored);
});
