import assert from "node:assert/strict";
import test from "node:test";
import type { CaseImage, ShownFinding } from "@malleolus/schema";
import { findingAt, openFindings, stepFinding } from "./findings-session.ts";

const AP = "a".repeat(32);
const LATERAL = "b".repeat(32);

function finding(image: string, box: ShownFinding["box"]): ShownFinding {
  const rest = { areaMm2: null, lengthMm: null, calibration: "none" } as const;
  return { image, class: "weber_b", score: 0.9, box, polygons: [], ...rest };
}

function image(id: string): CaseImage {
  const facts = { width: 100, height: 200, pixelSpacingMm: null, spacingSource: "none" } as const;
  return { id, view: null, side: null, ...facts };
}

const findings = [
  finding(AP, [10, 10, 60, 60]),
  finding(AP, [20, 20, 30, 30]),
  finding(LATERAL, [20, 20, 30, 30]),
];

test("findingAt: the smallest that holds the place, on this radiograph, its far edges not among it", () => {
  assert.equal(findingAt(findings, AP, { x: 25, y: 25 }), 1);
  assert.equal(findingAt(findings, LATERAL, { x: 25, y: 25 }), 2);
  assert.equal(findingAt(findings, AP, { x: 30, y: 25 }), 0);
  assert.equal(findingAt(findings, AP, { x: 60, y: 60 }), null);
});

test("stepFinding: round all findings in both directions, each with its view", () => {
  const settings = { linked: false, startWindow: null };
  const session = openFindings([image(AP), image(LATERAL)], findings, settings);
  const now = () => [session.chosen.state(), session.viewer.state().active];
  assert.equal(stepFinding(session, -1), true);
  assert.deepEqual(now(), [2, LATERAL]);
  stepFinding(session, 1);
  assert.deepEqual(now(), [0, AP]);
  const none = openFindings([image(AP)], [], settings);
  assert.equal(stepFinding(none, 1), false);
});
