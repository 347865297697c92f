/** Odd archives: one bad thing in them is named, and ends nothing. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newStudy, radiograph } from "../test-study.ts";
import { importInto } from "./test-import.ts";
import { zipOf } from "./test-zip.ts";

test("a zip file with paths that nobody could unpack is read whole", async (context) => {
  const { folder, study } = await newStudy(context);
  const names = [
    "a.dcm",
    "/DICOM/b.dcm",
    "../c.dcm",
    "C:\\DICOM\\d.dcm",
    "DICOM\\PA0\\IM1",
    "Özdemir/röntgen 足.dcm",
    "twin.dcm",
    "twin.dcm",
    "1.2.3/.hidden",
    "..dcm",
  ];
  const entries = names.map((name, index) => [name, radiograph(1, index)] as const);
  const beside = ["/", "folder/", "__MACOSX/a.dcm", "x/._a.dcm", ".DS_Store"].map(
    (name) => [name, new Uint8Array()] as const,
  );
  const zip = join(folder, "a.zip");
  writeFileSync(zip, zipOf([...beside, ...entries, ["bad.dcm", Buffer.from("no radiograph")]]));
  const { counts, events } = await importInto(study, zip);
  assert.deepEqual([counts.imported, counts.refused], [names.length, 1]);
  assert.deepEqual(
    events.map(({ file }) => file.slice(zip.length + 1)),
    [...names.map((name) => name.replace(/^\//, "")), "bad.dcm"],
  );
});

test("a zip file in a zip file is the folder that it is, and a broken one is named", async (context) => {
  const { folder, study } = await newStudy(context);
  const inner = zipOf([["a.dcm", radiograph(1, 0)]]);
  const zip = join(folder, "a.zip");
  writeFileSync(
    zip,
    zipOf([
      ["broken.zip", Buffer.from("PK no zip")],
      ["inner.zip", inner],
      ["b.dcm", radiograph(1, 1)],
    ]),
  );
  const { counts, events } = await importInto(study, zip);
  assert.deepEqual([counts.imported, counts.refused], [2, 1]);
  assert.deepEqual(
    events.map(({ file }) => file.slice(zip.length + 1)),
    ["broken.zip", "inner.zip/a.dcm", "b.dcm"],
  );
});

test("loops of links end, and pipes, dead links and closed folders are named", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  mkdirSync(join(archive, "b"), { recursive: true });
  writeFileSync(join(archive, "a.dcm"), radiograph(1, 0));
  writeFileSync(join(archive, "b", "a.dcm"), radiograph(1, 1));
  symlinkSync("..", join(archive, "b", "loop"));
  symlinkSync("self", join(archive, "self"));
  symlinkSync("/nowhere", join(archive, "dead.dcm"));
  symlinkSync("b", join(archive, "same"));
  assert.equal(spawnSync("mkfifo", [join(archive, "pipe.dcm")]).status, 0);
  mkdirSync(join(archive, "closed"));
  chmodSync(join(archive, "closed"), 0);
  const { counts, events } = await importInto(study, archive);
  chmodSync(join(archive, "closed"), 0o700);
  assert.deepEqual([counts.imported, counts.known], [2, 0]);
  const refused = events.flatMap((event) =>
    event.outcome === "refused" ? [event.reason.slice(archive.length + 1)] : [],
  );
  // Root may enter any folder.
  const named = refused.filter((reason) => !reason.startsWith("closed"));
  assert.deepEqual(
    named.map((reason) => reason.split(" (")[0]),
    [
      "dead.dcm: expected a file, got a link to nowhere",
      "pipe.dcm: expected a file, got a pipe",
      "self: expected a file, got something that cannot be read",
    ],
  );
  assert.equal(refused.length - named.length, process.getuid?.() === 0 ? 0 : 1);
});
