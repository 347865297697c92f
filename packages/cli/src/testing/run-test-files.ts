/**
 * Test files on Node's own runner, with a line for every process: one file, or several of a package that can leave
 * nothing behind for one another.
 *
 * The counts come from the summary that each process sends when it ends. A process without a summary has ended
 * early or holds no test, and counts as a failure: Node itself would pass it. So does a file without a test.
 */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { run } from "node:test";
import { inspect, stripVTControlCharacters } from "node:util";
import type { TestCounts } from "./project-tests.ts";
import { indent } from "./report-lines.ts";
import { shareProcesses, writeEntry } from "./shared-processes.ts";

// Memory for two files that train is what every machine has. They share the cores: threads of LibTorch that wait for
// one another while the other file has their core cost more than they bring. A third file at once took 43 minutes of
// two cores instead of 39 and ended no sooner.
const processesAtOnce = 2;
const fileTimeoutMs = 30 * 60_000;

export async function runTestFiles(
  root: string,
  files: readonly string[],
  namePattern: RegExp | undefined,
  write: (text: string) => void,
  /** For their processes, beside this one's. */
  env: Readonly<Record<string, string>> = {},
): Promise<TestCounts> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const summarized = new Set<string>();
  const withTests = new Set<string>();
  const skipReasons = new Map<string, number>();
  const folder = mkdtempSync(join(tmpdir(), "malleolus-tests-"));
  const processes = new Map(
    shareProcesses(root, files).map((some, index) => [
      some.files.length === 1
        ? join(root, some.files[0])
        : writeEntry(folder, root, index, some.files),
      some,
    ]),
  );
  const nameOf = (file: string) => processes.get(file)?.name ?? relative(root, file);
  const failFile = (name: string, reason: string) => {
    counts.failed += 1;
    write(`  FAILED ${name}\n${indent(reason)}`);
  };

  const threads = Math.floor(availableParallelism() / Math.min(processes.size, processesAtOnce));
  const events = run({
    files: [...processes.keys()],
    cwd: root,
    concurrency: processesAtOnce,
    timeout: fileTimeoutMs,
    env: { OMP_NUM_THREADS: String(Math.max(1, threads)), ...process.env, ...env },
    ...(namePattern === undefined ? {} : { testNamePatterns: namePattern }),
  });
  events.on("test:stdout", ({ message }) => write(indent(message)));
  events.on("test:stderr", ({ message }) => write(indent(message)));
  events.on("test:pass", ({ name, file, skip, details: { type } }) => {
    if (name !== file && file !== undefined) withTests.add(relative(root, file));
    if (name === file && !summarized.has(file)) {
      failFile(nameOf(file), "it ended without having run its tests");
    } else if (typeof skip === "string" && type !== "suite") {
      skipReasons.set(skip, (skipReasons.get(skip) ?? 0) + 1);
    }
  });
  events.on("test:fail", ({ name, file, line, details: { error } }) => {
    if (name !== file && file !== undefined) withTests.add(relative(root, file));
    if (name === file) failFile(nameOf(file), "its process failed outside its tests");
    else if (file !== undefined && processes.get(file)?.files.includes(name)) {
      // The entry tells of a file that cannot be loaded by its name.
      withTests.add(name);
      write(`  FAILED ${name}\n${indent(explain(error))}`);
    } else if (!isFailureOfSubtests(error)) {
      const place = file === undefined ? "" : `  ${relative(root, file)}:${line}`;
      write(`  FAILED ${name}${place}\n${indent(explain(error))}`);
    }
  });
  events.on("test:summary", ({ file, counts: fileCounts, duration_ms: durationMs }) => {
    if (file === undefined) return;
    const { passed, skipped } = fileCounts;
    const failed = fileCounts.tests - passed - skipped;
    summarized.add(file);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
    const parts = [
      `${passed} passed`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ];
    const verdict = failed > 0 ? "FAILED" : "ok    ";
    const duration = `${(durationMs / 1000).toFixed(1)} s`;
    write(`  ${verdict} ${nameOf(file)}  ${parts.join(", ")}  ${duration}\n`);
    const { files: some = [] } = processes.get(file) ?? {};
    // One that is alone and holds no test sends no summary.
    for (const one of some.length > 1 && namePattern === undefined ? some : []) {
      if (!withTests.has(one) && !callsATest(join(root, one))) failFile(one, "it holds no test");
    }
  });
  await once(events.resume(), "end");
  rmSync(folder, { recursive: true });

  for (const [reason, count] of skipReasons) write(`  skipped ${count}: ${reason}\n`);
  return counts;
}

/** Tests that a helper makes (`tensorTest`) are said to be the helper's file's. */
function callsATest(path: string): boolean {
  return /(?:test|describe)\(/i.test(readFileSync(path, "utf8"));
}

// A test that contains others fails with them; they have been told already.
function isFailureOfSubtests(error: Error): boolean {
  return "failureType" in error && error.failureType === "subtestsFailed";
}

function explain(error: Error): string {
  const cause = error.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  return stripVTControlCharacters(text);
}
