/**
 * The launcher's decisions: what it fetches, installs and builds, when, and what it says.
 *
 * It runs for real, in a folder with spaces in its name, on a PATH that holds the system's basic
 * tools and stand-ins for the programs outside this project (npm, cmake, apt-get, the compiler),
 * which note how they were called. That the real ones do their part is seen whenever these tests
 * run at all: the launcher has started them.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type TestContext } from "node:test";

const basicTools =
  "sh dirname readlink sed grep head tail cat mkdir rm mv sha256sum cut sort find stat paste nproc uname flock tar id env sleep touch cp";

const programs = {
  npm: `echo "npm $1" >>"$CALLS"
case $1 in
  ci) rm -rf node_modules; mkdir -p node_modules/node-api-headers/include; touch node_modules/node-api-headers/include/node_api.h; mkdir -p node_modules/vite/bin; cp "$TREE/bin/vite.js" node_modules/vite/bin/vite.js ;;
  pack) echo "not Node" >"$(echo "$3" | sed 's/@/-/').tgz" ;;
esac`,
  cmake: `echo "cmake $*" >>"$CALLS"
[ "$1" = --build ] || exit 0
[ ! -e "$CALLS.fail" ] || { echo "nms.cc:3: error: expected ';'"; exit 1; }
sleep 0.2
touch "$2/malleolus_torch.node"`,
  "c++": "",
  make: "",
  sudo: 'exec "$@"',
  oldnode: 'case $1 in --version) echo v20.1.0 ;; *) exec "$NODE" "$@" ;; esac',
  "apt-get": `case "$*" in
  *--assume-no*) echo "Need to get 1,234 kB of archives."; echo "After this operation, 5,678 kB of additional disk space will be used." ;;
  *--simulate*) [ -e "$CALLS.updated" ] ;;
  update) echo "apt-get update" >>"$CALLS"; touch "$CALLS.updated" ;;
  *install*) echo "apt-get install \${*##*300 }" >>"$CALLS"; mv "$TREE/bin/later-cmake" "$TREE/bin/cmake" ;;
esac`,
} as const;

// Vite, as far as the launcher looks at it: it notes its call and writes a page, or says what is wrong.
const vite = `
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require("node:fs");
appendFileSync(process.env.CALLS, "vite " + process.argv[2] + "\\n");
if (existsSync(process.env.CALLS + ".fail")) {
  console.error("main.tsx:3: Error: Unexpected token");
  process.exit(1);
}
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", "");
`;

// What the launcher starts in the end: it says what it was given.
const mainProgram = `
console.log(JSON.stringify({
  pid: process.pid, cwd: process.cwd(), args: process.argv.slice(2),
  addon: process.env.MALLEOLUS_ADDON, libtorch: process.env.MALLEOLUS_LIBTORCH,
  tunables: process.env.GLIBC_TUNABLES, cache: process.env.NODE_COMPILE_CACHE,
  telemetry: process.env.ORT_DISABLE_TELEMETRY,
}));
process.exitCode = process.argv[2] === "fail" ? 7 : 0;
`;

interface Result {
  readonly code: number | null;
  readonly pid: number | undefined;
  readonly said: string;
  /** What mainProgram printed, where it was reached. */
  readonly started: Record<string, unknown> | undefined;
}

/** A copy of the launcher in a small repository of its own. */
class Tree {
  readonly outside = mkdtempSync(join(tmpdir(), "malleolus launcher "));
  readonly root = join(this.outside, "a clone");
  readonly bin = join(this.root, "bin");
  readonly callsFile = join(this.outside, "calls");

