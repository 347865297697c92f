import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { buildAnkle } from "../anatomy/ankle.ts";
import { samplePatient } from "../patient/patient.ts";
import { type PhantomRadiograph, simulateRadiograph } from "../radiography/simulate.ts";
import type { XrayUnit } from "../radiography/xray-unit.ts";
import { externalXrayUnit, internalXrayUnit, withPitch } from "../radiography/xray-units.ts";
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
const xrayUnits = [withPitch(internalXrayUnit, 0.8), withPitch(externalXrayUnit, 0.8)];
const files = xrayUnits.flatMap((xrayUnit) =>
  (["ap", "mortise", "lateral"] as const).map((view) => {
    const radiograph = simulateRadiograph(ankle, view, xrayUnit);
    return { xrayUnit, radiograph, bytes: radiographFile(radiograph, patient, xrayUnit, study) };
  }),
);

test("radiographFile: reads back as the image it was made of", async () => {
  for (const { xrayUnit, radiograph, bytes } of files) {
    const read = await decodeRadiograph(bytes, radiograph.view);
    assert.equal(read.modality, xrayUnit.modality);
    assert.equal(read.side, patient.side);
    assert.equal(read.photometric, xrayUnit.photometric);
    assert.equal(read.bitsStored, xrayUnit.bitsStored);
    if (radiograph.view !== "mortise") assert.equal(read.view, radiograph.view);
    const step = 1 / (2 ** xrayUnit.bitsStored - 1);
    for (let i = 0; i < read.pixels.length; i++) {
      assert.ok(Math.abs(read.pixels[i] - radiograph.pixels[i]) <= 0.51 * step);
    }
    assert.ok(read.pixelSpacingMm !== null);
    // A plate says nothing of its magnification.
    const spacing =
      xrayUnit.modality === "DX" ? radiograph.spacingMm : radiograph.detectorSpacingMm;
    assert.ok(Math.abs(read.pixelSpacingMm[0] / spacing - 1) < 1e-3);
  }
});

test("radiographFile: plates are compressed, with every pixel as it was", async () => {
  const plates = files.filter(({ xrayUnit }) => xrayUnit.modality === "CR");
  assert.equal(plates.length, 3);
  for (const { xrayUnit, radiograph, bytes } of plates) {
    const read = await decodeRadiograph(bytes, "plate");
    const plain = plainFile(radiograph, xrayUnit);
    const { pixels } = await decodeRadiograph(plain, "plain");
    assert.equal(read.transferSyntax, LOSSLESS_JPEG);
    const differs = read.pixels.findIndex((value, i) => value !== pixels[i]);
    assert.equal(differs, -1, `pixel ${differs} differs`);
    assert.ok(bytes.length < 0.6 * plain.length, `${bytes.length} of ${plain.length} bytes`);
  }
});

const LOSSLESS_JPEG = "1.2.840.10008.1.2.4.70";

function plainFile(radiograph: PhantomRadiograph, xrayUnit: XrayUnit): Uint8Array {
  return radiographFile(radiograph, patient, { ...xrayUnit, compression: "none" }, study);
}

test(
  "radiographFile: dcmtk decompresses a plate to the same pixels",
  {
    skip: isAbsent(decompressor, "--version") ? "dcmdjpeg (Debian's dcmtk) is absent" : false,
  },
  () =>
    inFolder((folder) => {
      const [compressed, decompressed] = ["compressed", "decompressed"].map((n) => join(folder, n));
      for (const { xrayUnit, radiograph, bytes } of files) {
        if (xrayUnit.modality !== "CR") continue;
        writeFileSync(compressed, bytes);
        const { status, stderr } = spawnSync(decompressor, [compressed, decompressed], TEXT);
        assert.equal(status, 0, stderr);
        // In both, the pixels are the last element of the file.
        const size = 2 * radiograph.pixels.length;
        const pixels = readFileSync(decompressed).subarray(-size);
        assert.ok(pixels.equals(plainFile(radiograph, xrayUnit).subarray(-size)));
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
