import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { mutantsOf, mutated } from "./mutants.ts";
import { sampleMutants, selectFiles, tryMutants } from "./run-mutants.ts";
import { openTrialLog } from "./trial-log.ts";

/** Every text that one fault makes of it. */
function faultsOf(text: string): string[] {
  return mutantsOf("a.ts", text).map((mutant) => mutated(text, mutant));
}

test("mutantsOf: every operator, number, condition and call is changed, one at a time", () => {
  const cases: [text: string, faults: string[]][] = [
    ["a < b;", ["a <= b;", "a >= b;"]],
    ["a === b;", ["a !== b;"]],
    ["a - 2;", ["a + 2;", "a - 3;"]],
    ["x += y * z;", ["x -= y * z;", "x += y / z;"]],
    ["!done && more;", ["done && more;", "!done || more;"]],
    ["c ? a : b;", ["!(c) ? a : b;"]],
    ["if (c) go();", ["if (!(c)) go();"]],
    ["i++;", ["i--;"]],
    ["--i;", ["++i;"]],
    ["-a;", ["a;"]],
    ["f(true, 0.5);", ["f(false, 0.5);", "f(true, 0.75);"]],
    ["Math.min(a);", ["Math.max(a);"]],
    ["all.filter(f).map(g);", ["all.map(g);"]],
    ["a ?? b;", ["((a) && (b));"]],
    ["a ?? b ?? c;", ["((a) && (b)) ?? c;", "((a ?? b) && (c));"]],
    ["a + /* - */ b;", ["a - /* - */ b;"]],
  ];
  for (const [text, faults] of cases) assert.deepEqual(faultsOf(text), faults, text);
});

test("mutantsOf: types, imports, texts and errors are left alone", () => {
  const alone = [
    'import a from "a1";',
    "type A = 1 | 2;",
    "interface A { b: -1 | true }",
    "let a: 1 | 2;",
    "const a = b as 1;",
    'throw new Error("a" + 1);',
    'const a = new RangeError("a" + 1);',
    "`$" + "{a + 1}`;",
    'const a = "b";',
  ];
  for (const text of alone) assert.deepEqual(faultsOf(text), [], text);
  assert.throws(() => mutantsOf("a.ts", "const = 1;"), /a\.ts/);
});

function temporaryFolder(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-mutation-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return { folder, write };
}

test("tryMutants: what a test notices, what it does not, and what no test executes", async (context) => {
  const { write } = temporaryFolder(context);
  const source = write(
    "sum.ts",
    "export function sum(a: number, b: number) {\n  return a + b;\n}\n",
  );
  const lonely = write("lonely.ts", "export const one = 1;\n");
  const half = write(
    "half.ts",
    "export function half(a: number, exact: boolean) {\n  return exact ? a / 2 : a >> 1;\n}\n",
  );
  const good = write(
    "sum.test.ts",
    `import assert from "node:assert"; import { test } from "node:test"; import { sum } from "./sum.ts";
     test("sums", () => assert.equal(sum(1, 2), 3));`,
  );
  const blind = write(
    "blind.test.ts",
    `import { test } from "node:test"; import { sum } from "./sum.ts"; test("runs", () => { sum(1, 2); });`,
  );
  const exact = write(
    "exact.test.ts",
    `import assert from "node:assert"; import { test } from "node:test"; import { half } from "./half.ts";
     test("halves", () => assert.equal(half(3, true), 1.5));`,
  );
  const failing = write(
    "failing.test.ts",
    `import "./sum.ts"; import { test } from "node:test"; test("fails", () => { throw new Error("as it is"); });`,
  );
  const outcomes = async (files: string[], tests: string[]) =>
    (await tryMutants(sampleMutants(files, 1, 0), tests, () => {})).map(({ outcome }) => outcome);
  assert.deepEqual(await outcomes([source], [good]), ["killed"]);
  assert.deepEqual(await outcomes([source], [blind]), ["survived"]);
  assert.deepEqual(await outcomes([source], [blind, good]), ["killed"]);
  assert.deepEqual(await outcomes([lonely], [good]), ["no test"]);
  // The condition and a / 2 are executed, a >> 1 is not, whatever the exact test says of it.
  assert.deepEqual((await outcomes([half], [exact])).toSorted(), [
    "killed",
    "killed",
    "killed",
    "no test",
    "no test",
  ]);
  await assert.rejects(
    outcomes([source], [failing]),
    /failing\.test\.ts: it fails without a fault/,
  );
});

test("tryMutants: with the first test that fails the others need not end", async (context) => {
  const { folder, write } = temporaryFolder(context);
  const source = write("one.ts", "export const one = () => 1;\n");
  const late = join(folder, "late");
  const tests = write(
    "one.test.ts",
    `import assert from "node:assert"; import { test } from "node:test"; import { writeFileSync } from "node:fs";
     import { setTimeout } from "node:timers/promises"; import { one } from "./one.ts";
     test("is one", () => assert.equal(one(), 1));
     test("takes long where it is not", async () => {
       if (one() === 1) return;
       await setTimeout(500);
       writeFileSync(${JSON.stringify(late)}, "");
     });`,
  );
  const tried = await tryMutants(sampleMutants([source], 1, 0), [tests], () => {});
  assert.deepEqual(
    tried.map(({ outcome }) => outcome),
    ["killed"],
  );
  assert.ok(!existsSync(late));
});

