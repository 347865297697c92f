/** Files that Malleolus 0.1.0 wrote, in a folder of their own for one test. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface TestContext {
  after(cleanUp: () => void): void;
}

/** The folder into which an archive of this directory was unpacked; it goes when the test ends. */
export function unpack(context: TestContext, archive: "study.tar.gz" | "run.tar.gz"): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-written-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync("tar", ["-xzf", join(import.meta.dirname, archive), "-C", folder]);
  return folder;
}

/** The values of a file of JSON lines. */
export function readLines(path: string) {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
