import assert from "node:assert/strict";
import { test } from "node:test";
import { readDicomImage } from "@malleolus/data/dicom";
import { compressedFile, dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { createRandom } from "../random.ts";
import { encodeLosslessJpeg } from "./lossless-jpeg.ts";

const WIDTH = 40;
const HEIGHT = 30;

/** A decoder that others wrote gives what the same samples are without compression. */
async function check(samples: Uint16Array, bits: number): Promise<void> {
  const header = {
    ...GRAY_2X2,
    "00280010 US": [HEIGHT],
    "00280011 US": [WIDTH],
    "00280101 US": [bits],
    "00280102 US": [bits - 1],
  };
  const stream = encodeLosslessJpeg(samples, WIDTH, bits);
  const compressed = compressedFile(header, "1.2.840.10008.1.2.4.70", stream);
  const { radiograph: read } = await readDicomImage(compressed, "compressed");
  const same = dicomFile({ ...header, "7fe00010 OW": [...samples] });
  const { radiograph: plain } = await readDicomImage(same, "plain");
  const differs = read.pixels.findIndex((value, i) => value !== plain.pixels[i]);
  assert.equal(differs, -1, `pixel ${differs} differs`);
}

for (const bits of [10, 12, 15, 16]) {
  const random = createRandom("lossless JPEG", bits);
  const samples = (value: (i: number) => number) =>
    Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => value(i));
  const top = 2 ** bits - 1;
  test(`encodeLosslessJpeg: differences of every size, ${bits} bits`, async () => {
    await check(
      samples((i) => 2 ** (i % bits) - (i % 3 === 0 ? 1 : 0)),
      bits,
    );
    await check(
      samples(() => Math.floor(random.between(0, top + 1))),
      bits,
    );
    await check(
      samples((i) => (i % 2) * top),
      bits,
    );
  });
}

test("encodeLosslessJpeg: 16 bits that differ by half of their range", () =>
  check(
    Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % 2) * 2 ** 15 + 7),
    16,
  ));

test("encodeLosslessJpeg: an even image takes two bits a sample", () => {
  const stream = encodeLosslessJpeg(new Uint16Array(WIDTH * HEIGHT).fill(2 ** 9), WIDTH, 10);
  const [image, codes, frame, scan] = [2 + 2, 38, 13, 10];
  assert.equal(stream.length - image - codes - frame - scan, (2 * WIDTH * HEIGHT) / 8);
});
