import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readPhantomRecord } from "./phantom-record.ts";

const runs = { size: [4, 3], counts: "<" };
const common = {
  phantomVersion: 2,
  hospital: "internal",
  seed: "1",
  number: 1,
  patientSeed: "1/internal/1",
  patientId: "IP00001",
  accessionNumber: "IA000001",
  studyDate: "20190410",
  fracture: null,
  report: { language: "en", text: "No fracture.", says: "no fracture" },
};
const image = {
  file: "dicom/a.dcm",
  view: "ap",
  spacingMm: 0.1,
  contrast: null,
  tibia: runs,
  fibula: runs,
  fracture: null,
  noFracture: runs,
};
const spec = { weberClass: null, exclusion: "cast" };
const second = {
  ...common,
  format: "malleolus-phantom-2",
  spec,
  images: [{ ...image, conspicuity: "subtle" }],
};

test("readPhantomRecord: a record of the first version is the second's, under its names", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-record-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const read = (record: object) => {
    const path = join(folder, "record.json");
    writeFileSync(path, JSON.stringify(record));
    return readPhantomRecord(path);
  };
  const { spec: wish, images, ...rest } = second;
  const first = {
    ...rest,
    format: "malleolus-phantom-1",
    wish,
    images: images.map(({ conspicuity, ...same }) => ({ ...same, visibility: conspicuity })),
  };
  assert.deepEqual(read(first), second);
  assert.deepEqual(read(second), second);
  assert.throws(() => read({ ...first, format: "malleolus-phantom-2" }), /at spec|unknown key/);
});
