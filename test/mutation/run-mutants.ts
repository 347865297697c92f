/**
 * Tries the tests on one fault after the other. A fault is never written to a file: Node loads the
 * module through a hook that changes its text on the way, in a process of its own for each fault, which
 * ends with the first test that fails.
 *
 * Each test file runs once without a fault, which tells what it executes and how long it takes. A fault is
 * then tried by those alone that execute its place, those beside the module first, since they know it best.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readSourceFacts } from "../source-facts.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

/** A fault of a file, and the file's text without it. */
export interface Candidate {
  readonly file: string;
  readonly text: string;
  readonly mutant: Mutant;
}

export interface Tried extends Candidate {
  readonly outcome: "killed" | "timed out" | "survived" | "no test";
}

/** A test file without a fault. */
interface Clean {
  readonly test: string;
  readonly ms: number;
  /** By module, how often each of its parts ran. */
  readonly ran: ReadonlyMap<string, readonly Part[]>;
}

interface Part {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** A fault may make a loop endless: beyond this and five times what the tests take, it has. */
const TIMEOUT_MS = 10_000;
/** Tests that together take less than this are run by one process. */
const BATCH_MS = 1000;
/** A reporter that ends the process with the first test that fails: the fault is noticed. */
const ENDS_WITH_FAILURE = `export default async function* (events) {
    for await (const { type } of events) if (type === "test:fail") process.exit(1);
  }`;
const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** Ends the tests that are running and removes what they have written, for whoever ends the whole. */
export function stopTests(): void {
  running.forEach(endGroup);
  folders.forEach(removeFolder);
}

/** With every process that the tests have started and not ended. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // None of them is left.
  }
}

/** What was ended may take a moment to be gone. */
function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Of the files' faults every n-th, in their order, beginning with that of place `from`. */
export function sampleMutants(
  files: readonly string[],
  everyNth: number,
  from: number,
): Candidate[] {
  return files
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return mutantsOf(file, text).map((mutant) => ({ file, text, mutant }));
    })
    .filter((_, i) => i >= from && (i - from) % everyNth === 0);
}

/**
 * The faults, tried by the tests in `testFiles`; `told` hears of each.
 *
 * @throws where a test fails without a fault, and where a file changes meanwhile.
 */
export async function tryMutants(
  candidates: readonly Candidate[],
  testFiles: readonly string[],
  told: (tried: Tried) => void,
): Promise<Tried[]> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-mutants-"));
  folders.add(folder);
  try {
    const changed = new Set(candidates.map(({ file }) => file));
    const loading = loadedBy(testFiles, changed);
    const clean = await atOnce(loading, (test, i) => runClean(test, changed, join(folder, `${i}`)));
    return await atOnce(candidates, async (one) => {
      if (readFileSync(one.file, "utf8") !== one.text) {
        throw new Error(`${one.file}: it was changed while its faults were tried; begin again`);
      }
      const tried = { ...one, outcome: await outcomeOf(one.file, one.mutant, clean, folder) };
      told(tried);
      return tried;
    });
  } finally {
    removeFolder(folder);
    folders.delete(folder);
  }
}

/** As many as there are processors that may be used. */
async function atOnce<A, B>(
  all: readonly A[],
  work: (one: A, place: number) => Promise<B>,
): Promise<B[]> {
  const waiting = [...all.entries()];
  const done: B[] = [];
  const next = async (): Promise<void> => {
    const [place, one] = waiting.shift() ?? [];
    if (place === undefined || one === undefined) return;
    done[place] = await work(one, place);
    await next();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
  return done;
}

async function outcomeOf(
  file: string,
  mutant: Mutant,
  clean: readonly Clean[],
  folder: string,
): Promise<Tried["outcome"]> {
  const batches = batchesFor(
    file,
    clean.filter(({ ran }) => isRun(ran.get(file) ?? [], mutant.start)),
  );
  if (batches.length === 0) return "no test";
  for (const batch of batches) {
    const end = await runTests(file, mutant, batch, folder);
    if (end !== "passed") return end;
  }
  return "survived";
}

/** The smallest part around the place says whether it ran. */
function isRun(parts: readonly Part[], place: number): boolean {
  const size = ({ startOffset, endOffset }: Part) => endOffset - startOffset;
  const around = parts.filter((part) => part.startOffset <= place && place < part.endOffset);
  if (around.length === 0) return false;
  const least = Math.min(...around.map(size));
  // A module that several processes load is there several times.
  return around.some((part) => size(part) === least && part.count > 0);
}

async function runClean(
  test: string,
  modules: ReadonlySet<string>,
  covered: string,
): Promise<Clean> {
  mkdirSync(covered);
  const begin = performance.now();
  const end = await runNode([], [test], 600_000, covered, { NODE_V8_COVERAGE: covered });
  if (end !== "passed") throw new Error(`${test}: it fails without a fault; mend it first`);
  const ran = new Map<string, Part[]>();
  for (const name of readdirSync(covered)) {
    const { result } = JSON.parse(readFileSync(join(covered, name), "utf8")) as {
      result: { url: string; functions: { ranges: Part[] }[] }[];
    };
    for (const { url, functions } of result) {
      const file = url.startsWith("file:") ? fileURLToPath(url) : "";
      if (!modules.has(file)) continue;
      const parts = functions.flatMap(({ ranges }) => ranges);
      ran.set(file, [...(ran.get(file) ?? []), ...parts]);
    }
  }
  rmSync(covered, { recursive: true });
  return { test, ms: performance.now() - begin, ran };
}

function runTests(
  file: string,
  { start, end, replacement }: Mutant,
  batch: readonly Clean[],
  folder: string,
): Promise<"passed" | "killed" | "timed out"> {
  const fault = JSON.stringify({ url: pathToFileURL(file).href, start, end, replacement });
  const hook = `import { registerHooks } from "node:module"; const fault = ${fault};
    registerHooks({ load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== fault.url) return loaded;
      const text = Buffer.from(loaded.source).toString("utf8");
      return { ...loaded, source: text.slice(0, fault.start) + fault.replacement + text.slice(fault.end) };
    } });`;
  const before = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
  const usualMs = batch.reduce((sum, { ms }) => sum + ms, 0);
  const tests = batch.map(({ test }) => test);
  // What a module compiles to is kept from one process to the next.
  const cache = { NODE_COMPILE_CACHE: join(folder, "compiled") };
  return runNode(before, tests, TIMEOUT_MS + Math.ceil(5 * usualMs), folder, cache);
}

/** A test that fails ends its process amid what it has made: files are in a folder that goes with the process. */
function runNode(
  before: readonly string[],
  tests: readonly string[],
  timeout: number,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<"passed" | "killed" | "timed out"> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const made = mkdtempSync(join(folder, "run-"));
  return new Promise((resolve, reject) => {
    const reporter = `--test-reporter=data:text/javascript,${encodeURIComponent(ENDS_WITH_FAILURE)}`;
    const args = [...before, "--test", "--test-isolation=none", reporter, ...tests];
    const child = spawn(process.execPath, args, {
      stdio: "ignore",
      env: { ...env, TMPDIR: made, ...environment },
      // The first of a group of processes, which ends with it.
      detached: true,
      timeout,
      killSignal: "SIGKILL",
    });
    running.add(child);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(child);
      endGroup(child);
      removeFolder(made);
      if (signal !== null) resolve("timed out");
      else resolve(code === 0 ? "passed" : "killed");
    });
  });
}

