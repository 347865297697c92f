/** The encoder here is written from the format's description and shares nothing with the decoder. */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { decodeLevels } from "./decode-levels.ts";

function encode(width: number, height: number, values: readonly number[]): Uint8Array {
  const size = width * height;
  const bytes = new Uint8Array(24 + 2 * size);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("MLR1"));
  view.setUint32(4, width, true);
  view.setUint32(8, height, true);
  view.setUint16(12, 4095, true);
  view.setFloat32(16, 10.5, true);
  view.setFloat32(20, 4000, true);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (dx: number, dy: number) => values[(y + dy) * width + x + dx];
      let predicted = 0;
      if (y === 0 && x > 0) predicted = at(-1, 0);
      else if (x === 0 && y > 0) predicted = at(0, -1);
      else if (x > 0) {
        const [a, b, c] = [at(-1, 0), at(0, -1), at(-1, -1)];
        if (c >= Math.max(a, b)) predicted = Math.min(a, b);
        else if (c <= Math.min(a, b)) predicted = Math.max(a, b);
        else predicted = a + b - c;
      }
      const difference = ((values[y * width + x] - predicted) << 16) >> 16;
      const zigzag = ((difference << 1) ^ (difference >> 15)) & 0xffff;
      bytes[24 + y * width + x] = zigzag & 255;
      bytes[24 + size + y * width + x] = zigzag >> 8;
    }
  }
  return bytes;
}

test("decode: every radiograph of 16 bits comes back bit for bit", () => {
  const radiograph = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        values: fc.array(fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.constant(65_535)), {
          minLength: width * height,
          maxLength: width * height,
        }),
      }),
    );
  fc.assert(
    fc.property(radiograph, ({ width, height, values }) => {
      const decoded = decodeLevels(encode(width, height, values));
      assert.deepEqual([...decoded.pixels], values);
      const { top, low, high } = decoded;
      assert.deepEqual(
        [decoded.width, decoded.height, top, low, high],
        [width, height, 4095, 10.5, 4000],
      );
    }),
  );
});

test("decode: bytes that are no radiograph, or not all of one, say so", () => {
  assert.throws(() => decodeLevels(new TextEncoder().encode("<h1>a proxy's page</h1>")), /MLR1/);
  const whole = encode(
    4,
    4,
    Array.from({ length: 16 }, (_, i) => i),
  );
  assert.throws(
    () => decodeLevels(whole.subarray(0, 40)),
    /expected 56 bytes for 4 x 4 pixels, got 40/,
  );
});
