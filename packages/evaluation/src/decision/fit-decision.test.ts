import assert from "node:assert/strict";
import test from "node:test";
import { philox4x32 } from "@malleolus/random";
import type { Finding } from "@malleolus/schema";
import { conformalSet } from "./conformal-set.ts";
import { decidePatient } from "./decide.ts";
import { fitDecision, fitWeights, type TuningPatient } from "./fit-decision.ts";

const classes = ["a", "b", "none"];
const options = { classes, noFractureClass: "none" };

function finding(score: number, x: number): Finding {
  const box = [x, 0, x + 10, 10] as const;
  const where = { box: [...box] as Finding["box"], polygons: [], areaMm2: null, lengthMm: null };
  return { class: "a", score, ...where, calibration: "none" };
}

/**
 * As a detector is that finds an intact bone in everybody: the sound class's object says nothing, the
 * fracture classes' objects and the image head say something.
 */
function patients(seed: number, count: number): TuningPatient[] {
  let drawn = 0;
  const noisy = (mean: number) => {
    const [u, v] = philox4x32([drawn++, 0, 0, 0], [seed, 0]).map((word) => (word + 0.5) / 2 ** 32);
    const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    return 1 / (1 + Math.exp(-(mean + 1.2 * normal)));
  };
  return Array.from({ length: count }, (_, i) => {
    const name = classes[i % 3];
    const fracture = name !== "none";
    const images = Array.from({ length: 1 + (i % 3) }, (__, view) => ({
      id: `${i}-${view}`,
      view: null,
      width: 100,
      height: 100,
      findings: [finding(noisy(fracture ? 1 : -1.5), fracture ? 0 : 50)],
      truths: fracture ? [{ class: name, box: [0, 0, 10, 10] as const, polygons: [] }] : [],
      classScores: {
        a: noisy(name === "a" ? 1 : -1.5),
        b: noisy(name === "b" ? 0.5 : -1.5),
        none: noisy(2),
      },
      imageProbabilities: {
        a: noisy(name === "a" ? 1 : -1),
        b: noisy(name === "b" ? 1 : -1),
        none: noisy(fracture ? -1 : 1),
      },
    }));
    return { id: `p${i}`, class: name, ambiguous: null, images };
  });
}

test("fitDecision: right where the highest object is wrong, and its probabilities are calibrated", () => {
  const decision = fitDecision(patients(1, 60), options);
  const others = patients(2, 600);
  const answers = others.map(({ images }) => decidePatient(decision, images));
  const right = answers.filter((answer, i) => answer.class === others[i].class).length;
  const literal = others.filter(({ class: name, images }) => {
    const sum = (own: string) => images.reduce((all, one) => all + one.classScores[own as "a"], 0);
    return classes.toSorted((x, y) => sum(y) - sum(x))[0] === name;
  }).length;
  assert.ok(right / others.length > 0.8, `${right} of ${others.length}`);
  assert.ok(literal / others.length < 0.5, `${literal} of ${others.length} by the highest sum`);
  // Of those who get a probability of a fracture around 0.7, about 0.7 have one.
  for (const [from, to] of [
    [0.3, 0.7],
    [0.7, 0.95],
  ]) {
    const own = others.flatMap(({ class: name }, i) => {
      const { fractureProbability: p } = answers[i];
      return p >= from && p < to ? [{ p, is: name === "none" ? 0 : 1 }] : [];
    });
    const mean = (key: "p" | "is") => own.reduce((sum, one) => sum + one[key], 0) / own.length;
    const sd = Math.sqrt(0.25 / own.length);
    assert.ok(Math.abs(mean("p") - mean("is")) < 0.08 + 2 * sd, `${mean("p")}, ${mean("is")}`);
  }
});

test("fitDecision: says what it was fitted on, and other patients give another hash", () => {
  const { fittedOn, findingThreshold } = fitDecision(patients(1, 30), options);
  assert.deepEqual(fittedOn.patients, { a: 10, b: 10, none: 10 });
  assert.equal(fittedOn.radiographs, 60);
  assert.match(fittedOn.sha256, /^[0-9a-f]{64}$/);
  assert.ok(fittedOn.leaveOneOut.accuracy > 0.6 && fittedOn.leaveOneOut.accuracy <= 1);
  assert.ok(fittedOn.leaveOneOut.logLoss > 0 && fittedOn.leaveOneOut.logLoss < Math.log(3));
  assert.ok(findingThreshold > 0 && findingThreshold < 1);
  assert.notEqual(fitDecision(patients(3, 30), options).fittedOn.sha256, fittedOn.sha256);
  assert.equal(fitDecision(patients(1, 30), options).fittedOn.sha256, fittedOn.sha256);
});

