/**
 * What the reading room's tests in a browser share, made once before them: the pages, bundled, and a simulated
 * study. The process that makes it is the tests' own (`test/reading-room/`), so that nothing is imported from
 * what is tested. Where it fails, each of those tests tries for itself, and says why it cannot.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { indent, seconds } from "./report-lines.ts";

const TESTS = "test/reading-room/";
const PROGRAM = `${TESTS}test-prepared-room.ts`;

export interface PreparedRoom {
  /** For the processes of the tests. */
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** Nothing where none of these files needs it. */
export async function prepareRoom(
  root: string,
  files: readonly string[],
  write: (text: string) => void,
): Promise<PreparedRoom> {
  if (files.filter((file) => file.startsWith(TESTS)).length < 2) {
    return { env: {}, remove: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), "malleolus-prepared-room-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const start = performance.now();
  const complaint = await complaintOf(root, folder);
  if (complaint !== undefined) {
    write(`  the reading room was not prepared  ${seconds(start)}\n${indent(complaint)}`);
    return { env: {}, remove };
  }
  write(`  the reading room is prepared  ${seconds(start)}\n`);
  return { env: { MALLEOLUS_PREPARED_ROOM: folder }, remove };
}

function complaintOf(root: string, folder: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, folder], { cwd: root }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : `${stdout}${stderr}` || error.message);
    });
  });
}
