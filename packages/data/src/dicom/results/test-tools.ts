/** Other people's DICOM programs for the tests: dicom3tools' validator and dcmtk's viewers. */
import { spawnSync } from "node:child_process";

export interface ToolResult {
  readonly code: number | null;
  /** What it wrote, to either stream. */
  readonly said: string;
}

/** Runs a program to its end. */
export function runTool(name: string, ...args: readonly string[]): ToolResult {
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: "utf8" });
  return { code: status, said: `${stdout}${stderr}` };
}

/** Option of a test that needs programs: skips it, and says why, where one is absent. */
export function skipWithoutTools(...names: readonly string[]): { skip: string | false } {
  const absent = names.filter((name) => spawnSync(name, ["--version"]).error !== undefined);
  return {
    skip:
      absent.length === 0
        ? false
        : `${absent.join(", ")} absent; install dicom3tools and dcmtk to run it`,
  };
}