test("fitDecision: operating points keep to 95 % on its patients, and about that on others", () => {
  const tuning = patients(1, 45);
  const decision = fitDecision(tuning, options);
  const [specific, sensitive] = decision.operatingPoints ?? [];
  assert.deepEqual(specific.wanted, { atLeast: "specificity", share: 0.95 });
  assert.deepEqual(sensitive.wanted, { atLeast: "sensitivity", share: 0.95 });
  assert.ok((specific.specificity.share ?? 0) >= 0.95 && specific.specificity.total === 15);
  assert.ok((sensitive.sensitivity.share ?? 0) >= 0.95 && sensitive.sensitivity.total === 30);
  const others = patients(2, 600);
  const share = (probability: number | null, has: boolean, called: boolean) => {
    const own = others.filter((one) => (one.class !== "none") === has);
    const right = own.filter(
      ({ images }) =>
        decidePatient(decision, images).fractureProbability >= (probability ?? 2) === called,
    );
    return right.length / own.length;
  };
  assert.ok(Math.abs(share(specific.probability, false, false) - 0.95) < 0.1);
  assert.ok(Math.abs(share(sensitive.probability, true, true) - 0.95) < 0.1);
});

test("fitDecision: without an image head the objects alone decide", () => {
  const without = patients(1, 60).map((patient) => ({
    ...patient,
    images: patient.images.map((image) => ({ ...image, imageProbabilities: null })),
  }));
  const decision = fitDecision(without, options);
  assert.equal(decision.usesImageHead, false);
  assert.equal(decision.weights.fracture.imageMean, 0);
  const { probabilities } = decidePatient(decision, without[0].images);
  const total = Object.values(probabilities).reduce((sum, one) => sum + one, 0);
  assert.ok(Math.abs(total - 1) < 1e-12);
});

test("fitWeights: at the penalty that was chosen, what decides is the decision's", () => {
  const tuning = patients(1, 30);
  const { usesImageHead, weights, bias, fittedOn } = fitDecision(tuning, options);
  const fitted = fitWeights(tuning, options, fittedOn.penalty);
  assert.deepEqual(fitted, { usesImageHead, weights, bias });
  assert.notDeepEqual(fitWeights(tuning, options, 10 * fittedOn.penalty), fitted);
  assert.throws(() => fitWeights(tuning.slice(0, 1), options, 1), /at least 2 of every class/);
});

test("fitDecision: too few patients of a class, or a class that is none, are refused", () => {
  const many = patients(1, 30);
  assert.throws(
    () => fitDecision([...many.filter(({ class: name }) => name !== "b"), many[1]], options),
    /at least 2 of every class to fit a decision, got 1 of b; hold more patients out/,
  );
  assert.throws(
    () => fitDecision([{ ...many[0], class: "cast" }, ...many], options),
    /patient p0: expected one of a, b, none, got "cast"/,
  );
});

test("fitDecision: keeps what each tuning patient's own class had, by a model without them", () => {
  const tuning = patients(1, 60);
  const decision = fitDecision(tuning, options);
  for (const name of classes) assert.equal(decision.ownProbabilities?.[name]?.length, 20);
  const others = patients(2, 600);
  const missed = others.filter(({ class: name, images }) => {
    const set = conformalSet(decision, decidePatient(decision, images), 0.1);
    return set?.includes(name) === false;
  });
  // One in ten, with four standard errors of both samples together.
  const error = 4 * Math.sqrt(0.09 * (1 / 600 + 1 / 60));
  assert.ok(Math.abs(missed.length / 600 - 0.1) < error, `${missed.length} of 600`);
});

test("fitDecision: the penalty is the one that predicts patients best who were left out", () => {
  // What says nothing is best not listened to; what says much, hardly held back.
  const told = patients(1, 60);
  const nothing = told.map((one, i) => ({
    ...one,
    images: told[philox4x32([i, 0, 0, 0], [9, 9])[0] % told.length].images,
  }));
  assert.equal(fitDecision(nothing, options).fittedOn.penalty, 10);
  assert.ok(fitDecision(told, options).fittedOn.penalty < 10);
});
