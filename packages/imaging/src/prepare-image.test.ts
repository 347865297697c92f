import assert from "node:assert/strict";
import test from "node:test";
import { prepareImage, resizedSize, resizeImage, resizeTarget } from "./prepare-image.ts";

function checkSize(width: number, height: number, expected: [number, number]): void {
  const size = resizedSize(width, height, { minSize: 800, maxSize: 1333 });
  assert.deepEqual([size.width, size.height], expected);
}

test("resizedSize: the shorter side decides until the longer one is too long", () => {
  checkSize(1760, 1760, [800, 800]);
  checkSize(400, 500, [800, 1000]);
  checkSize(500, 400, [1000, 800]);
  checkSize(1000, 3000, [444, 1333]);
});

test("resizeImage: shrinking by two averages with Pillow's widened triangle", () => {
  // Image.fromarray([[0, 0, 0, 80, 80, 80, 0, 0]], "F").resize((4, 1), Image.BILINEAR)
  const pixels = Float32Array.of(0, 0, 0, 80, 80, 80, 0, 0);
  const { pixels: out } = resizeImage({ width: 8, height: 1, pixels }, 4, 1);
  const expected = [0, 40, 80 * 0.875, 80 / 7];
  assert.ok(
    expected.every((value, i) => Math.abs(out[i] - value) < 1e-4),
    `${out}`,
  );
});

test("resizeImage: enlarging by two interpolates between the centres", () => {
  const pixels = Float32Array.of(0, 40, 0, 40);
  const { pixels: out } = resizeImage({ width: 2, height: 2, pixels }, 4, 2);
  assert.deepEqual([...out], [0, 10, 30, 40, 0, 10, 30, 40]);
});

test("resizeImage: an even image stays even, whatever the sizes", () => {
  for (const [width, height] of [
    [7, 13],
    [64, 3],
    [1, 1],
  ]) {
    const pixels = new Float32Array(31 * 17).fill(200);
    const { pixels: out } = resizeImage({ width: 31, height: 17, pixels }, width, height);
    assert.equal(out.length, width * height);
    assert.ok(out.every((value) => Math.abs(value - 200) < 1e-3));
  }
});

test("prepareImage: 0..1 becomes 0..255 and the factors are those of the whole pixels", () => {
  const radiograph = { width: 30, height: 21, pixels: new Float32Array(630).fill(0.5) };
  const prepared = prepareImage(radiograph, { minSize: 10, maxSize: 100, maskCollimation: false });
  assert.equal(prepared.image.width, 14);
  assert.equal(prepared.image.height, 10);
  assert.equal(prepared.scaleX, 14 / 30);
  assert.equal(prepared.scaleY, 10 / 21);
  assert.ok(prepared.image.pixels.every((value) => Math.abs(value - 127.5) < 1e-3));
  assert.throws(
    () =>
      prepareImage(
        { ...radiograph, width: 31 },
        { minSize: 10, maxSize: 100, maskCollimation: false },
      ),
    {
      code: "input",
    },
  );
});

test("resizeTarget: boxes and outlines scale, classes stay", () => {
  const target = { boxes: [[1, 2, 3, 4] as const], classes: [2], polygons: [[[1, 2, 3, 2, 3, 4]]] };
  assert.deepEqual(resizeTarget(target, 2, 10), {
    boxes: [[2, 20, 6, 40]],
    classes: [2],
    polygons: [[[2, 20, 6, 20, 6, 40]]],
  });
});
