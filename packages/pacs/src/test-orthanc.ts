/** Debian's Orthanc with its DICOMweb plugin, started for a test on loopback, with an empty store of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "./test-ports.ts";

const PROGRAM = "/usr/sbin/Orthanc";
const PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const STARTING_MS = 120_000;

/** Option of a test that needs it: skips it, and says why, where it is absent. */
export function skipWithoutOrthanc(): { skip: string | false } {
  const isThere = existsSync(PROGRAM) && existsSync(PLUGIN);
  return {
    skip: isThere ? false : "Orthanc absent; install orthanc and orthanc-dicomweb to run it",
  };
}

/** A node that it knows: by title, on this machine. */
export interface KnownNode {
  readonly title: string;
  readonly port: number;
}

/** The address of its DICOMweb service; it ends with the test. `user` has the password `secret`. */
export async function startOrthanc(context: TestContext): Promise<string> {
  return (await startOrthancWithDimse(context, null)).url;
}

/** The same, called `ORTHANC` on a port for DIMSE, where it knows a node. */
export async function startOrthancWithDimse(
  context: Pick<TestContext, "after">,
  known: KnownNode | null,
) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-orthanc-"));
  const port = await freePort();
  const dicomPort = await freePort();
  const configuration = join(folder, "orthanc.json");
  writeFileSync(
    configuration,
    JSON.stringify({
      StorageDirectory: join(folder, "store"),
      IndexDirectory: join(folder, "store"),
      HttpPort: port,
      DicomServerEnabled: known !== null,
      DicomPort: dicomPort,
      DicomAet: "ORTHANC",
      DicomCheckCalledAet: true,
      DicomModalities: known === null ? {} : { known: [known.title, "127.0.0.1", known.port] },
      RemoteAccessAllowed: false,
      AuthenticationEnabled: true,
      RegisteredUsers: { user: "secret" },
      Plugins: [PLUGIN],
      DicomWeb: { Enable: true, Root: "/dicom-web/" },
    }),
  );
  const child = spawn(PROGRAM, [configuration], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  context.after(async () => {
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}/dicom-web`;
  for (const began = Date.now(); Date.now() - began < STARTING_MS; ) {
    if (child.exitCode !== null) throw new Error(`Orthanc ended: ${said}`);
    const answer = await fetch(`${url}/studies`).catch(() => null);
    await answer?.body?.cancel();
    // Without its password, which nobody gave here, it says so.
    if (answer?.status === 401) return { url, dicomPort };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Orthanc did not answer: ${said}`);
}
