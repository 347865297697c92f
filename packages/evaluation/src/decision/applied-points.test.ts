import assert from "node:assert/strict";
import test from "node:test";
import type { DecisionPoint, PatientDecision } from "@malleolus/schema";
import type { PatientOutcome } from "../classification.ts";
import { appliedPoints } from "./applied-points.ts";

const nothing = { objectMean: 0, objectMax: 0, imageMean: 0, imageMax: 0 };
const share = { count: 19, total: 20, share: 0.95, interval: null };
const point = (probability: number | null): DecisionPoint => ({
  wanted: { atLeast: "specificity", share: 0.95 },
  probability,
  sensitivity: share,
  specificity: share,
});
const decision: PatientDecision = {
  format: "malleolus-decision-1",
  classes: ["a", "none"],
  noFractureClass: "none",
  usesImageHead: false,
  weights: { fracture: nothing, noFracture: nothing },
  bias: { a: 0, none: 0 },
  findingThreshold: 0.4,
  fittedOn: {
    patients: { a: 2, none: 2 },
    radiographs: 4,
    sha256: "ab",
    penalty: 1,
    leaveOneOut: { logLoss: 0.5, accuracy: 1 },
  },
};
const outcome = (truth: string, probability: number): PatientOutcome => ({
  patient: `${truth} ${probability}`,
  truth,
  ambiguous: null,
  prediction: {
    class: probability > 0.5 ? "a" : "none",
    undecided: null,
    scores: { a: probability, none: 1 - probability },
    fractureScore: probability - 0.5,
  },
});
const outcomes = [
  outcome("a", 0.9),
  outcome("none", 0.75),
  outcome("a", 0.75),
  outcome("a", 0.25),
  outcome("none", 0.125),
];

test("appliedPoints: a patient at the probability is called, and everybody is where it belongs", () => {
  const [sure, wide, nobody] = appliedPoints(
    { ...decision, operatingPoints: [point(0.75), point(0.2), point(null)] },
    outcomes,
  );
  const counts = ({ count, total }: { count: number; total: number }) => [count, total];
  assert.deepEqual(
    [sure.called, counts(sure.sensitivity), counts(sure.specificity)],
    [
      [0, 1, 2],
      [2, 3],
      [1, 2],
    ],
  );
  assert.deepEqual(
    [wide.called, counts(wide.sensitivity), counts(wide.specificity)],
    [
      [0, 1, 2, 3],
      [3, 3],
      [1, 2],
    ],
  );
  assert.deepEqual(
    [nobody.called, counts(nobody.sensitivity), counts(nobody.specificity)],
    [[], [0, 3], [2, 2]],
  );
  assert.equal(sure.chosen.probability, 0.75);
});

test("appliedPoints: none without a decision, and none of one that has none", () => {
  assert.deepEqual(appliedPoints(null, outcomes), []);
  assert.deepEqual(appliedPoints(decision, outcomes), []);
});
