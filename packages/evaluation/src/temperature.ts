/**
 * Temperature scaling (Guo et al. 2017): one number by which a classifier's logits are divided, fitted on
 * radiographs that it was not trained on, so that its probabilities say how often it is right. The order
 * of its answers stays.
 */
import { EvaluationError } from "./errors.ts";

export interface TemperatureFit {
  readonly temperature: number;
  /** Mean log loss at a temperature of 1, and at the fitted one. */
  readonly logLossBefore: number;
  readonly logLoss: number;
}

/** Between these: beyond, probabilities are all alike or all certain. */
const [LEAST, MOST] = [0.05, 20];
const STEPS = 60;

/**
 * The temperature of the least log loss, which has one minimum over the inverse temperature.
 *
 * @throws EvaluationError `input` for no radiograph, and for a class that is none of the logits'.
 */
export function fitTemperature(
  logits: readonly Float32Array[],
  classes: readonly number[],
): TemperatureFit {
  const wrong = classes.findIndex((own, i) => logits[i]?.[own] === undefined);
  if (logits.length === 0 || logits.length !== classes.length || wrong >= 0) {
    throw new EvaluationError(
      "input",
      `fitTemperature: expected radiographs with logits of their classes, got ${logits.length} with ` +
        `${classes.length} classes; give tuning radiographs of the classifier's classes`,
    );
  }
  const lossAt = (temperature: number) => logLoss(logits, classes, temperature);
  // Golden sections, on a scale on which halves and doubles are as far from 1.
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(LEAST), Math.log(MOST)];
  for (let i = 0; i < STEPS; i++) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (lossAt(Math.exp(left)) <= lossAt(Math.exp(right))) high = right;
    else low = left;
  }
  const temperature = Math.exp((low + high) / 2);
  return { temperature, logLossBefore: lossAt(1), logLoss: lossAt(temperature) };
}

function logLoss(
  logits: readonly Float32Array[],
  classes: readonly number[],
  temperature: number,
): number {
  const sum = logits.reduce((total, own, i) => {
    const most = own.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = own.reduce((a, b) => a + Math.exp((b - most) / temperature), 0);
    return total + Math.log(powers) - (own[classes[i]] - most) / temperature;
  }, 0);
  return sum / logits.length;
}
