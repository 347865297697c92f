/** Debian's dcmtk: its programs run for a test, and its archive `dcmqrscp` started on loopback with an empty store. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { KnownNode } from "./test-orthanc.ts";
import { freePort } from "./test-ports.ts";

const FOLDER = "/usr/bin";
const PROGRAMS = ["storescu", "echoscu", "findscu", "dcmqrscp", "dcmdump"];

/** Option of a test that needs it: skips it, and says why, where it is absent. */
export function skipWithoutDcmtk(): { skip: string | false } {
  const isThere = PROGRAMS.every((name) => existsSync(join(FOLDER, name)));
  return { skip: isThere ? false : "dcmtk absent; install dcmtk to run it" };
}

/** Its exit code, and all that it said. */
export async function runDcmtk(program: string, ...args: string[]) {
  const child = spawn(join(FOLDER, program), args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      said += data;
    });
  }
  await once(child, "close");
  return { code: child.exitCode, said };
}

/** Called `ARCHIVE`, on the port that it gives; it knows a node, and ends with the test. */
export async function startDcmqrscp(context: TestContext, known: KnownNode): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-dcmqrscp-"));
  mkdirSync(join(folder, "store"));
  const port = await freePort();
  const configuration = join(folder, "dcmqrscp.cfg");
  writeFileSync(
    configuration,
    `NetworkTCPPort = ${port}
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
us = (${known.title}, 127.0.0.1, ${known.port})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
ARCHIVE ${join(folder, "store")} RW (200, 1024mb) ANY
AETable END
`,
  );
  const child = spawn(join(FOLDER, "dcmqrscp"), ["-c", configuration], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      said += data;
    });
  }
  context.after(async () => {
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true });
  });
  for (const began = Date.now(); Date.now() - began < 60_000; ) {
    if (child.exitCode !== null) throw new Error(`dcmqrscp ended: ${said}`);
    const { code } = await runDcmtk("echoscu", "-aec", "ARCHIVE", "127.0.0.1", String(port));
    if (code === 0) return port;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`dcmqrscp did not answer: ${said}`);
}
