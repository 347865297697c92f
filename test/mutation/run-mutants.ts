/**
 * Tries the tests on one fault after the other. A fault is never written to a file: Node loads the
 * module through a hook that changes its text on the way, in a process of its own for each fault.
 *
 * Only the test files that load the module are run, those beside it first, since they know it best.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readSourceFacts } from "../source-facts.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

export interface Tried {
  readonly file: string;
  readonly mutant: Mutant;
  readonly outcome: "killed" | "timed out" | "survived" | "no test";
}

const TIMEOUT_MS = 60_000;
const ATTEMPTS_AT_ONCE = 2;
const running = new Set<ChildProcess>();

/** Ends the tests that are running, for whoever ends the whole. */
export function stopTests(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Of the files' faults every n-th, tried by the tests in `testFiles`; `told` hears of each. */
export async function tryMutants(
  files: readonly string[],
  testFiles: readonly string[],
  everyNth: number,
  told: (tried: Tried) => void,
): Promise<Tried[]> {
  const reached = reachedBy(testFiles);
  const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const waiting = [...texts]
    .flatMap(([file, text]) => mutantsOf(file, text).map((mutant) => ({ file, mutant })))
    .filter((_, i) => i % everyNth === 0);
  const all: Tried[] = [];
  const next = async (): Promise<void> => {
    const one = waiting.shift();
    if (one === undefined) return;
    if (readFileSync(one.file, "utf8") !== texts.get(one.file)) {
      throw new Error(`${one.file}: it was changed while its faults were tried; begin again`);
    }
    const batches = batchesFor(one.file, reached);
    const tried = { ...one, outcome: await outcomeOf(one.file, one.mutant, batches) };
    all.push(tried);
    told(tried);
    await next();
  };
  await Promise.all(Array.from({ length: ATTEMPTS_AT_ONCE }, next));
  return all;
}

async function outcomeOf(
  file: string,
  mutant: Mutant,
  batches: readonly (readonly string[])[],
): Promise<Tried["outcome"]> {
  if (batches.length === 0) return "no test";
  for (const batch of batches) {
    const end = await runTests(file, mutant, batch);
    if (end !== "passed") return end;
  }
  return "survived";
}

function runTests(
  file: string,
  { start, end, replacement }: Mutant,
  tests: readonly string[],
): Promise<"passed" | "killed" | "timed out"> {
  const fault = JSON.stringify({ url: pathToFileURL(file).href, start, end, replacement });
  const hook = `import { registerHooks } from "node:module"; const fault = ${fault};
    registerHooks({ load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== fault.url) return loaded;
      const text = Buffer.from(loaded.source).toString("utf8");
      return { ...loaded, source: text.slice(0, fault.start) + fault.replacement + text.slice(fault.end) };
    } });`;
  const args = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, "--test", "--test-isolation=none", ...tests], {
      stdio: "ignore",
      env,
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    running.add(child);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(child);
      if (signal !== null) resolve("timed out");
      else resolve(code === 0 ? "passed" : "killed");
    });
  });
}

/** The test of the same name, those beside the file, and then all others that load it. */
function batchesFor(file: string, reached: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const tests = [...reached].filter(([, modules]) => modules.has(file)).map(([test]) => test);
  const nearness = (test: string) => {
    if (test === file.replace(/\.ts$/, ".test.ts")) return 0;
    return dirname(test) === dirname(file) ? 1 : 2;
  };
  return [0, 1, 2]
    .map((near) => tests.filter((test) => nearness(test) === near))
    .filter((batch) => batch.length > 0);
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

/** Source files and test files of what `parts` name: packages, or parts of paths. */
export function selectFiles(
  root: string,
  parts: readonly string[],
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
  const packages = new Set(sources.map((path) => relative(root, path).split("/")[1]));
  return {
    sources,
    tests: tests.filter((path) => packages.has(relative(root, path).split("/")[1])),
  };
}
