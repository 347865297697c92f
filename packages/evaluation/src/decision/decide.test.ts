import assert from "node:assert/strict";
import test from "node:test";
import type { PatientDecision } from "@malleolus/schema";
import { answerOf, decidePatient, shownFindings } from "./decide.ts";
import type { ViewEvidence } from "./evidence.ts";

const nothing = { objectMean: 0, objectMax: 0, imageMean: 0, imageMax: 0 };
const decision: PatientDecision = {
  format: "malleolus-decision-1",
  classes: ["a", "b", "none"],
  noFractureClass: "none",
  usesImageHead: true,
  weights: {
    fracture: { ...nothing, objectMax: 1, imageMean: 0.5 },
    noFracture: { ...nothing, imageMean: 2 },
  },
  bias: { a: 0, b: -1, none: 0.5 },
  findingThreshold: 0.4,
  fittedOn: {
    patients: { a: 2, b: 2, none: 2 },
    radiographs: 6,
    sha256: "ab",
    penalty: 1,
    leaveOneOut: { logLoss: 0.5, accuracy: 1 },
  },
};

const odds = (p: number) => Math.log(p / (1 - p));

function view(objects: number[], images: number[]): ViewEvidence {
  const named = (values: number[]) => ({ a: values[0], b: values[1], none: values[2] });
  return { classScores: named(objects), imageProbabilities: named(images) };
}

test("decidePatient: two views, by hand", () => {
  const answer = decidePatient(decision, [
    view([0.2, 0.6, 0.9], [0.5, 0.5, 0.25]),
    view([0.1, 0.8, 0.9], [0.5, 0.75, 0.5]),
  ]);
  const logits = [odds(0.2), odds(0.8) + 0.25 * odds(0.75) - 1, odds(0.25) + 0.5];
  const raised = logits.map(Math.exp);
  const total = raised[0] + raised[1] + raised[2];
  ["a", "b", "none"].forEach((name, i) => {
    assert.ok(Math.abs(answer.probabilities[name] - raised[i] / total) < 1e-12);
  });
  assert.equal(answer.class, "b");
});

test("decidePatient: the same view again changes nothing; a view is enough", () => {
  const one = view([0.2, 0.6, 0.9], [0.5, 0.5, 0.25]);
  const { probabilities } = decidePatient(decision, [one]);
  const again = decidePatient(decision, [one, one, one]).probabilities;
  for (const name of decision.classes) {
    assert.ok(Math.abs(probabilities[name] - again[name]) < 1e-12);
  }
  assert.throws(() => decidePatient(decision, []), /at least one radiograph, got none/);
});

test("decidePatient: evidence that is no probability, or another detector's, is refused", () => {
  const good = view([0.2, 0.6, 0.9], [0.5, 0.5, 0.25]);
  for (const [bad, expected] of [
    [{ ...good, classScores: { a: Number.NaN, b: 0, none: 0 } }, /of a from 0 to 1, got NaN/],
    [{ ...good, classScores: { fracture: 0.5 } }, /of a from 0 to 1, got undefined/],
    [{ ...good, imageProbabilities: null }, /got undefined; decide with the detector/],
  ] as const) {
    assert.throws(() => decidePatient(decision, [good, bad]), expected);
  }
});

test("answerOf: a fracture of unsure class is a fracture; a tie of two classes is the first", () => {
  const answer = answerOf(["a", "b", "none"], "none", [0.3, 0.3, 0.4]);
  assert.equal(answer.class, "a");
  assert.ok(Math.abs(answer.fractureProbability - 0.6) < 1e-12);
  assert.equal(answerOf(["a", "b", "none"], "none", [0.25, 0.25, 0.5]).class, "none");
  assert.equal(answerOf(["none", "a", "b"], "none", [0.2, 0.3, 0.5]).class, "b");
});

test("shownFindings: nothing of a sound patient; of a fracture what is sure, else the best", () => {
  const views = [[{ score: 0.7 }, { score: 0.3 }], [{ score: 0.5 }], []];
  const shown = (name: string, some: { score: number }[][]) =>
    shownFindings(decision, { class: name }, some).map((own) => own.map(({ score }) => score));
  assert.deepEqual(shown("none", views), [[], [], []]);
  assert.deepEqual(shown("a", views), [[0.7], [0.5], []]);
  assert.deepEqual(shown("a", [[{ score: 0.1 }], [{ score: 0.2 }]]), [[], [0.2]]);
  assert.deepEqual(shown("a", [[], []]), [[], []]);
});