/** The test of the same name, those beside the file, and then all others, the quick ones first. */
function batchesFor(file: string, clean: readonly Clean[]): Clean[][] {
  const nearness = ({ test }: Clean) => {
    if (test === file.replace(/\.ts$/, ".test.ts")) return 0;
    return dirname(test) === dirname(file) ? 1 : 2;
  };
  return [0, 1, 2].flatMap((near) => {
    const batches: Clean[][] = [];
    let filledMs = Number.POSITIVE_INFINITY;
    const own = clean.filter((one) => nearness(one) === near);
    for (const one of own.toSorted((a, b) => a.ms - b.ms)) {
      if (filledMs + one.ms > BATCH_MS) {
        batches.push([]);
        filledMs = 0;
      }
      batches.at(-1)?.push(one);
      filledMs += one.ms;
    }
    return batches;
  });
}

/** The test files that load one of the modules. */
function loadedBy(testFiles: readonly string[], modules: ReadonlySet<string>): string[] {
  const reached = reachedBy(testFiles);
  return testFiles.filter((test) => !modules.isDisjointFrom(reached.get(test) ?? new Set()));
}

/** By test file, every module of the project that it loads, and that these load. */
function reachedBy(testFiles: readonly string[]): Map<string, Set<string>> {
  const importsOf = new Map<string, string[]>();
  const imports = (file: string): string[] => {
    const known = importsOf.get(file);
    if (known !== undefined) return known;
    const found = readSourceFacts(file, readFileSync(file, "utf8"))
      .imports.filter(({ specifier, typeOnly }) => specifier !== undefined && !typeOnly)
      .flatMap(({ specifier = "" }) => resolveModule(specifier, file));
    importsOf.set(file, found);
    return found;
  };
  return new Map(
    testFiles.map((test) => {
      const seen = new Set<string>();
      const visit = (file: string) => {
        if (seen.has(file)) return;
        seen.add(file);
        imports(file).forEach(visit);
      };
      visit(test);
      return [test, seen];
    }),
  );
}

/** A file of the project, or nothing for what comes from elsewhere. */
function resolveModule(specifier: string, from: string): string[] {
  if (!/^(\.|@malleolus\/)/.test(specifier)) return [];
  const path = specifier.startsWith(".")
    ? join(dirname(from), specifier)
    : fileURLToPath(import.meta.resolve(specifier, pathToFileURL(from)));
  return path.endsWith(".ts") ? [path] : [];
}

/**
 * Source files of what `parts` name, packages or parts of paths, and the test files of their packages; `beside`
 * keeps those in the files' own folders, where a package's other tests would take hours.
 */
export function selectFiles(
  root: string,
  parts: readonly string[],
  beside: boolean,
): { readonly sources: string[]; readonly tests: string[] } {
  const all = globSync("packages/*/src/**/*.ts", { cwd: root })
    .map((path) => join(root, path))
    .sort();
  const tests = all.filter((path) => path.endsWith(".test.ts"));
  const isSource = (path: string) => !/(\.test|\/index|\/test-[^/]*)\.ts$/.test(path);
  const isNamed = (path: string) =>
    parts.some((part) => {
      const short = relative(root, path);
      return short.startsWith(`packages/${part}/`) || (part.includes("/") && short.includes(part));
    });
  const sources = all.filter((path) => isSource(path) && isNamed(path));
  const place = (path: string) => (beside ? dirname(path) : relative(root, path).split("/")[1]);
  const places = new Set(sources.map(place));
  return { sources, tests: tests.filter((path) => places.has(place(path))) };
}
