import assert from "node:assert/strict";
import { test } from "node:test";
import { detailBand } from "./detail.ts";

/** The definition, pixel by pixel. */
function slowly(width: number, height: number, pixels: Float32Array, radius: number): number[] {
  return Array.from(pixels, (value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let [sum, count] = [0, 0];
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        sum += pixels[v * width + u];
        count++;
      }
    }
    return value - sum / count;
  });
}

for (const [width, height, radius] of [
  [9, 7, 1],
  [9, 7, 2],
  [5, 4, 8],
  [1, 6, 2],
  [1, 1, 3],
] as const) {
  test(`detailBand: ${width} x ${height}, radius ${radius}: as defined`, () => {
    const pixels = Float32Array.from({ length: width * height }, (_, i) => (i * 37) % 101);
    const band = detailBand({ width, height, pixels }, radius);
    const expected = slowly(width, height, pixels, radius);
    for (const [i, value] of band.entries()) {
      assert.ok(Math.abs(value - expected[i]) < 1e-3, `at ${i}`);
    }
  });
}

test("detailBand: what is the same everywhere has no detail", () => {
  const band = detailBand({ width: 6, height: 5, pixels: new Float32Array(30).fill(200) }, 2);
  assert.ok(band.every((value) => value === 0));
});
