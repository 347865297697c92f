/** The checks that are programs of their own: what each says is shown only when it fails. */
import { execFile } from "node:child_process";
import { performance } from "node:perf_hooks";
import type { TestCounts } from "./project-tests.ts";
import { indent, seconds } from "./report-lines.ts";

// Run by this Node, not by the first one on the PATH, which may be too old.
const checks: readonly { name: string; script: string; args: readonly string[] }[] = [
  { name: "biome", script: "node_modules/@biomejs/biome/bin/biome", args: ["check", "."] },
  { name: "tsc", script: "node_modules/typescript/bin/tsc", args: ["-p", "tsconfig.json"] },
  // What runs in a browser knows a document and no process.
  {
    name: "tsc of web",
    script: "node_modules/typescript/bin/tsc",
    args: ["-p", "packages/web/tsconfig.json"],
  },
  { name: "knip", script: "node_modules/knip/bin/knip.js", args: [] },
];

export async function runChecks(root: string, write: (text: string) => void): Promise<TestCounts> {
  let failed = 0;
  for (const { name, script, args } of checks) {
    const start = performance.now();
    const complaint = await complaintOf(root, script, args);
    if (complaint !== undefined) failed += 1;
    write(`  ${complaint === undefined ? "ok    " : "FAILED"} ${name}  ${seconds(start)}\n`);
    if (complaint !== undefined) write(indent(complaint));
  }
  return { passed: checks.length - failed, failed, skipped: 0 };
}

function complaintOf(
  root: string,
  script: string,
  args: readonly string[],
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { cwd: root, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        resolve(error === null ? undefined : `${stdout}${stderr}` || error.message);
      },
    );
  });
}
