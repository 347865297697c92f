import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { radiographFiles } from "./radiograph-files.ts";

test("radiograph files: folders in order of names, hidden ones left out, names unique", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-files-"));
  context.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "b/.hidden"), { recursive: true });
  for (const name of ["c.png", "a.dcm", ".DS_Store", "b/a.dcm", "b/.hidden/x.png"]) {
    writeFileSync(join(folder, name), "");
  }
  const files = radiographFiles([folder, join(folder, "b/a.dcm"), "absent.png"]);
  assert.deepEqual(
    files.map(({ name }) => name),
    ["a.dcm", "b/a.dcm", "c.png", "a.dcm (2)", "absent.png"],
  );
  assert.equal(files[1].path, join(folder, "b/a.dcm"));
});

test("radiograph files: a folder that a link leads back to is entered once, what cannot be read is kept", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-files-"));
  context.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "b"));
  for (const name of ["a.dcm", "b/c.dcm"]) writeFileSync(join(folder, name), "");
  symlinkSync("..", join(folder, "b/up"));
  symlinkSync("b", join(folder, "z"));
  symlinkSync("itself", join(folder, "itself"));
  symlinkSync("nowhere", join(folder, "lost"));
  const names = radiographFiles([folder]).map(({ name }) => name);
  assert.deepEqual(names, ["a.dcm", "b/c.dcm", "itself", "lost"]);
});
