/**
 * Memory stays flat, and as many tensors live after the work as before.
 *
 * What may not grow is the anonymous part of the resident memory: the rest are pages of the
 * libraries, which come in when a piece of code first runs, as it may do after the warm-up.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const program = fileURLToPath(new URL("test-leaks.ts", import.meta.url));
const run = promisify(execFile);

// A young generation of fixed size, so that what grows is ours.
const FLAGS = ["--expose-gc", "--max-semi-space-size=1"];

const works: Readonly<Record<string, string>> = {
  training: "10,000 training steps in scopes",
  unscoped: "10,000 steps without a scope, left to the garbage collector",
  wrong: "2,500 times eight calls that fail",
  copies: "10,000 copies to and from typed arrays",
  workers: "24 workers that load the addon and end without freeing",
};

interface Memory {
  readonly resident: number;
  readonly anonymous: number;
}

for (const [work, title] of Object.entries(works)) {
  test(`leaks: ${title}: resident memory within 2 % after the warm-up, no tensor more`, async (context) => {
    const { stdout } = await run(process.execPath, FLAGS.concat(program, work), {
      // glibc's arenas grow with every thread that ever ran; two suffice.
      env: { ...process.env, MALLOC_ARENA_MAX: "2" },
    });
    const report: { memory: [Memory, Memory]; live: number; kept: number } = JSON.parse(stdout);
    const [warm, end] = report.memory;
    const grown = end.anonymous - warm.anonymous;
    context.diagnostic(
      `${warm.resident} KiB resident after the warm-up, ${grown} KiB more at the end`,
    );
    assert(grown <= warm.resident * 0.02, `${grown} KiB more than ${warm.resident} KiB`);
    assert(report.live <= report.kept, `${report.live} tensors more, ${report.kept} of them kept`);
  });
}
