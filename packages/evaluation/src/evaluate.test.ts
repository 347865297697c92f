import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Finding, PatientDecision, View } from "@malleolus/schema";
import { EvaluationError } from "./errors.ts";
import { type EvaluationOptions, evaluate, evaluationDefaults } from "./evaluate.ts";
import type { TestImage, TestPatient } from "./patient.ts";
import { imageScores } from "./patient-score.ts";

const options = {
  ...evaluationDefaults,
  classes: ["weber-a", "weber-b", "none"],
  noFractureClass: "none",
  resamples: 300,
};
const whole: Box = [10, 10, 30, 20];
const half: Box = [10, 10, 20, 20];
const ring = ([x1, y1, x2, y2]: Box) => [x1, y1, x2, y1, x2, y2, x1, y2];

function finding(name: string, score: number, box: Box): Finding {
  const rest = { areaMm2: null, lengthMm: null, calibration: "none" as const };
  return { class: name, score, box, polygons: [ring(box)], ...rest };
}

function image(id: string, view: View, name: string | null, findings: Finding[]): TestImage {
  const truths = name === null ? null : [{ class: name, box: whole, polygons: [ring(whole)] }];
  return { id, view, width: 64, height: 48, findings, truths };
}

const patients: readonly TestPatient[] = [
  {
    id: "found",
    class: "weber-a",
    ambiguous: false,
    images: [
      image("1ap", "ap", "weber-a", [finding("weber-a", 0.9, whole)]),
      image("1lat", "lateral", "weber-a", [finding("weber-a", 0.6, half)]),
    ],
  },
  {
    id: "other class",
    class: "weber-b",
    ambiguous: true,
    images: [
      image("2ap", "ap", "weber-b", [finding("weber-a", 0.8, half), finding("none", 0.1, whole)]),
      // Nobody has annotated it: it counts for the class and not for the overlap.
      image("2lat", "lateral", null, [finding("weber-a", 0.7, whole)]),
    ],
  },
  {
    id: "missed",
    class: "weber-b",
    ambiguous: false,
    images: [image("3ap", "ap", "weber-b", [finding("none", 0.9, whole)])],
  },
  {
    id: "false positive",
    class: "none",
    ambiguous: false,
    images: [
      image("4ap", "ap", "none", [finding("none", 0.9, whole)]),
      image("4lat", "lateral", "none", [finding("weber-a", 0.55, half)]),
    ],
  },
  { id: "empty", class: "none", ambiguous: null, images: [image("5ap", "ap", "none", [])] },
];
const evaluation = evaluate(patients, options);

test("evaluate: patients by their sums over views", () => {
  const { classification } = evaluation;
  assert.deepEqual(classification.confusion.counts, [
    [1, 0, 0],
    [1, 0, 1],
    [0, 0, 2],
  ]);
  assert.equal(classification.accuracy.share, 3 / 5);
  assert.deepEqual(classification.undecided, { tie: 0, allZero: 1 });
  assert.equal(classification.meanSensitivity.value, (1 + 0 + 1) / 3);
  const { fracture } = classification;
  assert.deepEqual([fracture.sensitivity.count, fracture.sensitivity.total], [2, 3]);
  assert.deepEqual([fracture.specificity.count, fracture.specificity.total], [2, 2]);
  // Fracture scores 1.5, 1.4, -0.9 against -0.35 and 0: four of six pairs are in order.
  assert.equal(fracture.auc?.auc, 4 / 6);
  assert.equal(fracture.patients, 3);
});

test("evaluate: strata are the patients whose readers agreed and those whose did not", () => {
  assert.deepEqual(
    [evaluation.unambiguous?.accuracy.total, evaluation.ambiguous?.accuracy.total],
    [3, 1],
  );
  assert.equal(evaluate(patients.slice(2), options).ambiguous, null);
});

test("evaluate: overlap of found fractures, and with missed ones as 0", () => {
  const { recall, boxIou, maskIou } = evaluation.localization;
  assert.deepEqual([recall.count, recall.total], [3, 4]);
  assert.deepEqual(
    [boxIou.matched.count, boxIou.matched.median, boxIou.matched.mean],
    [3, 0.5, 2 / 3],
  );
  assert.deepEqual([boxIou.missedAsZero.median, boxIou.missedAsZero.mean], [0.5, 0.5]);
  assert.equal(maskIou.matched.mean, 2 / 3);
  assert.deepEqual(
    evaluation.localizationByClass.map(({ class: name, recall: found }) => [
      name,
      found.count,
      found.total,
    ]),
    [
      ["weber-a", 2, 2],
      ["weber-b", 1, 2],
    ],
  );
  assert.deepEqual(
    evaluation.localizationByView.map(({ view, recall: found }) => [
      view,
      found.count,
      found.total,
    ]),
    [
      ["ap", 2, 3],
      ["lateral", 1, 1],
    ],
  );
  assert.deepEqual(
    [evaluation.falsePositiveRadiographs.count, evaluation.falsePositiveRadiographs.total],
    [1, 3],
  );
});

