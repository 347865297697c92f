/** The runner is run on test files that fail in every way, in a process outside this test run. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { selectTestFiles } from "./project-tests.ts";

const files: Readonly<Record<string, string>> = {
  "good.test.ts": `test("a", () => {}); test("b", { skip: "no data" }, () => {});
    test("c", async (t) => { await t.test("d", () => {}); });`,
  "bad.test.ts": `test("e", () => { throw new Error("the reason"); });
    test("f", async (t) => { await t.test("g", () => { throw new Error("the inner reason"); }); });`,
  "crash.test.ts": `test("h", () => {}); process.kill(process.pid, "SIGKILL");`,
  "early.test.ts": `test("i", () => { process.exit(0); });`,
  "empty.test.ts": "",
  "syntax.test.ts": "const = 1;",
  // These share a process, all but the last one for what it mentions.
  "packages/some/one.test.ts": `test("k", () => {}); test("l", { skip: "no data" }, () => {});`,
  "packages/some/two.test.ts": `test("m", () => { throw new Error("the second's reason"); });`,
  "packages/some/empty.test.ts": "",
  "packages/some/syntax.test.ts": "const = 1;",
  "packages/some/three.test.ts": `test("n", () => { process.env.N = "1"; });`,
};

test("run test files: every way to fail is counted and told", (context) => {
  const root = mkdtempSync(join(tmpdir(), "malleolus-test-run-"));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `import test from "node:test";\n${text}\n`);
  }
  const script = `
    import { runTestFiles } from ${JSON.stringify(join(import.meta.dirname, "run-test-files.ts"))};
    let report = "";
    const counts = await runTestFiles(
      ${JSON.stringify(root)}, ${JSON.stringify(Object.keys(files))}, undefined,
      (text) => { report += text; });
    console.log(JSON.stringify({ counts, report }));`;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const program = join(root, "program.mjs");
  writeFileSync(program, script);
  const output = execFileSync(process.execPath, [program], { encoding: "utf8", env });
  const { counts, report }: { counts: unknown; report: string } = JSON.parse(output);
  // Of good: a, c, d. Of bad: e, f and g. And the four files that sent no summary. Of those together k, n; m, and
  // the file without a test and the one that cannot be loaded.
  assert.deepEqual(counts, { passed: 5, failed: 10, skipped: 2 }, report);
  assert.match(report, /ok {5}good\.test\.ts {2}3 passed, 1 skipped/);
  assert.match(report, /FAILED e {2}bad\.test\.ts:2\n {6}Error: the reason/);
  assert.match(report, /FAILED g {2}bad\.test\.ts:3\n {6}Error: the inner reason/);
  assert.match(report, /FAILED crash\.test\.ts\n {6}its process failed/);
  assert.match(report, /FAILED early\.test\.ts\n {6}it ended without having run its tests/);
  assert.match(report, /FAILED empty\.test\.ts\n {6}it ended without having run its tests/);
  assert.match(report, /ERR_INVALID_TYPESCRIPT_SYNTAX/);
  assert.match(report, /skipped 2: no data/);
  assert.match(report, /FAILED packages\/some\/, 4 files {2}1 passed, 2 failed, 1 skipped/);
  assert.match(
    report,
    /FAILED m {2}packages\/some\/two\.test\.ts:2\n {6}Error: the second's reason/,
  );
  assert.match(report, /FAILED packages\/some\/empty\.test\.ts\n {6}it holds no test/);
  assert.match(
    report,
    /FAILED packages\/some\/syntax\.test\.ts\n {6}.*ERR_INVALID_TYPESCRIPT_SYNTAX/s,
  );
  assert.match(report, /ok {5}packages\/some\/three\.test\.ts {2}1 passed/);
});

test("run test files: a part is a package, or else words of a path", () => {
  const all = [
    "packages/data/src/a.test.ts",
    "packages/torch/src/data.test.ts",
    "test/arrows.test.ts",
  ];
  const cases: readonly (readonly [parts: string[], expected: number[]])[] = [
    [[], [0, 1, 2]],
    [["data"], [0]],
    [
      ["torch", "data"],
      [0, 1],
    ],
    [["arrows"], [2]],
    [["src/a.test"], [0]],
    [["checks"], []],
    [["absent"], []],
  ];
  for (const [parts, expected] of cases) {
    assert.deepEqual(
      selectTestFiles(all, parts),
      expected.map((index) => all[index]),
      parts.join(" "),
    );
  }
});
