import assert from "node:assert/strict";
import test from "node:test";
import { ankleClassification, type ProposedShape } from "@malleolus/schema";
import { classByHeight, heightRuleOf } from "./class-by-height.ts";

/** At half a millimetre a pixel: the joint's surface lies in row 200, the fibula right of the tibia. */
const size = { width: 200, height: 260, pixelSpacingMm: [0.5, 0.5] as const };

function shape(structure: string, polygon: number[]): ProposedShape {
  return { structure, polygons: [polygon], line: null, score: null };
}

const tibia = shape("tibia", [60, 20, 110, 20, 110, 200, 60, 200]);
const fibula = shape("fibula", [125, 20, 145, 20, 145, 240, 125, 240]);
/** Across the fibula, 3 mm wide, so many millimetres above the joint. */
function lineAt(heightMm: number): ProposedShape {
  const middle = 200 - 2 * heightMm;
  const [top, bottom] = [middle - 3, middle + 3];
  return shape("fracture", [120, top, 150, top, 150, bottom, 120, bottom]);
}

test("classByHeight: the protocol's class of a line below the joint, at it, and far above", () => {
  const rule = heightRuleOf(ankleClassification);
  assert.ok(rule !== null);
  for (const [heightMm, expected] of [
    [-8, "weber_a"],
    [4, "weber_b"],
    [40, "weber_c"],
  ] as const) {
    assert.equal(classByHeight([tibia, fibula, lineAt(heightMm)], size, rule), expected);
  }
});

test("classByHeight: without a fracture, a bone, or millimetres there is none", () => {
  const rule = heightRuleOf(ankleClassification);
  assert.ok(rule !== null);
  assert.equal(classByHeight([tibia, fibula], size, rule), null);
  assert.equal(classByHeight([fibula, lineAt(4)], size, rule), null);
  assert.equal(classByHeight([tibia, lineAt(4)], size, rule), null);
  const unknown = { ...size, pixelSpacingMm: null };
  assert.equal(classByHeight([tibia, fibula, lineAt(4)], unknown, rule), null);
});

test("heightRuleOf: a protocol with other than three kinds of fractures tells none by height", () => {
  const { classes, ...rest } = ankleClassification;
  assert.equal(heightRuleOf({ ...rest, classes: classes.slice(1) }), null);
});
