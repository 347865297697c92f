/**
 * `node test/mutation/main.ts PART... [--every N] [--from K] [--beside] [--log FILE]`, which `malleolus test
 * mutation` starts: how many small faults in these parts their tests notice, and which they do not.
 *
 * Why not StrykerJS: with Node's own test runner only its command runner works, which runs all tests
 * for every fault and asks for a copy of the project; this one runs the tests that load the file, with
 * the parser that the rules of the architecture use, and needs no further package.
 */
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { proportionOf } from "@malleolus/evaluation";
import { sampleMutants, selectFiles, stopTests, type Tried, tryMutants } from "./run-mutants.ts";
import { openTrialLog } from "./trial-log.ts";

const root = join(import.meta.dirname, "../..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    log: { type: "string" },
    beside: { type: "boolean", default: false },
  },
});
const [everyNth, from] = [Number(values.every), Number(values.from)];
const { sources, tests } = selectFiles(root, positionals, values.beside);
const isWhole = Number.isInteger(everyNth) && everyNth > 0 && Number.isInteger(from) && from >= 0;
if (sources.length === 0 || !isWhole) {
  console.error(
    "usage: test mutation PART... [--every N] [--from K] [--beside] [--log FILE]\n" +
      "PART is a package or a part of a path, evaluation/src/roc say; of the faults every N-th from the K-th on\n" +
      "is tried, by the tests of the package, or by those beside the files alone; what stands in the log is not\n" +
      "tried again",
  );
  process.exit(2);
}

const log = values.log === undefined ? null : openTrialLog(values.log, root, values.beside);
const sample = sampleMutants(sources, everyNth, from);
if (sample.length === 0) {
  console.error(
    `no fault in the sample: these files have no more than ${from}; begin with a smaller --from`,
  );
  process.exit(2);
}
const tried: Tried[] = sample.flatMap((one) => {
  const outcome = log?.outcomeOf(one) ?? null;
  return outcome === null ? [] : [{ ...one, outcome }];
});
const open = sample.filter((one) => log?.outcomeOf(one) == null);
tried.forEach(tell);
// It takes long: whoever stops it is told of what was tried until then.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stopTests();
    summarize("of the faults that were tried are noticed");
    process.exit(1);
  });
}
await tryMutants(open, tests, (one) => {
  tried.push(one);
  log?.add(one);
  tell(one);
});
summarize("of all faults are noticed");

function tell(one: Tried): void {
  if (one.outcome === "survived" || one.outcome === "no test") console.log(describe(one));
}

function summarize(what: string): void {
  if (tried.length === 0) {
    console.log("no fault was tried");
    return;
  }
  console.log("");
  const byFile = Map.groupBy(tried, ({ file }) => file);
  for (const [file, own] of [...byFile].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${share(own).padStart(16)}  ${relative(root, file)}`);
  }
  const { interval } = proportionOf(noticed(tried), tried.length);
  const ends = interval === null ? "" : `, ${interval.map((end) => end.toFixed(2)).join(" to ")}`;
  console.log(`${share(tried).padStart(16)}  ${what}${ends}`);
}

function share(some: readonly Tried[]): string {
  return `${noticed(some)}/${some.length} ${((100 * noticed(some)) / some.length).toFixed(0)} %`;
}

function noticed(some: readonly Tried[]): number {
  return some.filter(({ outcome }) => outcome === "killed" || outcome === "timed out").length;
}

function describe({ file, mutant: { line, original, replacement }, outcome }: Tried): string {
  const change = `${oneLine(original)} -> ${replacement === "" ? "(nothing)" : oneLine(replacement)}`;
  return `${outcome}  ${relative(root, file)}:${line}  ${change}`;
}

function oneLine(text: string): string {
  const short = text.replace(/\s+/g, " ");
  return short.length > 60 ? `${short.slice(0, 57)}...` : short;
}
