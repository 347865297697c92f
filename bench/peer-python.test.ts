/** Programs that answer as a Python would stand for machines that a test does not have. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { libtorchVersion } from "@malleolus/torch";
import { findPeerPython, libraryIn } from "./peer-python.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-peer-"));
after(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function find(python: string) {
  return findPeerPython(["torch"], libtorchVersion(), { MALLEOLUS_PEER_PYTHON: python });
}

function problemOf(python: string): string {
  const found = find(python);
  assert.ok("problem" in found);
  return found.problem;
}

test("libraryIn: the file that is loaded, whatever its version's ending", () => {
  const line = "7f0-7f1 r-xp 00000000 fe:00 42                         ";
  assert.equal(
    libraryIn(`${line}/usr/lib/libc.so.6\n${line}/a b/libtorch_cpu.so.1.13.0\n`),
    "/a b/libtorch_cpu.so.1.13.0",
  );
  assert.equal(libraryIn(`${line}/usr/lib/libc.so.6\n`), null);
});

test("findPeerPython: one on the addon's own LibTorch is taken", () => {
  const library = libraryIn(readFileSync("/proc/self/maps", "utf8"));
  const python = program("same", `echo 1.13.0a0; echo '${library}'`);
  assert.deepEqual(find(python), { python });
});

test("findPeerPython: another LibTorch, no torch and no program are refused, with what to do", () => {
  const other = problemOf(program("other", "echo 2.15.0; echo /opt/torch/lib/libtorch_cpu.so"));
  assert.match(other, /other has torch 2\.15\.0 on \/opt\/torch\/lib\/libtorch_cpu\.so: /);
  assert.match(other, /MALLEOLUS_PEER_PYTHON|python3-torch/);
  assert.match(other, /set LIBTORCH .* or measure our side alone with --alone$/);
  assert.match(problemOf(program("none", "echo has no torch >&2; exit 1")), /none has no torch: /);
  assert.match(problemOf(join(folder, "absent")), /absent does not run: /);
});
