import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import sharp from "sharp";
import { dicomFile, GRAY_2X2 } from "./dicom/test-dicom.ts";
import { readImageHeader } from "./image-header.ts";
import { readRadiograph } from "./read-radiograph.ts";

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-headers-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const NOTHING = {
  exifOrientation: null,
  isDeepPicture: false,
  patientId: null,
  manufacturer: null,
};

test("readImageHeader: size, orientation, depth and patient, without decoding", async (context) => {
  const folder = temporaryFolder(context);
  const raw = { raw: { width: 40, height: 30, channels: 1 } } as const;
  const path = join(folder, "image");
  const gray = sharp(new Uint8Array(1200), raw);
  await gray.clone().png().toFile(path);
  assert.deepEqual(await readImageHeader(path), { width: 40, height: 30, ...NOTHING });
  await gray.clone().jpeg().withMetadata({ orientation: 8 }).toFile(path);
  assert.deepEqual(await readImageHeader(path), {
    width: 40,
    height: 30,
    ...NOTHING,
    exifOrientation: 8,
  });
  await sharp(new Uint16Array(1200), raw).toColourspace("grey16").png().toFile(path);
  assert.deepEqual(await readImageHeader(path), {
    width: 40,
    height: 30,
    ...NOTHING,
    isDeepPicture: true,
  });
  writeFileSync(path, dicomFile({ ...GRAY_2X2, "00100020 LO": "P7", "00080070 LO": "Room 3" }));
  assert.deepEqual(await readImageHeader(path), {
    width: 2,
    height: 2,
    ...NOTHING,
    patientId: "P7",
    manufacturer: "Room 3",
  });
});

test("readImageHeader: the end of a JPEG may be followed by much", async (context) => {
  const path = join(temporaryFolder(context), "a.jpg");
  const gray = sharp(new Uint8Array(1200), { raw: { width: 40, height: 30, channels: 1 } });
  writeFileSync(path, Buffer.concat([await gray.jpeg().toBuffer(), Buffer.alloc(20_000)]));
  assert.equal((await readImageHeader(path)).width, 40);
});

test("readRadiograph, readImageHeader: a named pipe is no file, and nobody waits for it", async (context) => {
  const path = join(temporaryFolder(context), "pipe.png");
  execFileSync("mkfifo", [path]);
  const expected = {
    code: "unreadable",
    message: /pipe\.png: expected a file, got a named pipe; leave it out$/,
  };
  await assert.rejects(readRadiograph(path), expected);
  await assert.rejects(readImageHeader(path), expected);
});