  constructor(context: TestContext) {
    context.after(() => rmSync(this.outside, { recursive: true }));
    this.write("package-lock.json", "{}");
    this.write("packages/torch/native/nms.cc", "int a;");
    this.write("packages/cli/src/main.ts", mainProgram);
    this.write("packages/web/src/main.tsx", "");
    for (const name of ["schema", "geometry", "imaging"])
      this.write(`packages/${name}/src/index.ts`, "");
    this.write("bin/vite.js", vite);
    cpSync(join(import.meta.dirname, "../malleolus"), join(this.root, "malleolus"));
    for (const name of basicTools.split(" ")) {
      symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(this.bin, name));
    }
    symlinkSync(process.execPath, join(this.bin, "node"));
    for (const name of ["npm", "cmake", "c++", "make"] as const) this.addProgram(name);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  addProgram(program: keyof typeof programs, name: string = program): void {
    rmSync(join(this.bin, name), { force: true });
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${programs[program]}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  removeProgram(name: string): void {
    rmSync(join(this.bin, name));
  }

  /** A LibTorch of some version, as far as the launcher looks at it. */
  addLibTorch(name: string, [major, minor, patch]: readonly number[]): string {
    this.write(`${name}/lib/libtorch_cpu.so`, "");
    this.write(
      `${name}/include/torch/csrc/api/include/torch/version.h`,
      `#define TORCH_VERSION_MAJOR ${major}\n#define TORCH_VERSION_MINOR ${minor}\n#define TORCH_VERSION_PATCH ${patch}\n`,
    );
    return join(this.root, name);
  }

  /** What the stand-ins were asked for since the last time this was called. */
  calls(): string[] {
    const lines = existsSync(this.callsFile)
      ? readFileSync(this.callsFile, "utf8").split("\n")
      : [];
    rmSync(this.callsFile, { force: true });
    return lines.filter((line) => line !== "").map((line) => line.split(" ", 2).join(" "));
  }

  run(
    args: readonly string[],
    { libtorch = "", launcher = join(this.root, "malleolus"), cwd = this.outside } = {},
  ): Promise<Result> {
    const child = spawn(launcher, args, {
      cwd,
      env: {
        PATH: this.bin,
        CALLS: this.callsFile,
        NODE: process.execPath,
        TREE: this.root,
        LIBTORCH: libtorch,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, said] = ["", ""];
    child.stdout.on("data", (data) => {
      out += String(data);
    });
    child.stderr.on("data", (data) => {
      said += String(data);
    });
    return new Promise((resolve) => {
      child.on("close", (code) => {
        const started = out === "" ? undefined : JSON.parse(out);
        resolve({ code, pid: child.pid, said, started });
      });
    });
  }
}

test("launcher: without Node or npm it names the distribution's packages", async (context) => {
  const tree = new Tree(context);
  tree.removeProgram("npm");
  const withoutNpm = await tree.run(["inspect"]);
  assert.equal(withoutNpm.code, 1);
  assert.match(
    withoutNpm.said,
    /^malleolus: npm is not on this machine.*Install it: .*(nodejs|Node)/,
  );

  tree.removeProgram("node");
  const withoutNode = await tree.run(["inspect"]);
  assert.equal(withoutNode.code, 1);
  assert.match(withoutNode.said, /^malleolus: node is not on this machine.*Install it: .*npm/);
});

test("launcher: a Node from npm that is not the expected file is refused", async (context) => {
  const tree = new Tree(context);
  tree.addProgram("oldnode", "node");
  const { code, said } = await tree.run(["inspect"]);
  assert.equal(code, 1);
  assert.match(said, /is not the expected file: expected sha512-\S+, got sha512-/);
  assert.deepEqual(tree.calls(), ["npm pack"]);
  const left = readdirSync(join(tree.root, ".tools")).sort();
  assert.deepEqual(left, ["lock", "logs"]);
});

test("launcher: a Node from npm gets an npm of its own, which is checked too", async (context) => {
  const tree = new Tree(context);
  tree.addProgram("oldnode", "node");
  mkdirSync(join(tree.root, ".tools/node-24.21.0/bin"), { recursive: true });
  symlinkSync(process.execPath, join(tree.root, ".tools/node-24.21.0/bin/node"));
  const { code, said } = await tree.run(["inspect"]);
  assert.equal(code, 1);
  assert.match(said, /npm@\S+ is not the expected file/);
  assert.deepEqual(tree.calls(), ["npm pack"]);
});

test("launcher: the first call sets up, the second does nothing twice", async (context) => {
  const tree = new Tree(context);
  const libtorch = tree.addLibTorch("libtorch", [2, 1, 0]);
  const first = await tree.run(["--yes", "train", "--out", "a b"], { libtorch });
  assert.equal(first.code, 0, first.said);
  assert.deepEqual(tree.calls(), ["npm ci", "cmake -S", "cmake --build"]);
  assert.deepEqual(first.started?.args, ["train", "--out", "a b"]);
  assert.equal(first.started?.cwd, tree.outside);
  assert.equal(first.started?.pid, first.pid, "signals must reach the program itself");
  assert.equal(first.started?.libtorch, `2.1.0 (${libtorch})`);
  assert.equal(first.started?.tunables, "glibc.malloc.hugetlb=1");
  assert.ok(existsSync(String(first.started?.addon)));

  const second = await tree.run(["train", "--yes"], { libtorch });
  assert.deepEqual(second.started, { ...first.started, pid: second.pid, args: ["train"] });
  assert.equal(second.said, "");
  assert.deepEqual(tree.calls(), []);
});

test("launcher: it works through a chain of links, and hands on the exit code", async (context) => {
  const tree = new Tree(context);
  symlinkSync("a clone/malleolus", join(tree.outside, "one"));
  mkdirSync(join(tree.outside, "more links"));
  symlinkSync("../one", join(tree.outside, "more links/two"));
  const result = await tree.run(["fail"], { launcher: join(tree.outside, "more links/two") });
  assert.equal(result.code, 7);
  assert.deepEqual(result.started?.args, ["fail"]);
});

test("launcher: commands without tensors need no LibTorch", async (context) => {
  const tree = new Tree(context);
  const kept = ["report", "--predictions", "kept.jsonl"];
  for (const args of [[], ["--version"], ["inspect", "train"], ["train", "--help"], kept]) {
    const result = await tree.run(args, { libtorch: "/nowhere" });
    assert.equal(result.code, 0, result.said);
    assert.equal(result.started?.addon, undefined);
  }
});

test("launcher: an addon that was packed is used, and no LibTorch is looked for", async (context) => {
  const tree = new Tree(context);
  tree.write("packages/torch/packed/malleolus_torch.node", "");
  const result = await tree.run(["train"], { libtorch: "/nowhere" });
  assert.equal(result.code, 0, result.said);
  const packed = join(tree.root, "packages/torch/packed/malleolus_torch.node");
  assert.equal(result.started?.addon, packed);
  // ONNX Runtime sends nothing to its makers.
  assert.equal(result.started?.telemetry, "1");
});

test("launcher: a LIBTORCH that does not serve is explained", async (context) => {
  const tree = new Tree(context);
  const cases = [
    { libtorch: "/nowhere", expected: /LIBTORCH=\/nowhere: no lib\/libtorch_cpu\.so/ },
    { libtorch: tree.addLibTorch("old", [1, 12, 1]), expected: /LibTorch 1\.12\.1 .* is too old/ },
  ];
  for (const { libtorch, expected } of cases) {
    const result = await tree.run(["train"], { libtorch });
    assert.equal(result.code, 1);
    assert.match(result.said, expected);
    assert.equal(result.started, undefined);
  }
});

test("launcher: a changed source, LibTorch or lock is noticed, and nothing else", async (context) => {
  const tree = new Tree(context);
  const libtorch = tree.addLibTorch("libtorch", [1, 13, 1]);
  const other = tree.addLibTorch("other", [2, 9, 0]);
  const build = ["cmake -S", "cmake --build"];
  const check = async (what: string, directory: string, expected: readonly string[]) => {
    const result = await tree.run(["predict"], { libtorch: directory });
    assert.equal(result.code, 0, result.said);
    assert.deepEqual(tree.calls(), expected, what);
    return result.started?.addon;
  };
  const addon = await check("the first call", libtorch, ["npm ci", ...build]);
  tree.write("packages/torch/native/nms.cc", "int b;");
  assert.equal(await check("a changed source", libtorch, build), addon);
  tree.write("packages/torch/native/roi_align.h", "");
  assert.equal(await check("a new source", libtorch, build), addon);
  assert.notEqual(await check("another LibTorch", other, build), addon);
  assert.equal(await check("back to the first", libtorch, []), addon);
  appendFileSync(join(libtorch, "lib/libtorch_cpu.so"), "upgraded");
  assert.notEqual(await check("an upgraded LibTorch", libtorch, build), addon);
  tree.write("libtorch/include/gloo/rendezvous/store.h", "");
  await check("headers of Gloo", libtorch, build);
  tree.write("package-lock.json", '{ "packages": {} }');
  await check("a changed lock", libtorch, ["npm ci"]);
  await check("no change", libtorch, []);
});

test("launcher: pages are built for serve alone, when a source of theirs has changed", async (context) => {
  const tree = new Tree(context);
  const check = async (what: string, args: readonly string[], expected: readonly string[]) => {
    const result = await tree.run(args, { libtorch: "/nowhere" });
    assert.equal(result.code, 0, result.said);
    assert.deepEqual(tree.calls(), expected, what);
  };
  await check("another command", ["inspect"], ["npm ci"]);
  await check("help", ["serve", "--help"], []);
  await check("the first call", ["serve", "study"], ["vite build"]);
  await check("no change", ["serve", "study"], []);
  tree.write("packages/web/src/app.test.ts", "");
  await check("a new test", ["serve", "study"], []);
  tree.write("packages/web/src/app.tsx", "");
  await check("a new source", ["serve", "study"], ["vite build"]);
  tree.write("packages/schema/src/index.ts", "export {};");
  await check("a changed source of another package that is bundled", ["serve"], ["vite build"]);

  tree.write("packages/web/src/app.tsx", "<");
  writeFileSync(`${tree.callsFile}.fail`, "");
  const failed = await tree.run(["serve", "study"]);
  assert.equal(failed.code, 1);
  assert.match(failed.said, /main\.tsx:3: Error: Unexpected token/);
  assert.equal(failed.started, undefined);
  rmSync(`${tree.callsFile}.fail`);
  tree.calls();
  await check("after a failure", ["serve", "study"], ["vite build"]);
});

test("launcher: a failed build says why, and is tried again", async (context) => {
  const tree = new Tree(context);
  const libtorch = tree.addLibTorch("libtorch", [2, 1, 0]);
  writeFileSync(`${tree.callsFile}.fail`, "");
  const failed = await tree.run(["train"], { libtorch });
  assert.equal(failed.code, 1);
  assert.match(failed.said, /nms\.cc:3: error: expected ';'/);
  assert.match(failed.said, /could not be built\. The whole log: .*addon\.log/);
  assert.equal(failed.started, undefined);

  rmSync(`${tree.callsFile}.fail`);
  const again = await tree.run(["train"], { libtorch });
  assert.equal(again.code, 0, again.said);
});

test("launcher: what an interrupted build has left is thrown away", async (context) => {
  const tree = new Tree(context);
  const libtorch = tree.addLibTorch("libtorch", [2, 1, 0]);
  const addon = String((await tree.run(["train"], { libtorch })).started?.addon);
  writeFileSync(join(dirname(addon), "unfinished"), "");
  writeFileSync(join(dirname(addon), "half an object"), "");
  tree.write("packages/torch/native/nms.cc", "int b;");
  assert.equal((await tree.run(["train"], { libtorch })).started?.addon, addon);
  assert.deepEqual(readdirSync(dirname(addon)).sort(), ["malleolus_torch.node", "stamp"]);
});

test("launcher: three calls at once set up once", async (context) => {
  const tree = new Tree(context);
  const libtorch = tree.addLibTorch("libtorch", [2, 1, 0]);
  const results = await Promise.all([1, 2, 3].map(() => tree.run(["train"], { libtorch })));
  for (const { code, said } of results) assert.equal(code, 0, said);
  assert.deepEqual(tree.calls(), ["npm ci", "cmake -S", "cmake --build"]);
});

test("launcher: apt-get runs only with --yes where nobody can be asked", async (context) => {
  const tree = new Tree(context);
  const libtorch = tree.addLibTorch("libtorch", [2, 1, 0]);
  tree.addProgram("apt-get");
  tree.addProgram("sudo");
  tree.removeProgram("cmake");
  const refused = await tree.run(["train"], { libtorch });
  assert.equal(refused.code, 1);
  assert.match(
    refused.said,
    /cmake must be installed \(1,234 kB to download; 5,678 kB on disk\)\. Add --yes/,
  );
  assert.deepEqual(tree.calls(), ["npm ci"]);

  tree.addProgram("cmake", "later-cmake");
  const allowed = await tree.run(["train", "--yes"], { libtorch });
  assert.equal(allowed.code, 0, allowed.said);
  assert.match(allowed.said, /Installing cmake \(1,234 kB to download; 5,678 kB on disk\)/);
  assert.deepEqual(tree.calls(), [
    "apt-get update",
    "apt-get install",
    "cmake -S",
    "cmake --build",
  ]);
});
