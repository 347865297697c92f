import assert from "node:assert/strict";
import { test } from "node:test";
import { buildAnkle } from "./ankle.ts";
import type { WeberClass } from "./fracture.ts";
import { internalRoom, withPitch } from "./machines.ts";
import { drawPatient } from "./patient.ts";
import { createRandom } from "./random.ts";
import { type ReadCase, type Reader, type Reading, readCase } from "./reader.ts";
import { simulateRadiograph } from "./simulate.ts";
import { fractureTruth } from "./truth.ts";

const classes = ["A", "B", "C", "none"] as const;
const observers: readonly Reader[] = ["one", "two", "three"].map((name) => ({ name, noise: 1 }));

/** Medians of the best view's contrast in 180 rendered fractures, below and above 0.5 mm of gap. */
const MEDIANS = { A: [1.7, 5.6], B: [0.8, 2.5], C: [1.4, 5.5] } as const;

/** Ends of the line from the fracture's own numbers, contrast as in rendered cases. */
function caseOf(number: number, weberClass: WeberClass | "none"): ReadCase {
  const wanted = weberClass === "none" ? null : weberClass;
  const patient = drawPatient(`read ${number}`, { weberClass: wanted, exclusion: null });
  const { fracture, shape } = patient;
  if (fracture === null || wanted === null) return { patient, fracture: null, contrasts: [] };
  const half = { A: 10, B: 9.5, C: 6.9 }[wanted];
  const rise = half * Math.hypot(fracture.riseBackward, fracture.riseOutward);
  const random = createRandom("contrast", number);
  const median = MEDIANS[wanted][fracture.gapMm < 0.5 ? 0 : 1];
  return {
    patient,
    fracture: {
      weberClass: wanted,
      morphology: fracture.morphology,
      lowestMm: (fracture.level - rise) * shape.scale,
      highestMm: Math.min(fracture.level + rise, wanted === "A" ? -0.5 : Infinity) * shape.scale,
      gapMm: fracture.gapMm,
      displacementMm: 1,
    },
    contrasts: [median * Math.exp(0.45 * random.normal())],
  };
}

const cases = Array.from({ length: 800 }, (_, i) => {
  const truth = classes[i % 4];
  return { truth, read: caseOf(i, truth) };
});
const readings = observers.map((observer) => cases.map(({ read }) => readCase(read, observer, 1)));

function kappa(a: readonly Reading[], b: readonly Reading[]): number {
  const share = (of: readonly Reading[], name: string) =>
    of.filter(({ weberClass }) => weberClass === name).length / of.length;
  const agreed = a.filter(({ weberClass }, i) => weberClass === b[i].weberClass).length / a.length;
  const chance = classes.reduce((sum, name) => sum + share(a, name) * share(b, name), 0);
  return (agreed - chance) / (1 - chance);
}

test("readCase: observers agree with truth and with one another as much as people are meant to", () => {
  for (const own of readings) {
    const right = own.filter(({ weberClass }, i) => weberClass === cases[i].truth).length;
    const share = right / cases.length;
    assert.ok(share > 0.88 && share < 0.95, `one observer is right in ${share}`);
  }
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    const value = kappa(readings[i], readings[j]);
    assert.ok(value > 0.75 && value < 0.9, `kappa ${value}`);
  }
  const ambiguous = cases.filter(
    (_, i) => new Set(readings.map((own) => own[i].weberClass)).size > 1,
  ).length;
  const share = ambiguous / cases.length;
  assert.ok(share > 0.1 && share < 0.2, `${share} ambiguous`);
});

test("readCase: a senior errs less, a faint fracture is missed more, readings are repeatable", () => {
  const errors = (noise: number, contrast: number) =>
    cases.filter(({ truth, read }) => {
      const faint = { ...read, contrasts: [contrast] };
      return readCase(faint, { name: "x", noise }, 1).weberClass !== truth && truth !== "none";
    }).length;
  assert.ok(errors(0.3, 1) < errors(1.5, 1));
  assert.ok(errors(1, 4) < errors(1, 1) && errors(1, 1) < errors(1, 0.5));
  const [first] = cases;
  const once = readCase(first.read, observers[0], 1);
  assert.deepEqual(readCase(first.read, observers[0], 1), once);
});

test("readCase: on rendered phantoms, observers are neither perfect nor guess", () => {
  const room = withPitch(internalRoom, 0.8);
  const rendered = Array.from({ length: 12 }, (_, i) => {
    const truth = classes[i % 4];
    const weberClass = truth === "none" ? null : truth;
    const patient = drawPatient(`rendered ${i}`, { weberClass, exclusion: null });
    // Sound ankles have no contrast to measure.
    if (weberClass === null) return { truth, read: { patient, fracture: null, contrasts: [] } };
    const ankle = buildAnkle(patient);
    const contrasts = (["ap", "lateral"] as const).map(
      (view) => simulateRadiograph(ankle, view, room).fractureContrast ?? 0,
    );
    return { truth, read: { patient, fracture: fractureTruth(ankle), contrasts } };
  });
  const shares = rendered.map(({ truth, read }) => {
    const own = Array.from({ length: 100 }, (_, i) =>
      readCase(read, { name: `observer ${i}`, noise: 1 }, 1),
    );
    return own.filter(({ weberClass }) => weberClass === truth).length / own.length;
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  assert.ok(mean > 0.75 && mean < 0.985, `observers are right in ${mean}: ${shares}`);
});
