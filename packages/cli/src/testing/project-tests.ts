/**
 * The project's whole examination, as CI and `malleolus test` run it: style, types and unused code,
 * then every test file. Each check counts as one test.
 *
 * It knows the repository, not the packages: nothing is imported from what it tests, so that a
 * package that cannot even be loaded is one failed file.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { runChecks } from "./checks.ts";
import { prepareRoom } from "./prepared-room.ts";
import { runTestFiles } from "./run-test-files.ts";

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestSelection {
  /** `checks`, package names, or parts of test files' paths; none of them means everything. */
  readonly parts: readonly string[];
  /** Of the tests in the files, only those so named. */
  readonly namePattern: RegExp | undefined;
}

const root = join(import.meta.dirname, "../../../..");
const testFilePatterns = [
  "packages/*/src/**/*.test.ts",
  "test/**/*.test.ts",
  "{bench,experiments}/**/*.test.ts",
];

/** Runs what is selected and writes a line for every check and file. */
export async function runProjectTests(
  { parts, namePattern }: TestSelection,
  write: (text: string) => void,
): Promise<TestCounts | "no such part"> {
  const files = selectTestFiles(globSync(testFilePatterns, { cwd: root }).sort(), parts);
  const withChecks = parts.length === 0 ? namePattern === undefined : parts.includes("checks");
  if (files.length === 0 && !withChecks) return "no such part";

  const libTorch = process.env.MALLEOLUS_LIBTORCH;
  write(`Node ${process.versions.node}${libTorch ? `, LibTorch ${libTorch}` : ""}\n`);
  const counts: TestCounts[] = [];
  // Made beside the checks, some of which use one core.
  let said = "";
  const preparing =
    files.length > 0
      ? prepareRoom(root, files, (text) => {
          said += text;
        })
      : null;
  // Nobody waits for it during the checks: Node would end on its failure amid them.
  preparing?.catch(() => undefined);
  try {
    if (withChecks) {
      write("\nStyle, types, unused code\n");
      counts.push(await runChecks(root, write));
    }
    if (preparing !== null) {
      const { env } = await preparing;
      write(`\nTests\n${said}`);
      counts.push(await runTestFiles(root, files, namePattern, write, env));
    }
  } finally {
    await preparing?.then(
      (room) => room.remove(),
      () => undefined,
    );
  }
  write("\n");
  return counts.reduce(addCounts);
}

/** The files a selection names: those of packages called so, or whose path contains the words. */
export function selectTestFiles(files: readonly string[], parts: readonly string[]): string[] {
  if (parts.length === 0) return [...files];
  return files.filter((file) =>
    parts.some((part) =>
      files.some((other) => other.startsWith(`packages/${part}/`))
        ? file.startsWith(`packages/${part}/`)
        : part !== "checks" && file.includes(part),
    ),
  );
}

function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}
