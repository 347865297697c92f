/** Wrong calls by the thousand, in a process of their own that must survive them (issue 2). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("test-fuzz-calls.ts", import.meta.url));
const CALLS_OF_EACH = 40;
// Sizes that are merely large must fail for want of memory here, and not weigh on the machine.
const MEMORY_KIB = 3_000_000;

for (const seed of [1, 2]) {
  test(`fuzz: wrong calls of every operator and function, seed ${seed}: only TorchErrors, and the process lives`, (context) => {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-fuzz-"));
    try {
      const journal = join(folder, "last-call");
      const child = spawnSync(
        "sh",
        [
          ...["-c", `ulimit -d ${MEMORY_KIB}; exec "$0" "$@"`],
          ...[process.execPath, program, journal, String(seed), String(CALLS_OF_EACH)],
        ],
        { encoding: "utf8", timeout: 300_000, maxBuffer: 1 << 28 },
      );
      const lastCall = readFileSync(journal, "utf8");
      const errors = child.stderr.split("\n").filter((line) => !line.includes("Warning: "));
      assert.equal(
        child.status,
        0,
        `the process ended with ${child.signal ?? child.status}; last call: ${lastCall}\n${errors.slice(-20).join("\n")}`,
      );
      const counts: { called: number; succeeded: number; refused: number } = JSON.parse(
        child.stdout,
      );
      context.diagnostic(
        `${counts.called} calls, ${counts.succeeded} succeeded, ${counts.refused} refused`,
      );
      // A fuzz that only ever fails at the first argument would find nothing.
      assert(counts.called > 5000 && counts.succeeded > counts.called / 10);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
