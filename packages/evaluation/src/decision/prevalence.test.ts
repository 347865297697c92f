import assert from "node:assert/strict";
import test from "node:test";
import type { PatientDecision } from "@malleolus/schema";
import { decidePatient } from "./decide.ts";
import { atPrevalence, prevalenceOf } from "./prevalence.ts";

const nothing = { objectMean: 0, objectMax: 0, imageMean: 0, imageMax: 0 };
const decision: PatientDecision = {
  format: "malleolus-decision-1",
  classes: ["a", "b", "none"],
  noFractureClass: "none",
  usesImageHead: false,
  weights: {
    fracture: { ...nothing, objectMax: 1 },
    noFracture: { ...nothing, objectMean: 0.5 },
  },
  bias: { a: 0.2, b: -0.4, none: 0.1 },
  findingThreshold: 0.4,
  fittedOn: {
    patients: { a: 30, b: 30, none: 20 },
    radiographs: 240,
    sha256: "ab",
    penalty: 1,
    leaveOneOut: { logLoss: 0.5, accuracy: 1 },
  },
};
const view = { classScores: { a: 0.3, b: 0.2, none: 0.6 }, imageProbabilities: null };
const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} and ${b}`);

test("prevalenceOf: that of the tuning patients, until another is set", () => {
  assert.equal(prevalenceOf(decision), 0.75);
  assert.equal(prevalenceOf(atPrevalence(decision, 0.15)), 0.15);
});

test("atPrevalence: the odds of a fracture change by the ratio of the prior odds", () => {
  const odds = (of: PatientDecision) => {
    const { fractureProbability } = decidePatient(of, [view]);
    return fractureProbability / (1 - fractureProbability);
  };
  close(odds(atPrevalence(decision, 0.2)) / odds(decision), 0.25 / 3);
  close(odds(atPrevalence(atPrevalence(decision, 0.2), 0.6)) / odds(decision), 1.5 / 3);
});

test("atPrevalence: back where it was, the same probabilities; classes keep their ratio", () => {
  const { probabilities } = decidePatient(decision, [view]);
  const back = atPrevalence(atPrevalence(decision, 0.1), 0.75);
  const rare = decidePatient(atPrevalence(decision, 0.1), [view]).probabilities;
  for (const name of decision.classes) {
    close(decidePatient(back, [view]).probabilities[name], probabilities[name]);
  }
  close(rare.a / rare.b, probabilities.a / probabilities.b);
});

test("atPrevalence: at its operating points the same patients are called a fracture", () => {
  const share = { count: 1, total: 1, share: 1, interval: null };
  const point = (probability: number | null) => ({
    wanted: { atLeast: "specificity" as const, share: 0.95 },
    probability,
    sensitivity: share,
    specificity: share,
  });
  const { fractureProbability } = decidePatient(decision, [view]);
  const pointed = { ...decision, operatingPoints: [point(fractureProbability), point(null)] };
  const rare = atPrevalence(pointed, 0.1);
  const [same, nobody] = rare.operatingPoints ?? [];
  close(same.probability ?? 0, decidePatient(rare, [view]).fractureProbability);
  assert.equal(nobody.probability, null);
  assert.ok(!("operatingPoints" in atPrevalence(decision, 0.1)));
});

test("atPrevalence: of nobody, of everybody and of no number is refused", () => {
  for (const wrong of [0, 1, -0.1, Number.NaN]) {
    assert.throws(() => atPrevalence(decision, wrong), /expected a share between 0 and 1/);
  }
});
