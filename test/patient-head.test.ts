/** The head over all views of a patient that `experiments/patient-head.ts` trains, and what it is told. */
import assert from "node:assert/strict";
import test from "node:test";
import { freeModel } from "@malleolus/networks";
import { liveTensors, manualSeed } from "@malleolus/torch";
import { foldsOf } from "../experiments/patient-head-fit.ts";
import {
  type HeadSettings,
  leftOut,
  logitsOf,
  patientHead,
  type TokenSet,
  trainHead,
} from "../experiments/patient-head-network.ts";
import type { SeenRadiograph } from "../experiments/patient-head-radiographs.ts";
import { comparedPart, type Said } from "../experiments/patient-head-summary.ts";
import {
  ARMS,
  momentsOf,
  type SeenPatient,
  someOf,
  tokensOf,
} from "../experiments/patient-head-tokens.ts";

const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"];
const SETTINGS: HeadSettings = {
  hidden: 8,
  queries: 2,
  weightDecay: 0.1,
  learningRate: 0.01,
  batch: 16,
  dropout: 0.1,
  viewLeftOut: 0.3,
  regionLeftOut: 0.1,
};

function floats(...values: number[]): string {
  return Buffer.from(Float32Array.from(values).buffer).toString("base64");
}

/** A radiograph with regions of these probabilities and features. */
function seenOf(
  ...regions: { p: number[]; features: number[]; place?: number[] }[]
): SeenRadiograph {
  const best = (k: number) => Math.max(0, ...regions.map(({ p }) => p[k]));
  return {
    analysis: {
      findings: [],
      classScores: Object.fromEntries(CLASSES.map((name, k) => [name, best(k)])),
      imageProbabilities: null,
    },
    regions: regions.map(({ p, features, place }) => ({
      probabilities: p,
      features: floats(...features),
      placeMm: place ?? null,
    })),
    level: null,
    middleMm: null,
  };
}

const ap = seenOf(
  { p: [0.7, 0.1, 0.05, 0.02], features: [3, 0, 1], place: [5, 10, 15, 8, 10] },
  { p: [0.05, 0.3, 0.1, 0.2], features: [0, 2, 4] },
);
const mortise = seenOf({
  p: [0.1, 0.1, 0.6, 0.1],
  features: [1, 1, 0],
  place: [40, 45, 50, 9, 10],
});
const lateral = seenOf({ p: [0.02, 0.02, 0.02, 0.9], features: [0, 5, 2] });
const patient = (...views: SeenPatient["views"][number][]): SeenPatient => ({
  id: "one",
  class: "weber_a",
  views,
});
const [inAp, inMortise, inLateral] = [
  { view: "ap", seen: ap },
  { view: "mortise", seen: mortise },
  { view: "lateral", seen: lateral },
] as const;
const all = patient(inAp, inMortise, inLateral);
const moments = momentsOf([all]);
const arm = ARMS[3];

/** What a head with weights of its own says of each; together they are padded to as many tokens. */
function answers(patients: readonly SeenPatient[]): number[][] {
  const set = tokensOf(patients, arm, moments, CLASSES);
  manualSeed(5);
  const head = patientHead(set.width, CLASSES.length, SETTINGS);
  const said = logitsOf(head, set).map((own) => [...own]);
  freeModel(head);
  return said;
}

function close(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-5, `${actual} is not ${expected}`);
  });
}

test("patientHead: the order of views and of regions changes nothing", () => {
  const turned = seenOf(
    { p: [0.05, 0.3, 0.1, 0.2], features: [0, 2, 4] },
    { p: [0.7, 0.1, 0.05, 0.02], features: [3, 0, 1], place: [5, 10, 15, 8, 10] },
  );
  const [first, second, third, other] = answers([
    all,
    patient(inLateral, inAp, inMortise),
    patient({ view: "ap", seen: turned }, inLateral, inMortise),
    patient(inAp, inMortise, { view: "lateral", seen: mortise }),
  ]);
  close(second, first);
  close(third, first);
  assert.ok(
    first.some((value, k) => Math.abs(value - other[k]) > 1e-3),
    "another view does",
  );
});

