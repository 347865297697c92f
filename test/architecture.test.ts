/** The rules of ARCHITECTURE.md hold for this repository, and each rule is seen to catch its fault. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import test from "node:test";
import { arrows, checkArchitecture, readSourceTree } from "./architecture.ts";
import { readSourceFacts } from "./source-facts.ts";

const root = join(import.meta.dirname, "..");

test("architecture: this repository keeps every rule", () => {
  const tree = readSourceTree(root);
  assert.ok(tree.size > 20, `only ${tree.size} files were found`);
  assert.deepEqual(checkArchitecture(tree), []);
});

test("architecture: ARCHITECTURE.md shows the table that is enforced", () => {
  const document = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const rows = [...document.matchAll(/^\| `([a-z]+)` \| ([^|]*) \|/gm)].map(([, owner, names]) => [
    owner,
    [...(names ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(),
  ]);
  const expected = Object.entries(arrows).map(([owner, names]) => [owner, [...names].sort()]);
  assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(expected));
});

test("architecture: the files that ARCHITECTURE.md names are there", () => {
  const document = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const named = [...document.matchAll(/`([a-z]+\/src\/[\w/.-]+\.ts)`/g)].map(([, path]) => path);
  assert.ok(named.length > 20, named.join(", "));
  assert.deepEqual(
    named.filter((path) => !existsSync(join(root, "packages", path ?? ""))),
    [],
  );
});

test("architecture: every package says in a README what it is, where to enter, and what is absent", () => {
  const silent = globSync("packages/*/package.json", { cwd: root }).flatMap((manifest) => {
    const path = posix.join(posix.dirname(manifest), "README.md");
    const text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
    return /Enter (at|by)/.test(text) && /Deliberately absent/.test(text) ? [] : [path];
  });
  assert.deepEqual(silent, []);
});

test("architecture: no package may import cli or web; training and server stay apart", () => {
  for (const [owner, names] of Object.entries(arrows)) {
    assert.ok(!names.includes("web"), owner);
    assert.ok(!names.includes("cli") || owner === "bench" || owner === "experiments", owner);
    assert.ok(!names.includes("bench") || owner === "experiments", owner);
    assert.ok(!names.includes("experiments"), owner);
  }
  assert.ok(!arrows.training?.includes("server"));
  assert.ok(!arrows.server?.includes("training"));
});

// Serving looks for a detector among a run's files, which are `runs`' business.
test("architecture: what predicts, evaluates and calibrates never comes to training", () => {
  const tree = readSourceTree(root);
  for (const command of ["predict", "evaluate", "calibrate", "runs"]) {
    const waiting = [`packages/cli/src/commands/${command}.ts`];
    const seen = new Set(waiting);
    for (const path of waiting) {
      const text = tree.get(path);
      assert.ok(text !== undefined, path);
      for (const { specifier } of readSourceFacts(path, text).imports) {
        assert.ok(!specifier?.startsWith("@malleolus/training"), `${command} by way of ${path}`);
        if (!specifier?.startsWith(".") || !specifier.endsWith(".ts")) continue;
        const target = posix.join(posix.dirname(path), specifier);
        if (!seen.has(target)) waiting.push(target);
        seen.add(target);
      }
    }
    assert.ok(seen.size > 3, command);
  }
});

test("architecture: the table itself has no circle", () => {
  const reach = (owner: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(owner), [...trail, owner].join(" -> "));
    for (const name of arrows[owner] ?? []) reach(name, [...trail, owner]);
  };
  for (const owner of Object.keys(arrows)) reach(owner, []);
});

test("architecture: package-lock.json holds no download addresses", () => {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  assert.deepEqual(lock.match(/"resolved": *"https?:[^"]*"/g) ?? [], []);
});

// An entry is left out where a registry does not have a platform's package; `npm ci` then refuses.
test("architecture: package-lock.json knows every platform's packages", () => {
  const lock: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } =
    JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const names = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ""));
  const wanted = Object.values(lock.packages).flatMap(({ optionalDependencies }) =>
    Object.keys(optionalDependencies ?? {}),
  );
  assert.deepEqual(
    wanted.filter((name) => !names.includes(name)),
    [],
  );
});

/** A tree with one fault, and a part of the line that must name it; undefined for no fault. */
interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly finding: string | undefined;
}

const manifest = (...names: string[]) =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) });

