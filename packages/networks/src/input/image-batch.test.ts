import assert from "node:assert/strict";
import test from "node:test";
import { liveTensors, scope } from "@malleolus/torch";
import { batchImages } from "./image-batch.ts";

const image = (width: number, height: number, value: number) => ({
  width,
  height,
  pixels: new Float32Array(width * height).fill(value),
});

test("batchImages: mean subtracted before padding, blue first, channels-last", () => {
  const before = liveTensors();
  scope(() => {
    const batch = batchImages([image(40, 20, 100), image(10, 50, 0)]);
    assert.deepEqual(batch.tensor.shape, [2, 3, 64, 64]);
    assert.deepEqual(batch.sizes, [
      [20, 40],
      [50, 10],
    ]);
    assert.ok(batch.tensor.isContiguous("channelsLast"));
    const at = (...place: number[]) => Math.fround(batch.tensor.at(...place).item());
    assert.equal(at(0, 0, 19, 39), Math.fround(100 - 103.53));
    assert.equal(at(0, 2, 0, 0), Math.fround(100 - 123.675));
    assert.equal(at(1, 1, 49, 9), Math.fround(-116.28));
    for (const place of [
      [0, 0, 20, 0],
      [0, 0, 0, 40],
      [1, 1, 0, 10],
    ]) {
      assert.equal(at(...place), 0);
    }
  });
  assert.equal(liveTensors(), before);
});

test("batchImages: refuses no image, and pixels that do not fill the size", () => {
  assert.throws(() => batchImages([]), { code: "input" });
  assert.throws(() => batchImages([{ ...image(4, 4, 0), width: 5 }]), /5 x 4 pixels.*got 16/);
});

test("batchImages: detail fills the second and third channel, and padding stays 0", () => {
  const pixels = Float32Array.from({ length: 6 * 4 }, (_, i) => (i % 6 === 3 ? 40 : 200));
  const image = { width: 6, height: 4, pixels };
  const { tensor } = batchImages([image], { channels: "detail" });
  const [, , height, width] = tensor.shape;
  const values = tensor.contiguous().toFloat32Array();
  const at = (channel: number, y: number, x: number) => values[(channel * height + y) * width + x];
  assert.ok(Math.abs(at(0, 1, 3) - (40 - 103.53)) < 1e-3);
  // A dark line is darker than its surroundings in both bands, and what is beside it brighter.
  for (const channel of [1, 2]) {
    assert.ok(at(channel, 1, 3) < 0 && at(channel, 1, 1) > 0);
    assert.equal(at(channel, 1, 6), 0);
    assert.equal(at(channel, 5, 3), 0);
  }
  tensor.free();
});
