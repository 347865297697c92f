/**
 * Test files that run in one process together. A process of its own costs each file some tenths of a second of
 * starting and, with the larger packages, more than a second of loading what the file before it had loaded:
 * for most files that is more than their tests take.
 *
 * Only files whose tests can leave nothing behind share one: what starts processes or threads, changes the process or
 * measures it (tensors that are left, too), and what hangs something on the end of all its tests, stands alone.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Files of one process: one, or several of one package. */
export interface TestProcess {
  readonly name: string;
  /** Paths from the root. */
  readonly files: readonly string[];
}

/** So that the last process does not run alone for long, and that a crash takes few files with it. */
const FILES_TOGETHER = 10;
/** Packages whose native state or whose servers are a process's. */
const ALONE = [
  "packages/torch/",
  "packages/server/",
  "packages/pacs/",
  "packages/host/",
  "packages/runs/",
];
const CHANGES_ITS_PROCESS =
  /node:(child_process|worker_threads|cluster)|\bprocess\.(env|chdir|on|once|kill|exit|umask|memoryUsage)|\bmock\.|globalThis|\bliveTensors\b|^(?:before|after)(?:Each)?\(/m;

/** Where files take longest, in this order: they begin first, so that none of them is left running alone. */
const LONG = [
  "test/reading-room/",
  "packages/studies/src/on-",
  "packages/cli/",
  "packages/training/",
];

/** The long ones first, then those that stand alone. */
export function shareProcesses(root: string, files: readonly string[]): TestProcess[] {
  const alone: TestProcess[] = [];
  const ofPackages = new Map<string, string[]>();
  for (const file of files) {
    const name = /^packages\/[^/]+\//.exec(file)?.[0];
    if (name === undefined || ALONE.includes(name) || changesItsProcess(root, file)) {
      alone.push({ name: file, files: [file] });
    } else {
      const list = ofPackages.get(name) ?? [];
      ofPackages.set(name, list);
      list.push(file);
    }
  }
  const together = [...ofPackages].flatMap(([name, list]) => batchesOf(name, list));
  return [...alone, ...together].sort((a, b) => longRank(a) - longRank(b));
}

function longRank({ name }: TestProcess): number {
  const rank = LONG.findIndex((start) => name.startsWith(start));
  return rank < 0 ? LONG.length : rank;
}

function changesItsProcess(root: string, file: string): boolean {
  return CHANGES_ITS_PROCESS.test(readFileSync(join(root, file), "utf8"));
}

function batchesOf(name: string, files: readonly string[]): TestProcess[] {
  const count = Math.ceil(files.length / FILES_TOGETHER);
  return Array.from({ length: count }, (_, batch) => {
    // In turn, so that neighbours, which are often alike, are not all in one.
    const some = files.filter((_, index) => index % count === batch);
    return some.length === 1
      ? { name: some[0], files: some }
      : {
          name: `${name}, ${some.length} files${count > 1 ? ` (${batch + 1} of ${count})` : ""}`,
          files: some,
        };
  });
}

/**
 * A module that runs the files' tests, one file after the other. A file that cannot be loaded, or that has no test,
 * is a failed test of its name.
 */
export function writeEntry(
  folder: string,
  root: string,
  index: number,
  files: readonly string[],
): string {
  const path = join(folder, `together-${index}.test.mjs`);
  const urls = files.map((file) => [file, pathToFileURL(join(root, file)).href]);
  writeFileSync(
    path,
    `import test from "node:test";
for (const [file, url] of ${JSON.stringify(urls)}) {
  try {
    await import(url);
  } catch (error) {
    test(file, () => { throw error; });
  }
}
`,
  );
  return path;
}
