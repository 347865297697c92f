import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ageInYears, readAcquisition } from "./acquisition.ts";
import { dicomFile, GRAY_2X2 } from "./dicom/test-dicom.ts";

test("readAcquisition: age, sex and machine of a DICOM file, and nothing where it says nothing", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-acquisition-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "image");
  const read = (attributes: Parameters<typeof dicomFile>[0]) => {
    writeFileSync(path, dicomFile({ ...GRAY_2X2, ...attributes }));
    return readAcquisition(path);
  };
  const told = {
    "00080070 LO": "Maker",
    "00081090 LO": "Model 3",
    "00100040 CS": "f",
    "00101010 AS": "045Y",
  };
  assert.deepEqual(await read(told), { ageYears: 45, sex: "F", machine: "Maker Model 3" });
  assert.deepEqual(await read({}), { ageYears: null, sex: null, machine: null });
  const odd = { "00081090 LO": "Model", "00100040 CS": "X", "00101010 AS": "old" };
  assert.deepEqual(await read(odd), { ageYears: null, sex: null, machine: "Model" });
  writeFileSync(path, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  assert.deepEqual(await readAcquisition(path), { ageYears: null, sex: null, machine: null });
  await assert.rejects(readAcquisition(join(folder, "none")), /expected a radiograph, got/);
});

const ages: readonly (readonly [text: string | null, years: number | null])[] = [
  ["007Y", 7],
  ["090Y", 90],
  ["023M", 1],
  ["011M", 0],
  ["104W", 1],
  ["730D", 1],
  ["003D", 0],
  ["45", null],
  ["", null],
  [null, null],
];
for (const [text, years] of ages) {
  test(`ageInYears: ${text}`, () => assert.equal(ageInYears(text), years));
}
