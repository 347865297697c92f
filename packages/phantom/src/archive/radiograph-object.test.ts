import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { buildAnkle } from "../anatomy/ankle.ts";
import { samplePatient } from "../patient/patient.ts";
import type { Machine } from "../radiography/machine.ts";
import { externalRoom, internalRoom, withPitch } from "../radiography/machines.ts";
import { type PhantomRadiograph, simulateRadiograph } from "../radiography/simulate.ts";
import { radiographFile, type StudyHeader } from "./radiograph-object.ts";

/** Of Debian's dcmtk and dicom3tools. */
const [decompressor, validator] = ["dcmdjpeg", "dciodvfy"];

const study: StudyHeader = {
  institution: "Simulated Hospital",
  patientId: "P0001",
  accessionNumber: "A0001",
  date: "20190304",
  time: "101500",
};
const patient = samplePatient("object", { weberClass: "B", exclusion: null });
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

test("radiographFile: plates are compressed, with every pixel as it was", async () => {
  const plates = files.filter(({ room }) => room.modality === "CR");
  assert.equal(plates.length, 3);
  for (const { room, radiograph, bytes } of plates) {
    const read = await decodeRadiograph(bytes, "plate");
    const plain = plainFile(radiograph, room);
    const { pixels } = await decodeRadiograph(plain, "plain");
    assert.equal(read.transferSyntax, LOSSLESS_JPEG);
    const differs = read.pixels.findIndex((value, i) => value !== pixels[i]);
    assert.equal(differs, -1, `pixel ${differs} differs`);
    assert.ok(bytes.length < 0.6 * plain.length, `${bytes.length} of ${plain.length} bytes`);
  }
});

const LOSSLESS_JPEG = "1.2.840.10008.1.2.4.70";

function plainFile(radiograph: PhantomRadiograph, room: Machine): Uint8Array {
  return radiographFile(radiograph, patient, { ...room, compression: "none" }, study);
}

test(
  "radiographFile: dcmtk decompresses a plate to the same pixels",
  {
    skip: isAbsent(decompressor, "--version") ? "dcmdjpeg (Debian's dcmtk) is absent" : false,
  },
  () =>
    inFolder((folder) => {
      const [compressed, decompressed] = ["compressed", "decompressed"].map((n) => join(folder, n));
      for (const { room, radiograph, bytes } of files) {
        if (room.modality !== "CR") continue;
        writeFileSync(compressed, bytes);
        const { status, stderr } = spawnSync(decompressor, [compressed, decompressed], TEXT);
        assert.equal(status, 0, stderr);
        // In both, the pixels are the last element of the file.
        const size = 2 * radiograph.pixels.length;
        const pixels = readFileSync(decompressed).subarray(-size);
        assert.ok(pixels.equals(plainFile(radiograph, room).subarray(-size)));
      }
    }),
);

test(
  "radiographFile: dciodvfy finds no error",
  {
    skip: isAbsent(validator, "-version") ? "dciodvfy (Debian's dicom3tools) is absent" : false,
  },
  () =>
    inFolder((folder) => {
      for (const { bytes } of files) {
        const path = join(folder, "file.dcm");
        writeFileSync(path, bytes);
        const { stdout, stderr, status } = spawnSync(validator, [path], TEXT);
        const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"));
        assert.deepEqual(lines, []);
        assert.equal(status, 0);
      }
    }),
);

const TEXT = { encoding: "utf8" } as const;

function isAbsent(program: string, question: string): boolean {
  return spawnSync(program, [question]).error !== undefined;
}

function inFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "phantom-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
