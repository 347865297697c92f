/**
 * In which direction probabilities are wrong: the intercept and the slope of a logistic model of what
 * happened on their log odds (Cox 1958; Van Calster et al. 2019, BMC Medicine 17:230).
 *
 * A slope below 1 says that probabilities are too extreme, which is what a network that has learned its
 * training patients by heart gives. The intercept, with the slope held at 1, is above 0 where they are too
 * low on the whole: calibration in the large.
 */
import type { Estimate } from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "../bootstrap.ts";
import { EvaluationError } from "../errors.ts";

export interface Recalibration {
  readonly intercept: Estimate;
  readonly slope: Estimate;
}

/** A probability of 0 or 1 has no log odds. */
const LEAST = 1e-6;
const MOST_STEPS = 50;
/** Beyond it the model runs away: what happened is told apart without error. */
const STEEPEST = 50;
/** A step that leads no further, and a likelihood that has no maximum. */
const CLOSE = 1e-10;
const FLAT = 1e-9;

/**
 * With intervals of the bootstrap over `patients`, whose each probability is (each its own where they are
 * left out). A value is null where only one thing happened, and where a slope has no end since
 * probabilities tell both apart without error.
 *
 * @throws EvaluationError `input` for what are no probabilities, and for lists of unlike length.
 */
export function recalibrationOf(
  probabilities: readonly number[],
  happened: readonly boolean[],
  options: BootstrapOptions,
  patients: readonly string[] = probabilities.map((_, i) => `${i}`),
): Recalibration {
  const wrong = probabilities.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined || probabilities.length !== happened.length) {
    throw new EvaluationError(
      "input",
      "recalibrationOf: expected probabilities from 0 to 1 and whether each came true, got " +
        (wrong ?? `${probabilities.length} and ${happened.length}`),
    );
  }
  const logits = Float64Array.from(probabilities, (p) => {
    const kept = Math.min(1 - LEAST, Math.max(LEAST, p));
    return Math.log(kept / (1 - kept));
  });
  const outcomes = Uint8Array.from(happened, (is) => (is ? 1 : 0));
  const placeOf = new Map([...new Set(patients)].map((patient, place) => [patient, place]));
  const places = Uint32Array.from(patients, (patient) => placeOf.get(patient) ?? 0);
  const sample = new DrawnOutcomes(logits.length);
  const [intercept, slope] = weightedBootstrap(
    placeOf.size,
    (drawn) => {
      sample.clear();
      for (let i = 0; i < places.length; i++) {
        const weight = drawn[places[i]];
        if (weight > 0) sample.add(logits[i], outcomes[i], weight);
      }
      return [fittedIntercept(sample), fittedSlope(sample)];
    },
    options,
  );
  return { intercept, slope };
}

/** Those of whom something is drawn, one after the other: what is fitted looks at them again and again. */
class DrawnOutcomes {
  readonly logits: Float64Array;
  readonly happened: Uint8Array;
  readonly weights: Uint32Array;
  count = 0;

  constructor(most: number) {
    this.logits = new Float64Array(most);
    this.happened = new Uint8Array(most);
    this.weights = new Uint32Array(most);
  }

  clear(): void {
    this.count = 0;
  }

  add(logit: number, happened: number, weight: number): void {
    this.logits[this.count] = logit;
    this.happened[this.count] = happened;
    this.weights[this.count] = weight;
    this.count++;
  }
}

/** With the slope at 1, by Newton's method; null where there is no maximum. */
function fittedIntercept({ count, logits, happened, weights }: DrawnOutcomes): number | null {
  let intercept = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    let [gradient, curve] = [0, 0];
    for (let i = 0; i < count; i++) {
      const weight = weights[i];
      const p = 1 / (1 + Math.exp(-(intercept + logits[i])));
      gradient += weight * (happened[i] - p);
      curve += weight * p * (1 - p);
    }
    if (!(curve > FLAT)) return null;
    const forward = gradient / curve;
    intercept += forward;
    if (Math.abs(intercept) > STEEPEST) return null;
    if (Math.abs(forward) < CLOSE) return intercept;
  }
  return null;
}

/** With an intercept beside it, by Newton's method; null where there is no maximum. */
function fittedSlope({ count, logits, happened, weights }: DrawnOutcomes): number | null {
  let [intercept, slope] = [0, 1];
  for (let step = 0; step < MOST_STEPS; step++) {
    let [gradient0, gradient1, curve00, curve01, curve11] = [0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const logit = logits[i];
      const p = 1 / (1 + Math.exp(-(intercept + slope * logit)));
      const residual = weights[i] * (happened[i] - p);
      const curve = weights[i] * p * (1 - p);
      gradient0 += residual;
      gradient1 += residual * logit;
      curve00 += curve;
      curve01 += curve * logit;
      curve11 += curve * logit * logit;
    }
    const determinant = curve00 * curve11 - curve01 * curve01;
    if (!(determinant > FLAT)) return null;
    const step0 = (curve11 * gradient0 - curve01 * gradient1) / determinant;
    const step1 = (curve00 * gradient1 - curve01 * gradient0) / determinant;
    intercept += step0;
    slope += step1;
    if (Math.abs(intercept) > STEEPEST || Math.abs(slope) > STEEPEST) return null;
    if (Math.abs(step0) + Math.abs(step1) < CLOSE) return slope;
  }
  return null;
}
