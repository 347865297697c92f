/**
 * How long drawing takes, with proposals and without: means of a drawing by annotator and arm, with intervals of
 * the bootstrap over patients, since the views of one are drawn one after the other.
 */
import type {
  AssistanceArm,
  DrawingEffort,
  DrawingTimes,
  EffortSummary,
  Estimate,
} from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "../bootstrap.ts";

const ARMS = ["assisted", "unassisted"] as const;

/** @throws EvaluationError `input` for options that the bootstrap does not take. */
export function drawingTimes(
  efforts: readonly DrawingEffort[],
  annotators: readonly string[],
  options: BootstrapOptions,
): DrawingTimes {
  const inArm = (arm: AssistanceArm | null) => efforts.filter((one) => one.arm === arm);
  return {
    rows: annotators.flatMap((annotator) =>
      [...ARMS, null].flatMap((arm) => {
        const own = inArm(arm).filter((one) => one.annotator === annotator);
        return own.length === 0 ? [] : [{ annotator, arm, ...summaryOf(own, options) }];
      }),
    ),
    arms: ARMS.flatMap((arm) => {
      const own = inArm(arm);
      return own.length === 0 ? [] : [{ arm, ...summaryOf(own, options) }];
    }),
    difference: differenceOf(efforts, options),
  };
}

function summaryOf(efforts: readonly DrawingEffort[], options: BootstrapOptions): EffortSummary {
  const mean = (figure: (one: DrawingEffort) => number | null) => meanOf(efforts, figure, options);
  return {
    drawings: efforts.length,
    patients: new Set(efforts.map(({ patient }) => patient)).size,
    seconds: mean(({ seconds }) => seconds),
    objects: mean(({ objects }) => objects),
    movedMm: mean(({ movedMm }) => movedMm),
  };
}

/** Sum and count of a patient: all that a mean over patients asks for. */
interface Sums {
  readonly sum: number;
  readonly count: number;
}

function sumsOf(
  efforts: readonly DrawingEffort[],
  figure: (one: DrawingEffort) => number | null,
): Map<string, Sums> {
  const byPatient = Map.groupBy(efforts, ({ patient }) => patient);
  return new Map(
    [...byPatient].map(([patient, own]) => {
      const values = own.flatMap((one) => figure(one) ?? []);
      return [patient, { sum: values.reduce((a, b) => a + b, 0), count: values.length }] as const;
    }),
  );
}

function meanOf(
  efforts: readonly DrawingEffort[],
  figure: (one: DrawingEffort) => number | null,
  options: BootstrapOptions,
): Estimate {
  const sums = [...sumsOf(efforts, figure).values()].filter(({ count }) => count > 0);
  const [estimate] = weightedBootstrap(
    sums.length,
    (weights) => [weightedMean(sums, weights)],
    options,
  );
  return estimate;
}

/** A patient's cases may lie in either arm: a resample holds more or less of both. */
function differenceOf(efforts: readonly DrawingEffort[], options: BootstrapOptions): Estimate {
  const timed = efforts.filter(({ arm, seconds }) => arm !== null && seconds !== null);
  const patients = [...new Set(timed.map(({ patient }) => patient))];
  const [assisted, unassisted] = ARMS.map((arm) => {
    const sums = sumsOf(
      timed.filter((one) => one.arm === arm),
      ({ seconds }) => seconds,
    );
    return patients.map((patient) => sums.get(patient) ?? { sum: 0, count: 0 });
  });
  const [estimate] = weightedBootstrap(
    patients.length,
    (weights) => {
      const [a, b] = [weightedMean(assisted, weights), weightedMean(unassisted, weights)];
      return [a === null || b === null ? null : a - b];
    },
    options,
  );
  return estimate;
}

function weightedMean(sums: readonly Sums[], weights: Uint32Array): number | null {
  let [sum, count] = [0, 0];
  for (const [i, one] of sums.entries()) {
    sum += weights[i] * one.sum;
    count += weights[i] * one.count;
  }
  return count === 0 ? null : sum / count;
}
