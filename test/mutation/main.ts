/**
 * `node test/mutation/main.ts PART... [--every N] [--beside]`, which `malleolus test mutation` starts: how many
 * small faults in these parts their tests notice, and which they do not.
 *
 * Why not StrykerJS: with Node's own test runner only its command runner works, which runs all tests
 * for every fault and asks for a copy of the project; this one runs the tests that load the file, with
 * the parser that the rules of the architecture use, and needs no further package.
 */
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { selectFiles, stopTests, type Tried, tryMutants } from "./run-mutants.ts";

const root = join(import.meta.dirname, "../..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: "string", default: "1" },
    beside: { type: "boolean", default: false },
  },
});
const everyNth = Number(values.every);
const { sources, tests } = selectFiles(root, positionals, values.beside);
if (sources.length === 0 || !(Number.isInteger(everyNth) && everyNth > 0)) {
  console.error(
    "usage: test mutation PART... [--every N] [--beside]\n" +
      "PART is a package or a part of a path, evaluation/src/roc say; of the faults every N-th is tried,\n" +
      "by the tests of the package, or by those beside the files alone",
  );
  process.exit(2);
}

const tried: Tried[] = [];
// It takes long: whoever stops it is told of what was tried until then.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stopTests();
    summarize("of the faults that were tried are noticed");
    process.exit(1);
  });
}
await tryMutants(sources, tests, everyNth, (one) => {
  tried.push(one);
  if (one.outcome === "survived" || one.outcome === "no test") console.log(describe(one));
});
summarize("of all faults are noticed");

function summarize(what: string): void {
  console.log("");
  const byFile = Map.groupBy(tried, ({ file }) => file);
  for (const [file, own] of [...byFile].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${share(own).padStart(16)}  ${relative(root, file)}`);
  }
  console.log(`${share(tried).padStart(16)}  ${what}`);
}

function share(some: readonly Tried[]): string {
  const noticed = some.filter(
    ({ outcome }) => outcome === "killed" || outcome === "timed out",
  ).length;
  return `${noticed}/${some.length} ${((100 * noticed) / some.length).toFixed(0)} %`;
}

function describe({ file, mutant: { line, original, replacement }, outcome }: Tried): string {
  const change = `${oneLine(original)} -> ${replacement === "" ? "(nothing)" : oneLine(replacement)}`;
  return `${outcome}  ${relative(root, file)}:${line}  ${change}`;
}

function oneLine(text: string): string {
  const short = text.replace(/\s+/g, " ");
  return short.length > 60 ? `${short.slice(0, 57)}...` : short;
}
