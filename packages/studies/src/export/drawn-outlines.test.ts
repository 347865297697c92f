/** What an annotator has drawn goes to a file of each tool, and comes back into another study as it was. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  drawnSegmentationFile,
  outlinesFormats,
  outlinesText,
  readOutlines,
  readResultSource,
} from "@malleolus/data";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { type Outline, outlinesColumn } from "@malleolus/schema";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { outlinePolygons } from "../annotation/outline-polygons.ts";
import { submitAnnotation } from "../annotation/submit-annotation.ts";
import { imagePath } from "../image-store.ts";
import { importAnnotations } from "../import/import-annotations.ts";
import type { Study } from "../study.ts";
import { addCases, facts, imageId, studyWithPeople } from "../test-people.ts";
import { drawnImages, drawnOutlines } from "./drawn-outlines.ts";

const AP = imageId("x", "ap");
const fibula: Outline = { structure: "fibula", polygons: [[10.25, 20, 60, 20.125, 60, 80]] };
const fracture: Outline = {
  structure: "fracture",
  polygons: [],
  lines: [{ points: [12, 30.5, 40, 44, 52, 47], widthMm: 3 }],
};

async function studyWithCase(context: TestContext): Promise<Study> {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", state: "agreed", class: "weber_b", views: ["ap"] }]);
  await assignAnnotators(study, ["x"]);
  return study;
}

for (const format of outlinesFormats) {
  test(`drawnOutlines: out as ${format} and back into a study, within half a pixel`, async (context) => {
    const from = await studyWithCase(context);
    await submitAnnotation(from, {
      image: AP,
      annotator: "annotator-1",
      visibility: "difficult",
      outlines: [fibula, fracture],
    });
    const lines = format === "coco" ? "widened" : "open";
    const text = outlinesText(await drawnOutlines(from, "annotator-1", lines), format);
    const to = await studyWithCase(context);
    const path = join(to.folder, "drawn");
    writeFileSync(path, text);
    await assertComesBack(to, path);
  });
}

test("drawnImages: out as DICOM Segmentations and back into a study, as it was drawn", async (context) => {
  const from = await studyWithCase(context);
  await submitAnnotation(from, {
    image: AP,
    annotator: "annotator-1",
    visibility: "difficult",
    outlines: [fibula, fracture],
  });
  const radiograph = dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1.1",
    "00080018 UI": SOP_INSTANCE,
    "0020000d UI": "1.2.3",
    "0020000e UI": "1.2.3.4",
    "00280010 US": [facts("ap").height],
    "00280011 US": [facts("ap").width],
  });
  const source = readResultSource(radiograph, "radiograph");
  const [{ path: stored, sha256, ...drawn }] = await drawnImages(from, "annotator-1");
  assert.deepEqual([sha256, stored], [AP, imagePath(from.images, AP)]);
  const file = drawnSegmentationFile(source, drawn, "1.0.0");
  assert.ok(file !== null);
  const to = await studyWithCase(context);
  await to.database.updateTable("images").set({ sop_instance_uid: SOP_INSTANCE }).execute();
  const folder = join(to.folder, "drawn");
  mkdirSync(folder);
  writeFileSync(join(folder, "ap.dcm"), file);
  await assertComesBack(to, folder);
  const empty = join(to.folder, "empty");
  mkdirSync(empty);
  await assert.rejects(readOutlines(empty), /one without a .dcm file/);
});

const SOP_INSTANCE = "1.2.3.4.5";

/** The fibula and the fracture, as both tests draw them. */
async function assertComesBack(to: Study, path: string): Promise<void> {
  const done = await importAnnotations(to, {
    path,
    file: await readOutlines(path),
    categories: new Map(),
    people: new Map([["", "annotator-1"]]),
    as: "annotator",
    why: "",
    who: "test",
    skipUnmatched: false,
    onlyOutlined: false,
    keys: null,
    hospital: null,
    folder: null,
  });
  assert.deepEqual([done.imported, done.refused], [1, []]);
  const row = await to.database
    .selectFrom("annotations")
    .select(["outlines", "visibility"])
    .executeTakeFirstOrThrow();
  assert.equal(row.visibility, "difficult");
  const back = outlinesColumn.read(row.outlines, "outlines");
  for (const was of [fibula, fracture]) {
    const is = back.find(({ structure }) => structure === was.structure);
    assert.ok(is !== undefined, was.structure);
    const [before, after] = [was, is].map((one) => outlinePolygons(one, facts("ap")).flat());
    assert.equal(after.length, before.length);
    for (const [i, value] of before.entries()) assert.ok(Math.abs(value - after[i]) < 0.5);
  }
}

test("drawnOutlines: nothing of the other annotator, and only for annotators", async (context) => {
  const study = await studyWithCase(context);
  const drawn = { image: AP, visibility: "easy" as const, outlines: [fracture] };
  await submitAnnotation(study, { ...drawn, annotator: "annotator-2" });
  assert.deepEqual(await drawnOutlines(study, "annotator-1", "open"), []);
  await assert.rejects(drawnOutlines(study, "senior", "open"), /expected someone with the role/);
});
