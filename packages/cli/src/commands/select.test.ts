/** `malleolus select` on a study with radiographs, classes and a model's scores. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { closeStudy, imagesWithoutPrelabel, openStudy, storeProposals } from "@malleolus/studies";
import { run } from "../test-command.ts";

const MODEL = { sha256: "a1".repeat(32), name: "preliminary", version: "1" };
const PATIENTS = 8;

interface TestContext {
  after(cleanUp: () => void): void;
}

function newFolder(context: TestContext): string {
  const before = process.env.MALLEOLUS_PASSPHRASE;
  process.env.MALLEOLUS_PASSPHRASE = "lantern gravel otter nineteen";
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-select-"));
  context.after(() => {
    if (before === undefined) delete process.env.MALLEOLUS_PASSPHRASE;
    else process.env.MALLEOLUS_PASSPHRASE = before;
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Patients with one radiograph each, every other one outlined; no tests are asked for. */
async function classifiedStudy(folder: string): Promise<string> {
  const study = join(folder, "study");
  assert.equal((await run("init", study)).code, 0);
  const protocol = join(study, "protocol.toml");
  const text = readFileSync(protocol, "utf8")
    .replace("internalTestPatientsPerClass = 25", "internalTestPatientsPerClass = 0")
    .replace("internalTestReservePerClass = 10", "internalTestReservePerClass = 0");
  writeFileSync(protocol, text);
  const images = join(folder, "images");
  mkdirSync(images);
  for (let i = 0; i < PATIENTS; i++) {
    const file = dicomFile({
      ...GRAY_2X2,
      "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
      "00080018 UI": `1.3.99.1.${i}`,
      "00100020 LO": `MRN${i}`,
      "0020000d UI": `1.3.99.2.${i}`,
    });
    writeFileSync(join(images, `${i}.dcm`), file);
  }
  const numbers = Array.from({ length: PATIENTS }, (_, i) => i);
  const coco = {
    images: numbers.map((i) => ({ id: i + 1, file_name: `${i}.dcm`, width: 2, height: 2 })),
    categories: [{ id: 1, name: "weber_b" }],
    annotations: numbers
      .filter((i) => i % 2 === 0)
      .map((i) => ({
        id: i + 1,
        image_id: i + 1,
        category_id: 1,
        segmentation: [[0, 0, 2, 0, 1, 2]],
      })),
  };
  const annotations = join(folder, "coco.json");
  writeFileSync(annotations, JSON.stringify(coco));
  const args = ["import", "coco", annotations, "--images", images, "--study", study];
  const { code, said } = await run(...args, "--unannotated", "no_fracture");
  assert.equal(code, 0, said);
  return study;
}

async function scoreAll(folder: string): Promise<void> {
  const study = await openStudy(folder);
  const images = await imagesWithoutPrelabel(study, MODEL.sha256);
  const prelabels = images.map((image, i) => {
    const torn = (i + 1) / (images.length + 1) / 2;
    const probabilities = { weber_a: 0, weber_b: 1 - torn, weber_c: 0, no_fracture: torn };
    const none = { flippedProbabilities: null, segmentation: null, view: null, side: null };
    return { image, model: MODEL, isLowerLeg: true, shapes: [], probabilities, ...none };
  });
  await storeProposals(study, prelabels, "test");
  await closeStudy(study);
}

test("select: chooses by the balance, writes what assign takes, and shows why", async (context) => {
  const folder = newFolder(context);
  const study = await classifiedStudy(folder);
  const args = ["select", "--study", study, "--who", "coordinator"];
  const unscored = await run(...args, "--count", "4", "--balance", "1:1");
  assert.equal(unscored.code, 1);
  assert.match(unscored.said, /got none; run malleolus prelabel first/);
  await scoreAll(study);
  const out = join(folder, "chosen.tsv");
  const done = await run(
    ...args,
    "--count",
    "4",
    "--balance",
    "1:1",
    "--hardest",
    "3",
    "--out",
    out,
  );
  assert.equal(done.code, 0, done.said);
  assert.match(done.written, /^selection 1: hard, by preliminary 1 \(a1a1a1a1a1a1\)\n/);
  assert.match(
    done.written,
    /with a fracture 2 of 4, without 2 of 4; of 4 patients; no_fracture 2, weber_b 2/,
  );
  assert.match(
    done.written,
    /hardest of the whole pool: 3 \(selection 2\); of test patients.*: 0;/,
  );
  const lines = readFileSync(out, "utf8").trimEnd().split("\n");
  assert.equal(lines.length, 4);
  for (const line of lines) assert.match(line, /^[0-9a-f]{64}\t\d\.\d{4}\t.+/);
  const shown = await run(...args, "--show");
  assert.match(shown.written, /^selection 1 \(training\): hard, by preliminary 1, seed 1\n/);
  assert.match(shown.written, /the class is unsure: weber_b/);
  assert.match((await run(...args, "--show", "2")).written, /^selection 2 \(hardest\)/);
  const json = JSON.parse(
    (await run(...args, "--count", "4", "--balance", "1:1", "--json")).written,
  );
  assert.deepEqual(
    json.images,
    lines.map((line) => line.slice(0, 64)),
  );
});

test("select: what is wrong says what to do", async (context) => {
  const folder = newFolder(context);
  const empty = join(folder, "empty");
  assert.equal((await run("init", empty)).code, 0);
  const nothing = await run("select", "--study", empty);
  assert.deepEqual([nothing.code, nothing.written], [1, ""]);
  assert.match(nothing.said, /expected cases with a class .*run malleolus import dicom/);
  assert.match((await run("select", "--study", empty, "--show")).said, /run malleolus select/);
  const study = await classifiedStudy(folder);
  await scoreAll(study);
  const many = await run("select", "--study", study, "--count", "749", "--balance", "326:423");
  assert.equal(many.code, 1);
  assert.match(many.said, /with a fracture: 326 asked, 4 there; .*423 asked, 4 there/);
  for (const wrong of [
    ["--balance", "3"],
    ["--balance", "0:0"],
    ["--count", "0"],
    ["--strategy", "best"],
  ]) {
    assert.equal((await run("select", "--study", study, ...wrong)).code, 2, wrong.join(" "));
  }
});
