import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyMask, maskIou, rasterizePolygons } from "@malleolus/geometry";
import { annotate } from "./annotator.ts";

/** A band of 3 mm by 30 mm at 0.3 mm a pixel, standing obliquely. */
function band() {
  const mask = emptyMask(160, 160);
  for (let y = 0; y < 160; y++) {
    for (let x = 0; x < 160; x++) {
      const [along, across] = [(x - 80 + (y - 80)) / Math.SQRT2, (x - 80 - (y - 80)) / Math.SQRT2];
      if (Math.abs(along) < 50 && Math.abs(across) < 5) mask.data[y * 160 + x] = 1;
    }
  }
  return mask;
}

test("annotate: two people agree as far as people do, and each repeats their own drawing", () => {
  const mask = band();
  const spacing = 0.3;
  let [withTruth, between] = [0, 0];
  for (let i = 0; i < 60; i++) {
    const [one, two] = ["one", "two"].map((name) =>
      rasterizePolygons(annotate(mask, spacing, `case ${i}`, name, "fracture"), 160, 160),
    );
    withTruth += maskIou(one, mask) / 60;
    between += maskIou(one, two) / 60;
  }
  assert.ok(withTruth > 0.65 && withTruth < 0.9, `with truth ${withTruth}`);
  assert.ok(between > 0.5 && between < withTruth, `between annotators ${between}`);
  assert.deepEqual(
    annotate(mask, spacing, "case", "one", "fracture"),
    annotate(mask, spacing, "case", "one", "fracture"),
  );
});

test("annotate: nothing to see is not outlined", () => {
  assert.deepEqual(annotate(emptyMask(50, 50), 0.3, "case", "one", "fracture"), []);
});
