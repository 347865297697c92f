/** Predictions against truth, counted: the confusion matrix and what is read off it. */
import type { Proportion } from "@malleolus/schema";
import { EvaluationError } from "./errors.ts";
import { proportionOf } from "./proportion.ts";

export interface Confusion {
  readonly classes: readonly string[];
  /** `counts[truth][predicted]`, both in the order of `classes`. */
  readonly counts: readonly (readonly number[])[];
}

/** Of one class against all others, each with Wilson's 95 % interval. */
export interface ClassMeasures {
  readonly sensitivity: Proportion;
  readonly specificity: Proportion;
  readonly ppv: Proportion;
  readonly npv: Proportion;
  /** Harmonic mean of sensitivity and PPV; null where the class is neither there nor predicted. */
  readonly f1: number | null;
  /** Matthews' correlation (1975) of being of the class and being called so; null without spread. */
  readonly matthews: number | null;
}

/** @throws EvaluationError `input` for a class that is none of `classes`. */
export function confusionOf(
  pairs: readonly { readonly truth: string; readonly predicted: string }[],
  classes: readonly string[],
): Confusion {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { truth, predicted } of pairs) {
    counts[placeOf(truth, classes)][placeOf(predicted, classes)]++;
  }
  return { classes, counts };
}

/** The share on the diagonal. */
export function accuracyOf({ counts }: Confusion): Proportion {
  return proportionOf(
    counts.reduce((right, row, i) => right + row[i], 0),
    totalOf(counts),
  );
}

/** @throws EvaluationError `input` for a class that the matrix has not. */
export function classMeasures({ classes, counts }: Confusion, name: string): ClassMeasures {
  const place = placeOf(name, classes);
  const truePositives = counts[place][place];
  const positives = totalOf([counts[place]]);
  const called = counts.reduce((sum, row) => sum + row[place], 0);
  const all = totalOf(counts);
  const trueNegatives = all - positives - called + truePositives;
  return {
    sensitivity: proportionOf(truePositives, positives),
    specificity: proportionOf(trueNegatives, all - positives),
    ppv: proportionOf(truePositives, called),
    npv: proportionOf(trueNegatives, all - called),
    f1: positives + called === 0 ? null : (2 * truePositives) / (positives + called),
    matthews: matthewsOf(againstOne({ classes, counts }, name, "others")),
  };
}

/** Means over the classes, each against the others; null where one of them has no figure. */
export interface ClassMeans {
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  readonly f1: number | null;
}

/** The means of what `classMeasures` says of each class, without the intervals: for resamples. */
export function classMeans({ counts }: Confusion): ClassMeans {
  const { there, called, total } = marginsOf(counts);
  let [sensitivity, specificity, f1] = [0, 0, 0];
  for (const [i, row] of counts.entries()) {
    const others = total - there[i];
    // A class that is not there, or alone: NaN, which stays.
    sensitivity += there[i] === 0 ? Number.NaN : row[i] / there[i];
    specificity += others === 0 ? Number.NaN : (others - called[i] + row[i]) / others;
    f1 += there[i] + called[i] === 0 ? Number.NaN : (2 * row[i]) / (there[i] + called[i]);
  }
  const mean = (sum: number) => (Number.isNaN(sum) ? null : sum / counts.length);
  return { sensitivity: mean(sensitivity), specificity: mean(specificity), f1: mean(f1) };
}

/**
 * Matthews' correlation of truth and prediction over all classes (Gorodkin 2004): 1 where all agree, 0
 * as by chance. Null where all are of one class, or all are called one.
 */
export function matthewsOf({ counts }: Confusion): number | null {
  const { there, called, total } = marginsOf(counts);
  const right = counts.reduce((sum, row, i) => sum + row[i], 0);
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const spread = (total ** 2 - product(there, there)) * (total ** 2 - product(called, called));
  return spread === 0 ? null : (right * total - product(there, called)) / Math.sqrt(spread);
}

/** All classes but one taken together, `fracture` say, in the order of `[together, alone]`. */
export function againstOne(confusion: Confusion, alone: string, together: string): Confusion {
  const place = placeOf(alone, confusion.classes);
  const counts = [
    [0, 0],
    [0, 0],
  ];
  for (const [truth, row] of confusion.counts.entries()) {
    for (const [predicted, count] of row.entries()) {
      counts[truth === place ? 1 : 0][predicted === place ? 1 : 0] += count;
    }
  }
  return { classes: [together, alone], counts };
}

/**
 * Agreement beyond chance (Cohen 1960). Null where chance alone agrees always, or nothing is
 * counted.
 */
export function cohenKappa({ counts }: Confusion): number | null {
  const { there, called, total } = marginsOf(counts);
  if (total === 0) return null;
  const observed = counts.reduce((sum, row, i) => sum + row[i], 0) / total;
  const expected = there.reduce((sum, row, i) => sum + (row / total) * (called[i] / total), 0);
  return expected === 1 ? null : (observed - expected) / (1 - expected);
}

/** Patients of each class, those called so, and all. */
function marginsOf(counts: readonly (readonly number[])[]) {
  const there = new Array<number>(counts.length).fill(0);
  const called = new Array<number>(counts.length).fill(0);
  let total = 0;
  for (const [truth, row] of counts.entries()) {
    for (const [predicted, count] of row.entries()) {
      there[truth] += count;
      called[predicted] += count;
      total += count;
    }
  }
  return { there, called, total };
}

function placeOf(name: string, classes: readonly string[]): number {
  const place = classes.indexOf(name);
  if (place < 0) {
    throw new EvaluationError("input", `expected one of ${classes.join(", ")}, got "${name}"`);
  }
  return place;
}

function totalOf(counts: readonly (readonly number[])[]): number {
  return counts.reduce((sum, row) => row.reduce((inRow, count) => inRow + count, sum), 0);
}
