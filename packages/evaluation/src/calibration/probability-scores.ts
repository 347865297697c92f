/**
 * How good probabilities are as such: Brier's score (1950) and the log loss, both lower where better,
 * and both of which honest probabilities minimise.
 */
import { EvaluationError } from "../errors.ts";

/** What was said of a patient and what is so. */
export interface Forecast {
  /** Whose patient or cluster: what is drawn together for intervals. */
  readonly patient: string;
  readonly truth: string;
  /** Of every class, summing to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/**
 * The mean over patients of the squared distance between probabilities and truth, summed over the
 * classes: 0 to 2, and for two classes twice the one that many papers print. Null without patients.
 */
export function brierScore(
  forecasts: readonly Forecast[],
  classes: readonly string[],
): number | null {
  return meanOver(forecasts, ({ truth, probabilities }) =>
    classes.reduce((sum, name) => sum + (probabilities[name] - (name === truth ? 1 : 0)) ** 2, 0),
  );
}

/** Where a class that came true was held impossible, the loss would have no end. */
const LEAST = 1e-15;

/** The mean of `-log p(truth)`, with p at least 1e-15. Null without patients. */
export function logLoss(forecasts: readonly Forecast[]): number | null {
  return meanOver(
    forecasts,
    ({ truth, probabilities }) => -Math.log(Math.max(LEAST, probabilities[truth])),
  );
}

/**
 * @throws EvaluationError `input` for a class without a probability from 0 to 1, probabilities that do
 * not sum to 1, and a truth that is none of the classes.
 */
export function checkForecasts(forecasts: readonly Forecast[], classes: readonly string[]): void {
  for (const { patient, truth, probabilities } of forecasts) {
    const refuse = (what: string) =>
      new EvaluationError("input", `probabilities of patient ${patient}: ${what}`);
    if (!classes.includes(truth)) {
      throw refuse(`expected one of ${classes.join(", ")} as truth, got "${truth}"`);
    }
    for (const name of classes) {
      const p = probabilities[name];
      if (!(p >= 0 && p <= 1)) throw refuse(`expected 0 to 1 for ${name}, got ${p}`);
    }
    const total = classes.reduce((sum, name) => sum + probabilities[name], 0);
    if (Math.abs(total - 1) > 1e-6) {
      throw refuse(`expected them to sum to 1 over ${classes.join(", ")}, got ${total}`);
    }
  }
}

function meanOver(
  forecasts: readonly Forecast[],
  of: (forecast: Forecast) => number,
): number | null {
  if (forecasts.length === 0) return null;
  return forecasts.reduce((sum, forecast) => sum + of(forecast), 0) / forecasts.length;
}