test("patientHead: missing views, and one view alone, say what they say without padding", () => {
  const two = patient(inAp, inLateral);
  const one = patient(inMortise);
  const [whole, padded, alone] = answers([all, two, one]);
  close(padded, answers([two])[0]);
  close(alone, answers([one])[0]);
  assert.ok(alone.every(Number.isFinite));
  assert.ok(whole.some((value, k) => Math.abs(value - padded[k]) > 1e-3));
  // The same view twice says nothing new: attention is a mean.
  close(answers([patient(inMortise, inMortise)])[0], alone);
});

test("tokensOf: an arm is told what its name says, and a view without a region is still one", () => {
  const nothing = patient({ view: null, seen: seenOf() });
  const widths = ARMS.map((own) => tokensOf([all], own, moments, CLASSES).width);
  assert.deepEqual(widths, [8, 8 + 6, 8 + 3, 8 + 6 + 3]);
  const set = tokensOf([all, nothing], arm, moments, CLASSES);
  assert.deepEqual([set.count, set.tokens], [2, 7]);
  assert.deepEqual([...set.viewOf], [0, 0, 0, 1, 1, 2, 2, 0, -1, -1, -1, -1, -1, -1]);
  assert.deepEqual([...set.isView.subarray(0, 8)], [1, 0, 0, 1, 0, 1, 0, 1]);
  const token = (t: number) => [...set.values.subarray(t * set.width, (t + 1) * set.width)];
  // The first region: no view's own token, an AP; the odds of 0.7; its place, in thirds of a decimetre.
  close(token(1).slice(0, 5), [0, 1, 0, 0, Math.log(0.7 / 0.3) / 3]);
  close(token(1).slice(8, 14), [1, 5 / 30, 10 / 30, 15 / 30, 8 / 30, 10 / 30]);
  close(token(2).slice(8, 14), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(token(0).slice(8), new Array(9).fill(0));
  const turned = someOf(set, [1, 0]);
  assert.deepEqual([...turned.viewOf], [...set.viewOf.subarray(7), ...set.viewOf.subarray(0, 7)]);
  assert.deepEqual(
    [...turned.values.subarray(7 * set.width, 10 * set.width)],
    [0, 1, 2].flatMap(token),
  );
  assert.deepEqual([...turned.values.subarray(0, 8)], token(7).slice(0, 8));
  assert.equal(someOf(set, [1]).count, 1);
});

/** Patients of whom one view of three, any, shows the class; the others show nothing. */
function oneViewShows(count: number): TokenSet {
  const nothing = seenOf({ p: [0.03, 0.03, 0.03, 0.3], features: [0, 0, 0] });
  const views = ["ap", "mortise", "lateral"] as const;
  const patients = Array.from({ length: count }, (_, i): SeenPatient => {
    const k = i % 4;
    const shown = seenOf({ p: CLASSES.map((_, c) => (c === k ? 0.8 : 0.03)), features: [k, 0, 0] });
    const at = Math.floor(i / 4) % 3;
    return {
      id: `${i}`,
      class: CLASSES[k],
      views: views.map((view, v) => ({ view, seen: v === at && k < 3 ? shown : nothing })),
    };
  });
  return tokensOf(patients, ARMS[0], momentsOf(patients), CLASSES);
}

test("trainHead: learns a fracture that one view alone shows, and repeats itself", () => {
  const set = oneViewShows(48);
  const before = liveTensors();
  const trained = () => {
    const epochs: number[] = [];
    const head = trainHead(set, CLASSES.length, SETTINGS, {
      seed: 3,
      epochs: 60,
      onEpoch: (epoch) => epochs.push(epoch),
    });
    const logits = logitsOf(head, set);
    freeModel(head);
    assert.deepEqual(epochs.slice(-2), [59, 60]);
    return logits;
  };
  const logits = trained();
  const right = logits.filter((own, i) => own.indexOf(Math.max(...own)) === set.classes[i]);
  assert.equal(right.length, 48);
  assert.deepEqual(trained(), logits);
  assert.equal(liveTensors(), before);
});

test("leftOut: of every patient a view stays, with or without its regions", () => {
  const set = tokensOf(
    [all, patient(inAp), patient({ view: null, seen: seenOf() })],
    arm,
    moments,
    CLASSES,
  );
  const rows = Int32Array.of(2, 0, 1);
  const there = (viewLeftOut: number, regionLeftOut: number, step: number) => {
    const absent = leftOut(set, rows, { viewLeftOut, regionLeftOut }, 1, step);
    const of = (slot: number) => absent.subarray(slot * set.tokens, (slot + 1) * set.tokens);
    return [0, 1, 2].map((slot) => [...of(slot).keys()].filter((t) => of(slot)[t] === 0));
  };
  assert.deepEqual(there(0, 0, 1), [[0], [0, 1, 2, 3, 4, 5, 6], [0, 1, 2]]);
  assert.deepEqual(there(0, 1, 1), [[0], [0, 3, 5], [0]]);
  const chosen = new Set<string>();
  for (let step = 1; step <= 20; step++) {
    const [nothing, one, alone] = there(1, 0, step);
    assert.deepEqual([nothing, alone], [[0], [0, 1, 2]]);
    chosen.add(String(one));
  }
  assert.deepEqual([...chosen].toSorted(), ["0,1,2", "3,4", "5,6"]);
});

test("foldsOf: each patient in one fold, and each class in all", () => {
  const set = oneViewShows(40);
  const folds = foldsOf(set, [...set.classes.keys()], 5);
  assert.deepEqual(
    folds.flat().toSorted((a, b) => a - b),
    [...set.classes.keys()],
  );
  for (const fold of folds) {
    assert.deepEqual(
      [0, 1, 2, 3].map((k) => fold.filter((place) => set.classes[place] === k).length),
      [2, 2, 2, 2],
    );
  }
});

test("comparedPart: against whom, in which pairs, and on whose single view", () => {
  const known = [
    { id: "a", panel: "weber_a", simulated: "weber_b", visibleOn: 1 },
    { id: "b", panel: "no_fracture", simulated: "weber_b", visibleOn: 1 },
    { id: "c", panel: "weber_c", simulated: "weber_c", visibleOn: 2 },
    { id: "d", panel: "no_fracture", simulated: "no_fracture", visibleOn: 0 },
  ];
  const saying = (...names: string[]): Said =>
    new Map(
      names.map((name, i) => [
        known[i].id,
        { class: name, score: name === "no_fracture" ? -0.4 + i / 10 : 0.3 },
      ]),
    );
  const said = new Map([
    ["calibrated", saying("weber_a", "no_fracture", "weber_c", "no_fracture")],
    ["sum", saying("no_fracture", "no_fracture", "weber_a", "no_fracture")],
    ["calibrated, further patients", saying("weber_b", "weber_b", "weber_c", "no_fracture")],
    ["head: scores", saying("weber_b", "weber_b", "weber_c", "weber_c")],
  ]);
  const panel = comparedPart("t", "the panel", known, said, "head: scores");
  const simulated = comparedPart("t", "what was simulated", known, said, "head: scores");
  const accuracies = (part: typeof panel) => part.deciders.map(({ accuracy }) => accuracy.count);
  assert.deepEqual(accuracies(panel), [4, 2, 2, 1]);
  assert.deepEqual(accuracies(simulated), [2, 1, 4, 3]);
  assert.deepEqual(
    panel.pairs.map(({ first, second }) => `${first} - ${second}`),
    [
      "calibrated, further patients - calibrated",
      "calibrated, further patients - sum",
      "head: scores - calibrated",
      "head: scores - sum",
      "head: scores - calibrated, further patients",
    ],
  );
  const oneView = simulated.deciders.map(({ oneView: { right, called } }) => [
    right.count,
    right.total,
    called.count,
  ]);
  assert.deepEqual(oneView, [
    [0, 2, 1],
    [0, 2, 0],
    [2, 2, 2],
    [2, 2, 2],
  ]);
});