test("evaluate: every rule stands beside the main one, which is compared with them", () => {
  const summed = evaluate(patients, { ...options, rule: "sum" });
  const rules = new Map(summed.rules.map((one) => [one.rule, one]));
  assert.equal(rules.get("sum")?.mainLessThis, null);
  assert.equal(rules.get("sum")?.accuracy.share, 3 / 5);
  // The false positive is above one half on one view: it becomes a fracture.
  assert.equal(rules.get("any")?.fracture.specificity.count, 1);
  // Scores 0.8, 0.6, -1 against 0.1 and -1: four pairs in order and one tie, of six.
  assert.equal(rules.get("any")?.fracture.auc?.auc, 4.5 / 6);
  const difference = rules.get("any")?.mainLessThis?.difference ?? Number.NaN;
  assert.ok(Math.abs(difference - (4 - 4.5) / 6) < 1e-12);
  // Five rules are compared with the main one: the least p counts five times.
  const tested = summed.rules.flatMap((one) =>
    one.mainLessThis === null ? [] : [{ p: one.mainLessThis.p, holmP: one.holmP ?? 0 }],
  );
  const [least] = tested.toSorted((a, b) => a.p - b.p);
  assert.equal(least.holmP, Math.min(1, tested.length * least.p));
  assert.deepEqual(rules.get("sum")?.kappaInterval, summed.classification.kappa.interval);
  // The paper's rule in full, whatever the main one is.
  assert.equal(evaluation.rule, "mean");
  assert.deepEqual(evaluation.paperRule, summed.classification);
});

test("evaluate: the same seed gives the same object, and JSON holds all of it", () => {
  assert.deepEqual(evaluate(patients, options), evaluation);
  assert.deepEqual(JSON.parse(JSON.stringify(evaluation)), evaluation);
});

test("evaluate: no patient at all has counts of zero and no figures", () => {
  const empty = evaluate([], options);
  assert.equal(empty.classification.accuracy.share, null);
  assert.equal(empty.classification.kappa.value, null);
  assert.equal(empty.localization.boxIou.matched.median, null);
});

test("evaluate: two views of a patient do not make the overlap's interval narrower", () => {
  const boxes = [0, 2, 4, 6, 8].map((cut): Box => [10, 10, 30 - cut, 20]);
  const some = (views: readonly View[]) =>
    boxes.map((box, i): TestPatient => {
      const images = views.map((view) =>
        image(`${i}${view}`, view, "weber-a", [finding("weber-a", 1, box)]),
      );
      return { id: `${i}`, class: "weber-a", ambiguous: null, images };
    });
  const interval = (given: readonly TestPatient[]) =>
    evaluate(given, options).localization.boxIou.matched.medianInterval;
  assert.deepEqual(interval(some(["ap", "lateral"])), interval(some(["ap"])));
  assert.notEqual(interval(some(["ap"])), null);
});

test("evaluate: without patients of a class there is no mean over the classes", () => {
  const { classification } = evaluate(patients.slice(1), options);
  assert.equal(classification.meanSensitivity.value, null);
  // There are patients of other classes, whom it could have been mistaken for.
  assert.notEqual(classification.meanSpecificity.value, null);
});

test("evaluate: what is found is said beside what is found in vain", () => {
  const { perImage, froc } = evaluation.falsePositives;
  // One false positive at a score of 0.5 on the seven radiographs that are annotated.
  assert.equal(perImage.value, 1 / 7);
  assert.deepEqual(
    froc.map(({ allowed, sensitivity, score }) => [allowed, sensitivity.count, score]),
    [
      // The false positive scores 0.55, less than all that is right.
      [0.1, 3, 0.6],
      [0.2, 3, 0.55],
      [0.5, 3, 0.55],
      [1, 3, 0.55],
    ],
  );
  assert.deepEqual(evaluation.settings.foundIou, 0.3);
  const strict = evaluate(patients, { ...options, foundIou: 0.6 });
  assert.deepEqual(strict.localization.recall.count, 1);
  assert.equal(strict.falsePositives.perImage.value, 3 / 7);
});

