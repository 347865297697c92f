import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import sharp from "sharp";
import { renderOverlay } from "./overlay.ts";

const size = { width: 900, height: 1000 } as const;
const unscaled = { ...size, pixelSpacingMm: null, spacingSource: "none" } as const;

function finding(box: Box, changes: Partial<Finding> = {}): Finding {
  const [x1, y1, x2, y2] = box;
  return {
    class: "fracture",
    score: 0.874,
    box,
    polygons: [[x1, y1, x2, y1, x2, y2, x1, y2]],
    areaMm2: null,
    lengthMm: null,
    calibration: "none",
    ...changes,
  };
}

test("overlay: the radiograph keeps its grey levels outside the findings", async () => {
  const pixels = Float32Array.from({ length: 900 * 1000 }, (_, i) => (i % 900) / 899);
  const png = await renderOverlay(
    { ...unscaled, pixels },
    [finding([400, 400, 500, 480])],
    ["fracture"],
  );
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.channels], [900, 3]);
  assert.ok(info.height > 1000, "no room for the notice");
  for (const [x, y] of [
    [0, 0],
    [899, 0],
    [450, 700],
    [100, 999],
  ]) {
    const at = 3 * (y * 900 + x);
    const gray = Math.round((255 * x) / 899);
    assert.deepEqual([...data.subarray(at, at + 3)], [gray, gray, gray]);
  }
  const inside = [...data.subarray(3 * (440 * 900 + 450), 3 * (440 * 900 + 450) + 3)];
  assert.ok(inside[0] > inside[2], "the finding is not tinted");
});

test("overlay: a small radiograph is enlarged in whole steps", async () => {
  const small = { ...unscaled, width: 300, height: 200, pixels: new Float32Array(300 * 200) };
  const { width } = await sharp(await renderOverlay(small, [], [])).metadata();
  assert.equal(width, 900);
});
