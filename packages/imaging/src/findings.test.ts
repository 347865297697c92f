import assert from "node:assert/strict";
import test from "node:test";
import { findingSchema } from "@malleolus/schema";
import { longestExtentMm, toFinding } from "./findings.ts";
import type { PlacedDetection } from "./paste.ts";

/** A bar of 4 x 2 pixels at (10, 20). */
const bar: PlacedDetection = {
  box: [9, 19, 15, 23],
  class: 1,
  score: 0.75,
  mask: { left: 9, top: 19, width: 6, height: 4, data: new Uint8Array(24) },
};
for (const i of [7, 8, 9, 10, 13, 14, 15, 16]) bar.mask.data[i] = 1;

test("toFinding: outlines in pixels of the radiograph, millimetres by rows and columns", () => {
  const spacing = { pixelSpacingMm: [0.5, 2], spacingSource: "at detector" } as const;
  const finding = toFinding(bar, ["a", "b"], spacing);
  assert.deepEqual(finding, {
    class: "b",
    score: 0.75,
    box: [9, 19, 15, 23],
    polygons: [[14, 20, 14, 22, 10, 22, 10, 20]],
    areaMm2: 8,
    lengthMm: Math.hypot(8, 1),
    calibration: "at detector",
  });
  assert.deepEqual(findingSchema.parse(finding), finding);
});

test("toFinding: without a spacing there are no millimetres", () => {
  const spacing = { pixelSpacingMm: null, spacingSource: "none" } as const;
  const finding = toFinding(bar, ["a", "b"], spacing);
  assert.equal(finding.areaMm2, null);
  assert.equal(finding.lengthMm, null);
  assert.equal(finding.calibration, "none");
});

test("longestExtentMm: over several outlines, and of none", () => {
  const far = [
    [0, 0, 1, 0, 1, 1, 0, 1],
    [30, 40, 31, 40, 31, 41, 30, 41],
  ];
  assert.equal(longestExtentMm(far, [1, 1]), Math.hypot(31, 41));
  assert.equal(longestExtentMm([], [1, 1]), 0);
});
