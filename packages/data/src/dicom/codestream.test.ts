import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { readDicom } from "./read-dicom.ts";
import { pictureFiles } from "./test-encoders.ts";

/** An HTJ2K file of 32 x 32 pixels with one 32-bit number of its SIZ segment replaced. */
async function withSiz(offset: number, value: number): Promise<Buffer> {
  const layout = { bits: 12, signed: false, samples: 1 } as const;
  const { compressed } = await pictureFiles("1.2.840.10008.1.2.4.202", layout);
  const codestream = compressed.indexOf(Buffer.from("ff4fff51", "hex"));
  compressed.writeUInt32BE(value, codestream + offset);
  return compressed;
}

async function refuses(file: Buffer, message: RegExp): Promise<void> {
  await assert.rejects(
    () => readDicom(file, "x.dcm"),
    (error) =>
      error instanceof DataError && error.code === "damaged" && message.test(error.message),
  );
}

test("checkCodestream: unchanged, the stream is read", async () => {
  assert.equal((await readDicom(await withSiz(8, 32), "x.dcm")).width, 32);
});
// OpenJPH never returns from this one.
test("checkCodestream: tiles that begin below the image are refused", async () =>
  refuses(await withSiz(36, 9), /a htj2k stream of 32 x 0/));
test("checkCodestream: tiles that end before the image are refused", async () =>
  refuses(await withSiz(24, 0), /a htj2k stream of 0 x 32/));
test("checkCodestream: another width than the header's is refused", async () =>
  refuses(await withSiz(8, 33), /a htj2k stream of 33 x 32/));
test("checkCodestream: a size that would take all the memory is refused", async () =>
  refuses(await withSiz(8, 0xffff_ffff), /a htj2k stream of/));
