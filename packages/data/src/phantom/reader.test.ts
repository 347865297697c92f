import assert from "node:assert/strict";
import { test } from "node:test";
import type { WeberClass } from "./fracture.ts";
import { drawPatient } from "./patient.ts";
import { createRandom } from "./random.ts";
import { type ReadCase, type Reader, type Reading, readCase } from "./reader.ts";

const classes = ["A", "B", "C", "none"] as const;
const observers: readonly Reader[] = ["one", "two", "three"].map((name) => ({ name, noise: 1 }));

/** Ends of the line from the fracture's own numbers, contrast as 30 rendered cases had it. */
function caseOf(number: number, weberClass: WeberClass | "none"): ReadCase {
  const wanted = weberClass === "none" ? null : weberClass;
  const patient = drawPatient(`read ${number}`, { weberClass: wanted, exclusion: null });
  const { fracture, shape } = patient;
  if (fracture === null || wanted === null) return { patient, fracture: null, contrasts: [] };
  const half = { A: 10, B: 9.5, C: 6.9 }[wanted];
  const rise = half * Math.hypot(fracture.riseBackward, fracture.riseOutward);
  const random = createRandom("contrast", number);
  const thin = fracture.gapMm < 0.5 ? 1.5 : 3.5;
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
    contrasts: [thin * Math.exp(0.5 * random.normal()), 0.6 * thin],
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
