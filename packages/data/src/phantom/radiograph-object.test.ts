import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decodeRadiograph } from "../read-radiograph.ts";
import { buildAnkle } from "./ankle.ts";
import { externalRoom, internalRoom, withPitch } from "./machines.ts";
import { drawPatient } from "./patient.ts";
import { radiographFile, type StudyHeader } from "./radiograph-object.ts";
import { simulateRadiograph } from "./simulate.ts";

const study: StudyHeader = {
  institution: "Simulated Hospital",
  patientId: "P0001",
  accessionNumber: "A0001",
  date: "20190304",
  time: "101500",
};
const patient = drawPatient("object", { weberClass: "B", exclusion: null });
const ankle = buildAnkle(patient);
const rooms = [withPitch(internalRoom, 0.8), withPitch(externalRoom, 0.8)];
const files = rooms.flatMap((room) =>
  (["ap", "mortise", "lateral"] as const).map((view) => {
    const radiograph = simulateRadiograph(ankle, view, room);
    return { room, radiograph, bytes: radiographFile(radiograph, patient, room, study) };
  }),
);

test("radiographFile: reads back as the image it was made of", async () => {
  for (const { room, radiograph, bytes } of files) {
    const read = await decodeRadiograph(bytes, radiograph.view);
    assert.equal(read.modality, room.modality);
    assert.equal(read.side, patient.side);
    assert.equal(read.photometric, room.photometric);
    assert.equal(read.bitsStored, room.bitsStored);
    if (radiograph.view !== "mortise") assert.equal(read.view, radiograph.view);
    const step = 1 / (2 ** room.bitsStored - 1);
    for (let i = 0; i < read.pixels.length; i++) {
      assert.ok(Math.abs(read.pixels[i] - radiograph.pixels[i]) <= 0.51 * step);
    }
    assert.ok(read.pixelSpacingMm !== null);
    // A plate says nothing of its magnification.
    const spacing = room.modality === "DX" ? radiograph.spacingMm : radiograph.detectorSpacingMm;
    assert.ok(Math.abs(read.pixelSpacingMm[0] / spacing - 1) < 1e-3);
  }
});

/** Of Debian's dicom3tools. */
const validator = "dciodvfy";
const absent = spawnSync(validator, ["-version"]).error !== undefined;

test("radiographFile: dciodvfy finds no error", {
  skip: absent ? "dciodvfy (Debian's dicom3tools) is absent" : false,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "phantom-"));
  try {
    for (const { bytes } of files) {
      const path = join(folder, "file.dcm");
      writeFileSync(path, bytes);
      const { stdout, stderr, status } = spawnSync(validator, [path], { encoding: "utf8" });
      const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"));
      assert.deepEqual(lines, []);
      assert.equal(status, 0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