test("tryMutants: a test that fails leaves no folder and no process", async (context) => {
  const { folder, write } = temporaryFolder(context);
  const source = write("one.ts", "export const one = () => 1;\n");
  const [alive, made, late] = ["alive", "made", "late"].map((name) => join(folder, name));
  // It lives until it is ended, or says that it was not.
  const child = write(
    "child.ts",
    `import { writeFileSync } from "node:fs"; import { connect } from "node:net";
     connect(${JSON.stringify(alive)}, () => console.log("here"));
     setTimeout(() => { writeFileSync(${JSON.stringify(late)}, ""); process.exit(); }, 10_000);`,
  );
  const tests = write(
    "one.test.ts",
    `import assert from "node:assert"; import { spawn } from "node:child_process"; import { once } from "node:events";
     import { mkdtempSync, writeFileSync } from "node:fs"; import { tmpdir } from "node:os"; import { join } from "node:path";
     import { test } from "node:test"; import { one } from "./one.ts";
     test("is one", async () => {
       if (one() === 1) return;
       writeFileSync(${JSON.stringify(made)}, mkdtempSync(join(tmpdir(), "left-")));
       await once(spawn(process.execPath, [${JSON.stringify(child)}]).stdout, "data");
       assert.fail();
     });`,
  );
  const server = createServer().listen(alive);
  context.after(() => server.close());
  const ended = once(server, "connection").then(([socket]) => once(socket.resume(), "close"));
  await tryMutants(sampleMutants([source], 1, 0).slice(0, 1), [tests], () => {});
  await ended;
  assert.ok(!existsSync(late));
  assert.ok(!existsSync(readFileSync(made, "utf8")));
});

test("sampleMutants: of all files' faults every n-th, beginning with the one that is named", (context) => {
  const { write } = temporaryFolder(context);
  const files = [write("a.ts", "a - 1;\n"), write("b.ts", "b + 2;\nc + 3;\n")];
  const sampled = (everyNth: number, from: number) =>
    sampleMutants(files, everyNth, from).map(({ text, mutant }) => mutated(text, mutant));
  const all = ["a + 1;\n", "a - 2;\n", "b - 2;\nc + 3;\n", "b + 3;\nc + 3;\n"];
  assert.deepEqual(sampled(1, 0).slice(0, 4), all);
  assert.deepEqual(sampled(2, 0).slice(0, 2), [all[0], all[2]]);
  assert.deepEqual(sampled(2, 1), [all[1], all[3], "b + 2;\nc + 4;\n"]);
  assert.deepEqual(sampled(4, 5), ["b + 2;\nc + 4;\n"]);
  assert.deepEqual(sampled(1, 6), []);
});

test("openTrialLog: what was tried is known as long as its file is as it was", (context) => {
  const { folder, write } = temporaryFolder(context);
  const path = join(folder, "log");
  const source = write("a.ts", "a - 1;\n");
  const [minus, one] = sampleMutants([source], 1, 0);
  const log = openTrialLog(path, folder, false);
  assert.deepEqual([log.outcomeOf(minus), log.outcomeOf(one)], [null, null]);
  log.add({ ...minus, outcome: "survived" });
  log.add({ ...one, outcome: "killed" });
  // As a process leaves it that is ended while it writes.
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -4));
  const again = openTrialLog(path, folder, false);
  assert.deepEqual([again.outcomeOf(minus), again.outcomeOf(one)], ["survived", null]);
  again.add({ ...one, outcome: "no test" });
  assert.equal(openTrialLog(path, folder, false).outcomeOf(one), "no test");
  // Fewer tests were not asked.
  assert.equal(openTrialLog(path, folder, true).outcomeOf(one), null);
  write("a.ts", "a - 1;\n\n");
  const [changed] = sampleMutants([source], 1, 0);
  assert.equal(openTrialLog(path, folder, false).outcomeOf(changed), null);
});

test("openTrialLog: what timed out is tried again, and a line that is none of a log's is passed over", (context) => {
  const { folder, write } = temporaryFolder(context);
  const path = write("log", 'null\n5\n["a"]\n["a","passed"]\n{"a":"killed"}\n');
  const [one, two] = sampleMutants([write("a.ts", "a - 1;\n")], 1, 0);
  const log = openTrialLog(path, folder, false);
  log.add({ ...one, outcome: "timed out" });
  log.add({ ...two, outcome: "killed" });
  const again = openTrialLog(path, folder, false);
  assert.deepEqual([again.outcomeOf(one), again.outcomeOf(two)], [null, "killed"]);
});

test("selectFiles: sources of a package or a path, and the tests of their packages or folders", () => {
  const root = join(import.meta.dirname, "../..");
  const named = (parts: string[], beside: boolean) => {
    const { sources, tests } = selectFiles(root, parts, beside);
    const short = (paths: string[]) => paths.map((path) => path.slice(root.length + 1));
    return { sources: short(sources), tests: short(tests) };
  };
  const reading = named(["studies/src/reading"], true);
  assert.ok(reading.sources.includes("packages/studies/src/reading/verdict.ts"));
  assert.ok(reading.sources.every((path) => path.startsWith("packages/studies/src/reading/")));
  assert.ok(reading.tests.includes("packages/studies/src/reading/reading.test.ts"));
  assert.ok(reading.tests.every((path) => path.startsWith("packages/studies/src/reading/")));
  const all = named(["studies/src/reading"], false);
  assert.deepEqual(all.sources, reading.sources);
  assert.ok(all.tests.includes("packages/studies/src/study.test.ts"));
  assert.ok(all.tests.every((path) => path.startsWith("packages/studies/")));
  const geometry = named(["geometry"], false).sources;
  assert.ok(geometry.includes("packages/geometry/src/box.ts"));
  assert.ok(!geometry.some((path) => /\.test\.ts$|\/index\.ts$|\/test-/.test(path)));
});
