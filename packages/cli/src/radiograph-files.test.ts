import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
