/**
 * Whether 95 % intervals hold the truth as often as they say, in a few hundred simulated tests each:
 * where the truth can be written down. `experiments/coverage-of-agreement.ts` has more of them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { philox4x32 } from "@malleolus/random";
import { shareDifference } from "./comparison/fisher-exact.ts";
import { mcnemar, pairedCounts } from "./comparison/mcnemar.ts";
import { predictiveValues } from "./decision/predictive-values.ts";
import { blandAltman } from "./observers/bland-altman.ts";
import { cohenKappaOf } from "./observers/cohen-kappa.ts";
import { intraclassCorrelation } from "./observers/intraclass-correlation.ts";
import { krippendorffAlpha } from "./observers/krippendorff-alpha.ts";

type Interval = readonly [low: number, high: number] | null;
type Uniform = (patient: number, purpose: number) => number;

const RUNS = 400;

interface Design {
  readonly name: string;
  readonly truth: number;
  interval(patients: number, uniform: Uniform): Interval;
  /** What is let pass, in percent, of 25 patients and of 100: three deviations around what it covers. */
  readonly least: number;
  readonly most: number;
}

const each = <T>(patients: number, of: (patient: number) => T): T[] =>
  Array.from({ length: patients }, (_, patient) => of(patient));

/** Each of the readers turns the truth round in a tenth: 0.82 agree where a half would by chance. */
const twoClasses = (patients: number, uniform: Uniform, readers: number) =>
  each(patients, (patient) =>
    each(readers, (reader) =>
      uniform(patient, 0) < 0.5 === uniform(patient, 1 + reader) < 0.9 ? "a" : "b",
    ),
  );

const count = (patients: number, uniform: Uniform, share: number, purpose: number) => ({
  count: each(patients, (patient) => uniform(patient, purpose)).filter((one) => one < share).length,
  total: patients,
});

const normal = (uniform: Uniform, patient: number, purpose: number) =>
  Math.sqrt(-2 * Math.log(uniform(patient, purpose))) *
  Math.cos(2 * Math.PI * uniform(patient, purpose + 1));

const designs: readonly Design[] = [
  {
    name: "Cohen's kappa",
    truth: 0.64,
    interval: (patients, uniform) =>
      cohenKappaOf(twoClasses(patients, uniform, 2), ["a", "b"]).interval,
    least: 92,
    most: 99,
  },
  {
    name: "Krippendorff's alpha of three",
    truth: 0.64,
    interval: (patients, uniform) =>
      krippendorffAlpha(twoClasses(patients, uniform, 3), ["a", "b"], "nominal").interval,
    least: 92,
    most: 99,
  },
  {
    name: "a difference of paired shares",
    truth: 0.15,
    interval: (patients, uniform) =>
      mcnemar(
        pairedCounts(
          each(patients, (patient) => uniform(patient, 0) < 0.85),
          each(patients, (patient) => uniform(patient, patient % 2) < 0.7),
        ),
      ).interval,
    least: 93,
    most: 100,
  },
  {
    name: "a difference of shares",
    truth: 0.25,
    interval: (patients, uniform) =>
      shareDifference(count(patients, uniform, 0.9, 0), count(patients, uniform, 0.65, 1)).interval,
    least: 91,
    most: 99,
  },
  {
    name: "a predictive value",
    truth: 0.09 / (0.09 + 0.05 * 0.9),
    interval: (patients, uniform) =>
      predictiveValues(count(patients, uniform, 0.9, 0), count(patients, uniform, 0.95, 1), 0.1).ppv
        .interval,
    least: 92,
    most: 99,
  },
  {
    name: "Bland and Altman's lower limit",
    truth: -1.959963984540054,
    interval: (patients, uniform) =>
      blandAltman(each(patients, (patient) => [normal(uniform, patient, 0), 0] as const)).lowerLimit
        .interval,
    least: 91,
    most: 98,
  },
];

for (const [place, { name, truth, interval, least, most }] of designs.entries()) {
  test(`coverage: ${name}, of 25 patients and of 100`, () => {
    for (const patients of [25, 100]) {
      let held = 0;
      for (let run = 0; run < RUNS; run++) {
        const uniform: Uniform = (patient, purpose) =>
          (philox4x32([patient, purpose, run, place], [97, patients])[0] + 0.5) / 2 ** 32;
        const [low, high] = interval(patients, uniform) ?? [1, 0];
        if (low <= truth && truth <= high) held++;
      }
      const share = (100 * held) / RUNS;
      assert.ok(least <= share && share <= most, `${patients}: ${share} %`);
    }
  });
}

test("coverage: an intraclass correlation of three readers, where McGraw and Wong's is too narrow", () => {
  const runs = 60;
  let [held, heldByF] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const uniform: Uniform = (patient, purpose) =>
      (philox4x32([patient, purpose, run, 0], [98, 1])[0] + 0.5) / 2 ** 32;
    const rows = each(60, (patient) =>
      each(
        3,
        (reader) =>
          3 * normal(uniform, patient, 0) +
          normal(uniform, 1000 + reader, 2) +
          normal(uniform, patient, 4 + 2 * reader),
      ),
    );
    const { interval, fInterval } = intraclassCorrelation(rows);
    const holds = ([low, high]: readonly [number, number]) => low <= 9 / 11 && 9 / 11 <= high;
    if (holds(interval ?? [1, 0])) held++;
    if (holds(fInterval ?? [1, 0])) heldByF++;
  }
  assert.ok(held >= 52 && heldByF <= 55 && held > heldByF, `${held} and ${heldByF} of ${runs}`);
});
