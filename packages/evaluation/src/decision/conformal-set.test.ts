import assert from "node:assert/strict";
import test from "node:test";
import { philox4x32 } from "@malleolus/random";
import type { PatientDecision } from "@malleolus/schema";
import { conformalSet } from "./conformal-set.ts";
import { answerOf } from "./decide.ts";
import { atPrevalence } from "./prevalence.ts";

const CLASSES = ["a", "b", "none"];
const NOTHING = { objectMean: 0, objectMax: 0, imageMean: 0, imageMax: 0 };

function decisionOf(ownProbabilities?: Record<string, readonly number[]>): PatientDecision {
  const count = (name: string) => ownProbabilities?.[name]?.length ?? 10;
  return {
    format: "malleolus-decision-1",
    classes: CLASSES,
    noFractureClass: "none",
    usesImageHead: false,
    weights: { fracture: NOTHING, noFracture: NOTHING },
    bias: { a: 0, b: 0, none: 0 },
    findingThreshold: 0.5,
    ...(ownProbabilities === undefined ? {} : { ownProbabilities }),
    fittedOn: {
      patients: Object.fromEntries(CLASSES.map((name) => [name, count(name)])),
      radiographs: 30,
      sha256: "ab",
      penalty: 1,
      leaveOneOut: { logLoss: 0.5, accuracy: 1 },
    },
  };
}

const answer = (...probabilities: number[]) => answerOf(CLASSES, "none", probabilities);
const tenths = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

test("conformalSet: a class is excluded where so low a probability was rare among its own patients", () => {
  const decision = decisionOf({ a: tenths, b: tenths, none: tenths });
  // Of 19 patients of a class, at 0.1 that is where at most one had so low a probability.
  assert.deepEqual(conformalSet(decision, answer(0.9, 0.05, 0.05), 0.1), ["a"]);
  assert.deepEqual(conformalSet(decision, answer(0.85, 0.1, 0.05), 0.1), ["a", "b"]);
  assert.deepEqual(conformalSet(decision, answer(0.85, 0.1, 0.05), 0.01), CLASSES);
  const sure = decisionOf({ a: tenths.map(() => 0.99), b: tenths.map(() => 0.99), none: tenths });
  assert.deepEqual(conformalSet(sure, answer(0.5, 0.5, 0), 0.1), []);
});

test("conformalSet: a class of few tuning patients is excluded by nothing", () => {
  const few = Array.from({ length: 8 }, () => 0.9);
  assert.deepEqual(
    conformalSet(decisionOf({ a: few, b: [...few, 0.9], none: few }), answer(0, 0, 1), 0.1),
    ["a", "none"],
  );
});

test("conformalSet: the set is the same at any prevalence", () => {
  const decision = decisionOf({ a: tenths, b: tenths, none: tenths });
  const tuned = [0.3, 0.2, 0.5];
  const rare = atPrevalence(decision, 0.1);
  // Two in three of the tuning patients have a fracture.
  const [a, b, none] = [tuned[0] * 0.15, tuned[1] * 0.15, tuned[2] * 2.7];
  const sum = a + b + none;
  for (const rate of [0.1, 0.25, 0.3, 0.45]) {
    assert.deepEqual(
      conformalSet(rare, answer(a / sum, b / sum, none / sum), rate),
      conformalSet(decision, answer(...tuned), rate),
    );
  }
});

test("conformalSet: of 2,000 patients of each class no more are missed than were allowed", () => {
  let drawn = 0;
  const uniform = () => (philox4x32([drawn++, 0, 0, 0], [19, 0])[0] + 0.5) / 2 ** 32;
  // A poor detector, and poorer for one class than for the others.
  const patient = (truth: number): number[] => {
    const raised = CLASSES.map((_, k) => Math.exp((k === truth ? 1.5 - truth : 0) + 2 * uniform()));
    const total = raised.reduce((sum, one) => sum + one, 0);
    return raised.map((one) => one / total);
  };
  const own = CLASSES.map((_, k) => Array.from({ length: 400 }, () => patient(k)[k]));
  const decision = decisionOf(Object.fromEntries(CLASSES.map((name, k) => [name, own[k]])));
  for (const [k, name] of CLASSES.entries()) {
    for (const rate of [0.05, 0.2]) {
      let missed = 0;
      for (let i = 0; i < 2_000; i++) {
        if (conformalSet(decision, answer(...patient(k)), rate)?.includes(name) === false) missed++;
      }
      // Four standard errors of both samples together.
      const error = 4 * Math.sqrt(rate * (1 - rate) * (1 / 2_000 + 1 / 400));
      assert.ok(Math.abs(missed / 2_000 - rate) < error, `${name} at ${rate}: ${missed}`);
    }
  }
});

test("conformalSet: none of a decision that was fitted before, and no rate of nobody or everybody", () => {
  assert.equal(conformalSet(decisionOf(), answer(0.2, 0.3, 0.5), 0.1), null);
  for (const wrong of [0, 1, Number.NaN]) {
    assert.throws(
      () => conformalSet(decisionOf(), answer(0.2, 0.3, 0.5), wrong),
      /expected a share between 0 and 1/,
    );
  }
});
