import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { decodeRle } from "./rle.ts";

/** A frame of the given segments behind its header. */
function frame(...segments: readonly number[][]): Uint8Array {
  const header = new Uint32Array(16);
  header[0] = segments.length;
  let offset = 64;
  segments.forEach((segment, i) => {
    header[i + 1] = offset;
    offset += segment.length;
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}

const gray = (pixelCount: number, bytesPerSample: number) => ({
  pixelCount,
  samplesPerPixel: 1,
  bytesPerSample,
});

test("decodeRle: literals, runs and the code that does nothing", () => {
  // Two literals, no operation, a run of four, a literal.
  const encoded = frame([1, 7, 8, 128, 253, 5, 0, 9]);
  assert.deepEqual([...decodeRle(encoded, gray(7, 1), "x")], [7, 8, 5, 5, 5, 5, 9]);
});

test("decodeRle: the first segment holds the high bytes", () => {
  const encoded = frame([1, 0x12, 0x34], [1, 0x56, 0x78]);
  assert.deepEqual([...decodeRle(encoded, gray(2, 2), "x")], [0x56, 0x12, 0x78, 0x34]);
});

test("decodeRle: a run beyond the frame is cut", () => {
  assert.deepEqual([...decodeRle(frame([129, 3]), gray(2, 1), "x")], [3, 3]);
});

function refuses(encoded: Uint8Array, code: string, message: RegExp): void {
  assert.throws(
    () => decodeRle(encoded, gray(4, 1), "x.dcm"),
    (error) => error instanceof DataError && error.code === code && message.test(error.message),
  );
}

test("decodeRle: a segment that ends early is refused", () =>
  refuses(frame([1, 7, 8]), "truncated", /expected 4 bytes from an RLE segment, got 2/));
test("decodeRle: a wrong count of segments is refused", () =>
  refuses(frame([3, 1, 2, 3, 4], [0, 0]), "damaged", /expected 1 RLE segments, got 2/));
test("decodeRle: less than a header is refused", () =>
  refuses(new Uint8Array(63), "truncated", /header of 64 bytes, got 63/));