const [first] = patients;
const withFinding = (change: Partial<Finding>): TestPatient[] => [
  {
    ...first,
    images: [{ ...first.images[0], findings: [{ ...finding("weber-a", 0.5, whole), ...change }] }],
  },
];
const refusals: readonly [string, readonly TestPatient[], Partial<EvaluationOptions>, RegExp][] = [
  ["a patient twice", [patients[0], patients[0]], {}, /found twice/],
  ["an unknown class", [{ ...patients[0], class: "weber-d" }], {}, /patient found: .*"weber-d"/],
  ["no such operating score", [], { findingThreshold: Number.NaN }, /from 0 to 1, got NaN/],
  ["no such overlap", [], { foundIou: 0 }, /above 0 and up to 1 .*, got 0/],
  ["no such rule threshold", [], { ruleThreshold: Number.NaN }, /between 0 and 1, got NaN/],
  ["no resample", patients, { resamples: -5 }, /from 1 on, got -5/],
  ["no whole seed", patients, { seed: 0.5 }, /seed from 0 to 2\^53 - 1, got 0.5/],
  ["a class twice", [], { classes: ["none", "none"] }, /every class once, got none, none/],
  [
    "a score that is no number",
    withFinding({ score: Number.NaN }),
    {},
    /patient found, image 1ap, finding 0: expected a score from 0 to 1, got NaN/,
  ],
  ["a score above 1", withFinding({ score: 1.2 }), {}, /finding 0: .*, got 1.2/],
  [
    "a finding of an unknown class",
    withFinding({ class: "tibia" }),
    {},
    /finding 0: expected one of weber-a, weber-b, none, got "tibia"; name it in otherClasses/,
  ],
  ["a box without end", withFinding({ box: [0, 0, Infinity, 3] }), {}, /finite .*, got Infinity/],
  ["an outline of nothing", withFinding({ polygons: [[NaN, 1, 2, 2, 3, 3]] }), {}, /got NaN/],
  ["no such class", [], { noFractureClass: "no" }, /among weber-a, weber-b, none, got "no"/],
];
for (const [what, given, changes, message] of refusals) {
  test(`evaluate: ${what} is refused`, () => {
    assert.throws(
      () => evaluate(given, { ...options, ...changes }),
      (error) => error instanceof EvaluationError && message.test(error.message),
    );
  });
}

test("evaluate: what has no part in it may be found besides", () => {
  const given = withFinding({ class: "tibia" });
  const { classification } = evaluate(given, { ...options, otherClasses: ["tibia"] });
  assert.equal(classification.undecided.allZero, 1);
});

test("evaluate: a decision gives probabilities, and what is shown agrees with them", () => {
  const nothing = { objectMean: 0, objectMax: 0, imageMean: 0, imageMax: 0 };
  const decision: PatientDecision = {
    format: "malleolus-decision-1",
    classes: options.classes,
    noFractureClass: options.noFractureClass,
    usesImageHead: false,
    weights: { fracture: { ...nothing, objectMax: 1 }, noFracture: nothing },
    bias: {},
    findingThreshold: 0.25,
    fittedOn: {
      patients: {},
      radiographs: 1,
      sha256: "ab",
      penalty: 1,
      leaveOneOut: { logLoss: 1, accuracy: 0.5 },
    },
  };
  const seen = patients.map((patient) => ({
    ...patient,
    images: patient.images.map((image) => ({
      ...image,
      classScores: imageScores(image, options.classes),
      imageProbabilities: null,
    })),
  }));
  const decided = evaluate(seen, { ...options, decision });
  assert.equal(decided.rule, "calibrated");
  assert.equal(decided.rules[0].rule, "calibrated");
  assert.equal(decided.settings.findingThreshold, 0.25);
  for (const { prediction } of decided.outcomes) {
    const total = Object.values(prediction.scores).reduce((sum, p) => sum + p, 0);
    assert.ok(Math.abs(total - 1) < 1e-12);
    assert.equal(prediction.fractureScore > 0, prediction.class !== options.noFractureClass);
  }
  // Of a patient who is held to be sound nothing is shown, so that nothing is found there.
  const sound = new Set(
    decided.outcomes
      .filter(({ prediction }) => prediction.class === options.noFractureClass)
      .map(({ patient }) => patient),
  );
  assert.ok(sound.size > 0);
  for (const { patient, found } of decided.fractures) {
    if (sound.has(patient)) assert.equal(found, null);
  }
  assert.deepEqual(decided.paperRule, evaluation.paperRule);
});
