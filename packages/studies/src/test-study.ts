/** Studies and archives for the tests: real folders, real databases, real DICOM files. */
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { createStudy } from "./study.ts";
import { createTestDatabase, dropTestDatabase } from "./test-postgres.ts";

export const PASSPHRASE = "correct horse";
/** Where tests make their databases; files of SQLite without it. `on-postgres.test.ts` sets it. */
export const TEST_POSTGRES = process.env.MALLEOLUS_TEST_POSTGRES;

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

/** An empty folder that goes when the test ends. */
export function scratchFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-studies-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with a new study in it, and beside it room for an archive. */
export async function newStudy(context: TestContext): Promise<{ folder: string; study: string }> {
  const folder = scratchFolder(context);
  const study = join(folder, "study");
  const database = TEST_POSTGRES === undefined ? undefined : await newServerDatabase(context);
  // Of a simulation, whose key file opens in no time; of one of its own, so that no two keys are alike.
  const simulation = folder;
  await createStudy({ folder: study, name: "Test", passphrase: PASSPHRASE, simulation, database });
  return { folder, study };
}

/** An empty database on the server, which goes when the test ends, by its URL. */
export async function newServerDatabase(context: TestContext): Promise<string> {
  if (TEST_POSTGRES === undefined) throw new Error("internal: expected MALLEOLUS_TEST_POSTGRES");
  const name = `test-${randomUUID()}`;
  const url = await createTestDatabase(TEST_POSTGRES, name);
  context.after(() => dropTestDatabase(TEST_POSTGRES, name));
  return url;
}

/** A radiograph of a patient; the same numbers give the same bytes. */
export function radiograph(patient: number, image: number): Buffer {
  return dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": `1.3.99.1.${patient}.${image}`,
    "00080020 DA": "20190410",
    "00080050 SH": `ACC${1000 + patient}`,
    "00100010 PN": `Name${patient}^Given`,
    "00100020 LO": `MRN${7000 + patient}`,
    "0020000d UI": `1.3.99.2.${patient}`,
    "0020000e UI": `1.3.99.3.${patient}`,
    "7fe00010 OW": [patient, image, 200, 400],
  });
}

/** Writes `patients` times `images` files below a folder; returns their paths. */
export function writeArchive(folder: string, patients: number, images: number): string[] {
  return Array.from({ length: patients * images }, (_, index) => {
    const [patient, image] = [Math.floor(index / images), index % images];
    const path = join(folder, `patient-${patient}`, `${image}.dcm`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, radiograph(patient, image));
    return path;
  });
}