const cases: readonly Case[] = [
  {
    name: "an arrow of the table",
    files: {
      "packages/schema/package.json": manifest("@malleolus/geometry"),
      "packages/schema/src/a.ts": 'import { boxIou } from "@malleolus/geometry";\nboxIou();\n',
    },
    finding: undefined,
  },
  {
    name: "a forbidden arrow",
    files: {
      "packages/geometry/src/a.ts": '\nimport { call } from "@malleolus/torch";\ncall();\n',
    },
    finding: "packages/geometry/src/a.ts:2: geometry must not import torch",
  },
  {
    name: "a forbidden arrow of types only",
    files: { "packages/geometry/src/a.ts": 'import type { Tensor } from "@malleolus/torch";\n' },
    finding: "geometry must not import torch",
  },
  {
    name: "a forbidden arrow in a type's import()",
    files: { "packages/data/src/a.ts": 'export type T = import("@malleolus/torch").Tensor;\n' },
    finding: "data must not import torch",
  },
  {
    name: "a forbidden arrow that loads late",
    files: { "packages/data/src/a.ts": 'await import("@malleolus/torch");\n' },
    finding: "data must not import torch",
  },
  {
    name: "a forbidden arrow in a re-export",
    files: { "packages/geometry/src/index.ts": 'export { a } from "@malleolus/schema";\n' },
    finding: "geometry must not import schema",
  },
  {
    name: "a forbidden arrow into a subpath",
    files: { "packages/data/src/a.ts": 'import "@malleolus/torch/nn";\n' },
    finding: "data must not import torch",
  },
  {
    name: "training that imports server",
    files: { "packages/training/src/a.ts": 'import "@malleolus/server";\n' },
    finding: "training must not import server",
  },
  {
    name: "server that imports training",
    files: { "packages/server/src/a.ts": 'import "@malleolus/training";\n' },
    finding: "server must not import training",
  },
  {
    name: "a package that imports cli",
    files: { "packages/training/src/a.ts": 'import "@malleolus/cli";\n' },
    finding: "training must not import cli",
  },
  {
    name: "Node in a package that runs anywhere",
    files: {
      "packages/geometry/src/a.ts":
        'import { existsSync, globSync, readFileSync } from "node:fs";\nreadFileSync("a");\n',
    },
    finding: "packages/geometry/src/a.ts:1: geometry must not import node:fs: it runs in a browser",
  },
  {
    name: "Node without its prefix, and of types only, in schema",
    files: {
      "packages/schema/src/a.ts": 'import type { Stats } from "fs";\nexport type A = Stats;\n',
    },
    finding: "schema must not import node:fs",
  },
  {
    name: "Node in a test of a package that runs anywhere",
    files: {
      "packages/geometry/src/a.test.ts": 'import test from "node:test";\ntest("a", () => {});\n',
    },
    finding: undefined,
  },
  {
    name: "a page that imports a package of Node's",
    files: {
      "packages/web/package.json": manifest("@malleolus/data"),
      "packages/web/src/a.ts": 'import "@malleolus/data";\n',
    },
    finding: "packages/web/src/a.ts:1: web must not import @malleolus/data: it runs in a browser",
  },
  {
    name: "a page that imports the part of it that runs anywhere",
    files: {
      "packages/web/package.json": manifest("@malleolus/data"),
      "packages/web/src/a.ts": 'import "@malleolus/data/browser";\n',
      "packages/data/src/browser.ts": 'export { a } from "./a.ts";\n',
      "packages/data/src/a.ts": 'import type { B } from "./b.ts";\nexport const a: B = 1;\n',
      "packages/data/src/b.ts": "export type B = number;\nBuffer.alloc(1);\n",
    },
    finding: undefined,
  },
  {
    name: "Node in a file that such a part reaches",
    files: {
      "packages/data/src/browser.ts": 'export { a } from "./a.ts";\n',
      "packages/data/src/a.ts": 'import { inflateSync } from "node:zlib";\ninflateSync("a");\n',
    },
    finding: "packages/data/src/a.ts:1: must not import node:zlib: it runs in a browser, too",
  },
  {
    name: "Node's Buffer in a file that such a part reaches",
    files: {
      "packages/data/src/browser.ts": 'export { a } from "./a.ts";\n',
      "packages/data/src/a.ts": "\nexport const a = Buffer.alloc(1);\n",
    },
    finding: "packages/data/src/a.ts:2: Buffer: it runs in a browser, too",
  },
  {
    name: "a benchmark that takes packages by name, and arguments",
    files: {
      "package.json": manifest(),
      "bench/a.ts": 'import "@malleolus/torch";\nimport "./b.ts";\nprocess.argv;\n',
      "bench/b.ts": 'import "@malleolus/cli/demo";\n',
    },
    finding: undefined,
  },
  {
    name: "a benchmark that reaches into a package",
    files: { "bench/a.ts": 'import "../packages/data/src/radiograph.ts";\n' },
    finding:
      'bench/a.ts:1: "../packages/data/src/radiograph.ts" leaves the package; import @malleolus/data',
  },
  {
    name: "an experiment that takes a benchmark's file, and arguments",
    files: {
      "experiments/a.ts": 'import "../bench/b.ts";\nprocess.argv;\n',
      "bench/b.ts": 'import "@malleolus/cli/demo";\n',
    },
    finding: undefined,
  },
  {
    name: "an experiment that reaches into a package",
    files: { "experiments/a.ts": 'import "../packages/data/src/radiograph.ts";\n' },
    finding:
      'experiments/a.ts:1: "../packages/data/src/radiograph.ts" leaves the package; import @malleolus/data',
  },
  {
    name: "a benchmark that imports an experiment",
    files: { "bench/a.ts": 'import "../experiments/b.ts";\n' },
    finding: "leaves the package",
  },
  {
    name: "a benchmark against the table",
    files: { "bench/a.ts": 'import "@malleolus/web";\n' },
    finding: "bench/a.ts:1: bench must not import web",
  },
  {
    name: "a benchmark with a dependency that is not listed",
    files: { "package.json": manifest("sharp"), "bench/a.ts": 'import "fast-png";\n' },
    finding: "bench/a.ts:1: package.json does not list fast-png",
  },
  {
    name: "a package that imports a benchmark",
    files: { "packages/data/src/a.ts": 'import "../../../bench/measure.ts";\n' },
    finding: "leaves the package",
  },
  {
    name: "a package that the table does not know",
    files: { "packages/extras/src/a.ts": "export const a = 1;\n" },
    finding: "no row for extras",
  },
  {
    name: "an import whose module is computed",
    files: { "packages/data/src/a.ts": "const name = 'x';\nawait import(name);\n" },
    finding: "a.ts:2: an import must name its module",
  },
  {
    name: "a relative import that leaves the package",
    files: { "packages/data/src/a.ts": 'import "../../torch/src/native.ts";\n' },
    finding: "leaves the package; import @malleolus/torch",
  },
  {
    name: "a package that imports itself by name",
    files: { "packages/data/src/a.ts": 'import "@malleolus/data";\n' },
    finding: "relative paths",
  },
  {
    name: "a circle of three files",
    files: {
      "packages/data/src/a.ts": 'import "./b.ts";\n',
      "packages/data/src/b.ts": 'export * from "./in/c.ts";\n',
      "packages/data/src/in/c.ts": 'export const later = () => import("../a.ts");\n',
    },
    finding:
      "import cycle: packages/data/src/a.ts -> packages/data/src/b.ts -> packages/data/src/in/c.ts",
  },
  {
    name: "a circle of types only",
    files: {
      "packages/data/src/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;\n',
      "packages/data/src/b.ts": 'export type { A as B } from "./a.ts";\n',
    },
    finding: undefined,
  },
  {
    name: "a folder with a vague name",
    files: { "packages/data/src/utils/a.ts": "export const a = 1;\n" },
    finding: "a folder called utils says nothing",
  },
  {
    name: "an index that does not name what it re-exports",
    files: { "packages/data/src/index.ts": 'export * from "./a.ts";\n' },
    finding: "index.ts names what it re-exports",
  },
  {
    name: "an index that re-exports a namespace, and what a program wrote",
    files: {
      "packages/data/src/index.ts":
        'export * as a from "./a.ts";\nexport * from "./b.generated.ts";\n',
    },
    finding: undefined,
  },
  {
    name: "an index.ts that does something",
    files: { "packages/data/src/index.ts": 'export { a } from "./a.ts";\nexport const b = 1;\n' },
    finding: "index.ts:2: ExportNamedDeclaration: index.ts re-exports",
  },
  {
    name: "an index.ts that re-exports",
    files: { "packages/data/src/index.ts": '// Boxes.\nexport { a } from "./a.ts";\n' },
    finding: undefined,
  },
  {
    name: "a second loader of native code",
    files: { "packages/data/src/a.ts": 'process.dlopen({ exports: {} }, "x.so");\n' },
    finding: "process.dlopen: only packages/torch/src/native.ts loads native code",
  },
  {
    name: "a path to an addon",
    files: { "packages/torch/src/a.ts": 'export const path = "build/malleolus_torch.node";\n' },
    finding: "only packages/torch/src/native.ts loads native code",
  },
  {
    name: "the loader of native code, which reads the launcher's variable",
    files: {
      "packages/torch/src/native.ts":
        'export const path = process.env.MALLEOLUS_ADDON ?? "malleolus_torch.node";\n',
    },
    finding: undefined,
  },
  {
    name: "arguments read outside cli",
    files: { "packages/data/src/a.ts": "export const first = process.argv[2];\n" },
    finding: "process.argv: only cli reads the arguments and the environment",
  },
  {
    name: "the environment read outside cli",
    files: {
      "packages/training/src/a.ts": 'export const seed = globalThis.process["env"].SEED;\n',
    },
    finding: "process.env: only cli reads",
  },
  {
    name: "the environment taken from process by its parts",
    files: { "packages/data/src/a.ts": "const { env } = process;\nexport const a = env.A;\n" },
    finding: "only cli reads the arguments and the environment",
  },
  {
    name: "the environment imported",
    files: { "packages/data/src/a.ts": 'import { env } from "node:process";\nenv.A;\n' },
    finding: "env of node:process: only cli reads",
  },
  {
    name: "the environment read in cli, in a test and in what only tests import",
    files: {
      "packages/data/src/test-data.ts": "export const path = process.env.MALLEOLUS_DATA;\n",
      "packages/cli/src/a.ts": "export const first = process.argv[2];\n",
      "packages/data/src/a.test.ts": "export const path = process.env.PATH;\n",
    },
    finding: undefined,
  },
  {
    name: "a file for tests that other code imports",
    files: {
      "packages/data/src/test-data.ts": "export const a = 1;\n",
      "packages/data/src/a.ts": 'import "./test-data.ts";\n',
    },
    finding: "packages/data/src/a.ts:1: only tests import ./test-data.ts",
  },
  {
    name: "DICOM parsed outside data",
    files: { "packages/networks/src/a.ts": 'import "dicom-parser";\n' },
    finding: "networks must not import dicom-parser: only data parses DICOM",
  },
  {
    name: "a DICOM codec outside data",
    files: { "packages/cli/src/a.ts": 'import "@cornerstonejs/codec-openjpeg/decode";\n' },
    finding: "only data parses DICOM",
  },
  {
    name: "SQL outside studies",
    files: { "packages/data/src/a.ts": 'import { DatabaseSync } from "node:sqlite";\n' },
    finding: "data must not import node:sqlite: only studies speaks SQL",
  },
  {
    name: "an HTTP server outside server",
    files: { "packages/studies/src/a.ts": 'import { createServer } from "http";\n' },
    finding: "studies must not import node:http: only server speaks HTTP",
  },
  {
    name: "an HTTP request outside server",
    files: { "packages/data/src/a.ts": 'await fetch("weights");\n' },
    finding: "fetch: only server and pacs speak HTTP",
  },
  {
    name: "a command line outside cli",
    files: { "packages/training/src/a.ts": 'import { Command } from "commander";\n' },
    finding: "only cli talks to a terminal",
  },
  {
    name: "a dependency that the package does not list",
    files: {
      "packages/data/package.json": manifest("sharp"),
      "packages/data/src/a.ts": 'import "sharp";\nimport "fast-png";\n',
    },
    finding: "packages/data/package.json does not list fast-png",
  },
  {
    name: "a listed dependency against the table",
    files: { "packages/geometry/package.json": manifest("@malleolus/schema") },
    finding: "packages/geometry/package.json: geometry must not depend on schema",
  },
  {
    name: "a dependency that is not pinned",
    files: { "packages/data/package.json": '{ "dependencies": { "sharp": "^0.35.0" } }' },
    finding: "sharp must be pinned to one version, not ^0.35.0",
  },
  {
    name: "a long file without a reason",
    files: { "packages/data/src/a.ts": "/** Tags. */\n".concat("export {};\n".repeat(400)) },
    finding: "packages/data/src/a.ts: 401 lines",
  },
  {
    name: "a long file with a reason",
    files: {
      "packages/data/src/a.ts": "/** Tags. Long because it is a table. */\n".concat(
        "export {};\n".repeat(400),
      ),
    },
    finding: undefined,
  },
];

for (const { name, files, finding } of cases) {
  test(`architecture: ${name} is ${finding === undefined ? "allowed" : "found"}`, () => {
    const findings = checkArchitecture(new Map(Object.entries(files)));
    if (finding === undefined) {
      assert.deepEqual(findings, []);
    } else {
      assert.equal(findings.length, 1, findings.join("\n") || "nothing was found");
      assert.ok(findings[0]?.includes(finding), `"${findings[0]}" does not contain "${finding}"`);
    }
  });
}

test("architecture: words in comments and strings are no imports", () => {
  const text =
    '// import "@malleolus/torch"; process.env\nexport const a = "process.env fetch(1)";\n';
  assert.deepEqual(checkArchitecture(new Map([["packages/data/src/a.ts", text]])), []);
});

test("architecture: a file that is not TypeScript is named", () => {
  const tree = new Map([["packages/data/src/a.ts", "const = 1;\n"]]);
  assert.throws(() => checkArchitecture(tree), /packages\/data\/src\/a\.ts/);
});
