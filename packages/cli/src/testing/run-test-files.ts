/**
 * Test files on Node's own runner, each in a process of its own, with a line for every file.
 *
 * The counts come from the summary that each file's process sends when it ends. A file without
 * a summary has ended early or holds no test, and counts as a failure: Node itself would pass it.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { run } from "node:test";
import { inspect, stripVTControlCharacters } from "node:util";
import type { TestCounts } from "./project-tests.ts";
import { indent } from "./report-lines.ts";

// Memory for two files that train is what every machine has. They share the cores: threads of LibTorch that wait for
// one another while the other file has their core cost more than they bring.
const filesAtOnce = 2;
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
  const skipReasons = new Map<string, number>();
  const failFile = (file: string, reason: string) => {
    counts.failed += 1;
    write(`  FAILED ${relative(root, file)}\n${indent(reason)}`);
  };

  const threads = Math.floor(availableParallelism() / Math.min(files.length, filesAtOnce));
  const events = run({
    files: files.map((file) => join(root, file)),
    cwd: root,
    concurrency: filesAtOnce,
    timeout: fileTimeoutMs,
    env: { OMP_NUM_THREADS: String(Math.max(1, threads)), ...process.env, ...env },
    ...(namePattern === undefined ? {} : { testNamePatterns: namePattern }),
  });
  events.on("test:stdout", ({ message }) => write(indent(message)));
  events.on("test:stderr", ({ message }) => write(indent(message)));
  events.on("test:pass", ({ name, file, skip, details: { type } }) => {
    if (name === file && !summarized.has(file)) {
      failFile(file, "it ended without having run its tests");
    } else if (typeof skip === "string" && type !== "suite") {
      skipReasons.set(skip, (skipReasons.get(skip) ?? 0) + 1);
    }
  });
  events.on("test:fail", ({ name, file, line, details: { error } }) => {
    if (name === file) failFile(file, "its process failed outside its tests");
    else if (!isFailureOfSubtests(error)) {
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
    write(`  ${verdict} ${relative(root, file)}  ${parts.join(", ")}  ${duration}\n`);
  });
  await once(events.resume(), "end");

  for (const [reason, count] of skipReasons) write(`  skipped ${count}: ${reason}\n`);
  return counts;
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
