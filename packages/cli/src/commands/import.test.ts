/** `malleolus import` as a new user meets it: what goes wrong, and what is said. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { run } from "../test-command.ts";

/** A folder with a new study, and a radiograph of a patient to be imported by COCO's way. */
async function newStudy(context: { after(cleanUp: () => void): void }) {
  const before = process.env.MALLEOLUS_PASSPHRASE;
  process.env.MALLEOLUS_PASSPHRASE = "lantern gravel otter nineteen";
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-import-"));
  context.after(() => {
    if (before === undefined) delete process.env.MALLEOLUS_PASSPHRASE;
    else process.env.MALLEOLUS_PASSPHRASE = before;
    rmSync(folder, { recursive: true });
  });
  const study = join(folder, "study");
  assert.equal((await run("init", study)).code, 0);
  const images = join(folder, "images");
  mkdirSync(images);
  const file = dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": "1.3.99.1",
    "0020000d UI": "1.3.99.2",
  });
  writeFileSync(join(images, "a.dcm"), file);
  const annotations = join(folder, "coco.json");
  const coco = {
    images: [{ id: 1, file_name: "a.dcm", width: 2, height: 2 }],
    categories: [{ id: 1, name: "fracture" }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [[0, 0, 2, 0, 1, 2]] }],
  };
  writeFileSync(annotations, JSON.stringify(coco));
  return { folder, study, images, annotations };
}

test("import coco: outlines with a class for their category", async (context) => {
  const { study, images, annotations } = await newStudy(context);
  const args = ["import", "coco", annotations, "--images", images, "--study", study];
  const unsaid = await run(...args);
  assert.equal(unsaid.code, 1);
  assert.match(
    unsaid.said,
    /category "fracture" \(1\) .*weber_a, .*say which, as fracture=weber_a/,
  );
  assert.match((await run(...args, "--class", "fracture")).said, /expected CATEGORY=CLASS/);

  const done = await run(...args, "--class", "fracture=weber_b");
  // On a slow machine a line of progress is said, too.
  assert.equal(done.code, 0);
  assert.equal(
    done.written,
    "1 imported, 0 known already, 0 refused; cases classified: 1, images annotated: 1\n",
  );
  const again = await run(...args, "--class", "fracture=weber_b", "--json");
  const end = JSON.parse(again.written.trim().split("\n").at(-1) ?? "");
  assert.deepEqual([end.known, end.classified, end.annotated], [1, 0, 0]);
});

test("import annotations --as proposals: another tool's model proposes", async (context) => {
  const { study, images, annotations } = await newStudy(context);
  const brought = await run("import", "dicom", images, "--study", study);
  assert.equal(brought.code, 0, brought.said);
  const args = ["import", "annotations", annotations, "--images", images, "--study", study];
  const unnamed = await run(...args, "--as", "proposals");
  assert.equal(unnamed.code, 2);
  assert.match(unnamed.said, /--as proposals needs --model NAME/);
  const done = await run(...args, "--as", "proposals", "--model", "sam");
  assert.deepEqual(
    [done.code, done.written],
    [0, "1 imported, 0 known already; radiographs on which nothing is outlined 0\n"],
  );
  const again = await run(...args, "--as", "proposals", "--model", "sam", "--json");
  assert.deepEqual(JSON.parse(again.written).known, 1);
  const renamed = await run(...args, "--as", "proposals", "--model", "other");
  assert.equal(renamed.code, 1);
  assert.match(renamed.said, /expected it as sam 1, under which the study knows it/);
});

test("import: every way to start it wrongly says what is wanted", async (context) => {
  const { folder, study, images, annotations } = await newStudy(context);
  const nowhere = join(folder, "nowhere");
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const cases: readonly (readonly [number, RegExp, ...string[]])[] = [
    [2, /missing required argument 'path'/, "dicom"],
    [
      1,
      /nowhere: expected a file or a folder to import, got none/,
      "dicom",
      nowhere,
      "--study",
      study,
    ],
    [1, /empty: expected files to import, got an empty folder/, "dicom", empty, "--study", study],
    [1, /expected a study, got a folder without/, "dicom", images, "--study", empty],
    [2, /required option '--images <folder>'/, "coco"],
    [2, /--images <folder>.* not specified/, "coco", annotations],
    [1, /nowhere: expected COCO/, "coco", nowhere, "--images", images, "--study", study],
    [
      1,
      /nowhere: expected the folder with the images/,
      ...["coco", annotations, "--images", nowhere, "--class", "1=weber_a", "--study", study],
    ],
  ];
  for (const [code, message, ...args] of cases) {
    const got = await run("import", ...args);
    assert.deepEqual([got.code, got.written], [code, ""], args.join(" "));
    assert.match(got.said, message, args.join(" "));
  }
});

test("import dicom: TERM ends it after the file that is going on, a pipe in the archive or not", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  mkdirSync(archive);
  assert.equal(spawnSync("mkfifo", [join(archive, "0-pipe.dcm")]).status, 0);
  for (let i = 0; i < 60; i++) {
    const uids = { "00080018 UI": `1.3.99.1.${i}`, "0020000d UI": "1.3.99.2" };
    writeFileSync(join(archive, `${i}.dcm`), dicomFile({ ...GRAY_2X2, ...uids }));
  }
  const main = new URL("../main.ts", import.meta.url).pathname;
  const args = [main, "import", "dicom", archive, "--study", study, "--json"];
  const child = spawn(process.execPath, args);
  let said = "";
  let asked = false;
  child.stdout.on("data", (data) => {
    said += String(data);
    // A second signal would end it at once.
    if (!asked && said.includes("imported")) asked = child.kill("SIGTERM");
  });
  const [code, signal] = await once(child, "close");
  // 1: the pipe was refused.
  assert.deepEqual([code, signal], [1, null]);
  const { imported, refused, stopped } = JSON.parse(said.trim().split("\n").at(-1) ?? "");
  assert.deepEqual([refused, stopped], [1, true]);
  assert.ok(imported >= 1 && imported < 60, `${imported} imported`);
});

test("init: a passphrase that a dictionary guesses is refused, and nothing is made", async (context) => {
  const { folder } = await newStudy(context);
  for (const passphrase of ["x", "demo", "Welkom2024!"]) {
    process.env.MALLEOLUS_PASSPHRASE = passphrase;
    const study = join(folder, "weak");
    const { code, said } = await run("init", study);
    assert.deepEqual([code, existsSync(study), existsSync(`${study}.keys`)], [2, false, false]);
    assert.match(said, /expected a passphrase .*; take four or five words/);
  }
});
