import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import { overlaySvg } from "./overlay-svg.ts";

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

test("overlay: it says what it is not, with findings and without", () => {
  for (const findings of [[], [finding([10, 10, 50, 60])]]) {
    assert.match(overlaySvg(unscaled, findings, ["fracture"]), /not a medical device/);
  }
});

test("overlay: a label holds class and score, and millimetres where they are known", () => {
  const known = finding([10, 90, 50, 120], {
    lengthMm: 23.6,
    areaMm2: 80,
    calibration: "calibrated",
  });
  assert.match(overlaySvg(unscaled, [known], ["fracture"]), />fracture 0\.87 · 24 mm</);
  assert.match(
    overlaySvg(unscaled, [finding([10, 90, 50, 120])], ["fracture"]),
    />fracture 0\.87</,
  );
});

test("overlay: what is in doubt is dotted, and what is sure is not", () => {
  const dots = /stroke-dasharray/g;
  const drawn = (style?: "solid" | "dotted") =>
    overlaySvg(unscaled, [finding([10, 90, 50, 120])], ["fracture"], [], null, style);
  assert.equal(drawn().match(dots), null);
  // The outline and the corners, each with its rim.
  assert.equal(drawn("dotted").match(dots)?.length, 4);
});

test("overlay: the scale bar is as long as it says", () => {
  const spacing = { pixelSpacingMm: [0.2, 0.1], spacingSource: "at detector" } as const;
  const svg = overlaySvg({ ...size, ...spacing }, [], []);
  const [, start, end] = /M(\d+) [\d.]+H([\d.]+)M/.exec(svg) ?? [];
  // A fifth of the width is 18 mm; 10 mm are 100 columns of 0.1 mm.
  assert.equal(Number(end) - Number(start), 100);
  assert.match(svg, />10 mm at detector</);
  assert.match(overlaySvg(unscaled, [], []), />no scale</);
});

test("overlay: labels of neighbours lie apart, and inside the picture", () => {
  const findings = [0, 1, 2, 3].map((i) => finding([860 - 6 * i, 4 + 5 * i, 899, 60]));
  const svg = overlaySvg(unscaled, findings, ["fracture"]);
  const boxes = [
    ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
  ].map(([, ...numbers]) => numbers.map(Number));
  assert.equal(boxes.length, 4);
  for (const [i, [x, y, width, height]] of boxes.entries()) {
    assert.ok(x >= 0 && y >= 0 && x + width <= 900 && y + height <= 1000);
    for (const [ox, oy, oWidth, oHeight] of boxes.slice(i + 1)) {
      const apart = x + width <= ox || ox + oWidth <= x || y + height <= oy || oy + oHeight <= y;
      assert.ok(apart, svg);
    }
  }
});

test("overlay: a class's name is text, whatever it holds", () => {
  const svg = overlaySvg(unscaled, [finding([10, 90, 50, 120], { class: "<b>&" })], []);
  assert.match(svg, />&#60;b&#62;&#38; 0\.87</);
});

test("overlaySvg: what is held to be there is dashed, and only where it is given", () => {
  const truth = [[10, 10, 30, 10, 30, 40]];
  assert.match(overlaySvg(unscaled, [], [], [truth]), /stroke="#fff"[^>]*stroke-dasharray/);
  assert.doesNotMatch(overlaySvg(unscaled, [], []), /stroke-dasharray/);
});
