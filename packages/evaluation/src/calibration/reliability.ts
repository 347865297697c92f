/**
 * The reliability curve: of those of whom a probability of about so much was said, how many have it?
 * And its summary, the expected calibration error.
 *
 * Bins are of equal width, or of equal numbers of patients; with few patients the error of equal width
 * depends on where the borders lie, and both are biased upwards: of perfect probabilities of 100
 * patients in ten bins 0.1 is expected, so that the error of two models compares and the
 * error of one alone says little.
 */
import type { Proportion } from "@malleolus/schema";
import { proportionOf } from "../proportion.ts";

export type Binning = "equal width" | "equal numbers";

export interface ReliabilityBin {
  /** What is said, on average. */
  readonly predicted: number;
  /** How many have it, with Wilson's interval. */
  readonly observed: Proportion;
  readonly low: number;
  readonly high: number;
}

export interface Reliability {
  /** Bins that hold somebody, from low to high. */
  readonly bins: readonly ReliabilityBin[];
  /** The mean distance of said and seen, each bin weighing as its patients; null without patients. */
  readonly expectedError: number | null;
  readonly greatestError: number | null;
}

export interface BinningOptions {
  readonly bins: number;
  readonly binning: Binning;
}

export const reliabilityDefaults = { bins: 10, binning: "equal width" } as const;

/** `probabilities` from 0 to 1 of what `happened`. */
export function reliabilityOf(
  probabilities: readonly number[],
  happened: readonly boolean[],
  options: BinningOptions = reliabilityDefaults,
): Reliability {
  const order = probabilities
    .map((probability, i) => ({ probability, happened: happened[i] }))
    .toSorted((a, b) => a.probability - b.probability);
  const groups = (options.binning === "equal width" ? byWidth : byNumbers)(order, options.bins);
  const bins = groups.map(
    ({ members, low, high }): ReliabilityBin => ({
      predicted: members.reduce((sum, { probability }) => sum + probability, 0) / members.length,
      observed: proportionOf(members.filter((one) => one.happened).length, members.length),
      low,
      high,
    }),
  );
  const gaps = bins.map(({ predicted, observed }) => Math.abs(predicted - (observed.share ?? 0)));
  if (gaps.length === 0) return { bins, expectedError: null, greatestError: null };
  return {
    bins,
    expectedError: gaps.reduce(
      (sum, gap, i) => sum + (gap * bins[i].observed.total) / order.length,
      0,
    ),
    greatestError: Math.max(...gaps),
  };
}

/**
 * The expected error of resamples, told as how often each probability counts: that of `reliabilityOf`
 * over a list in which each stands so often. Null where nothing counts.
 */
export function weightedExpectedError(
  probabilities: readonly number[],
  happened: readonly boolean[],
  { bins, binning }: BinningOptions,
): (weights: Uint32Array) => number | null {
  if (binning === "equal numbers") {
    // Where the borders lie depends on who is drawn.
    return (weights) => {
      const drawn = probabilities.flatMap((_, i) => new Array<number>(weights[i]).fill(i));
      return reliabilityOf(
        drawn.map((i) => probabilities[i]),
        drawn.map((i) => happened[i]),
        { bins, binning },
      ).expectedError;
    };
  }
  const places = Uint32Array.from(probabilities, (one) => binOf(one, bins));
  const gaps = Float64Array.from(probabilities, (one, i) => one - (happened[i] ? 1 : 0));
  const sums = new Float64Array(bins);
  return (weights) => {
    sums.fill(0);
    let total = 0;
    for (let i = 0; i < places.length; i++) {
      sums[places[i]] += weights[i] * gaps[i];
      total += weights[i];
    }
    // A bin's distance of said and seen times its patients is the distance of their sums.
    return total === 0 ? null : sums.reduce((sum, one) => sum + Math.abs(one), 0) / total;
  };
}

interface Said {
  readonly probability: number;
  readonly happened: boolean;
}

interface Group {
  readonly members: readonly Said[];
  readonly low: number;
  readonly high: number;
}

function byWidth(order: readonly Said[], bins: number): Group[] {
  return [...Map.groupBy(order, ({ probability }) => binOf(probability, bins))].map(
    ([place, members]) => ({
      members,
      low: place / bins,
      high: (place + 1) / bins,
    }),
  );
}

/** A border belongs to the bin below it, as scikit-learn has it; 0 to the first. */
function binOf(probability: number, bins: number): number {
  return Math.max(0, Math.ceil(probability * bins) - 1);
}

/** Equal probabilities are never parted. */
function byNumbers(order: readonly Said[], bins: number): Group[] {
  const groups: Group[] = [];
  let from = 0;
  for (let bin = 1; bin <= bins; bin++) {
    let to = Math.round((bin * order.length) / bins);
    if (to <= from) continue;
    while (to < order.length && order[to].probability === order[to - 1].probability) to++;
    const members = order.slice(from, to);
    groups.push({ members, low: members[0].probability, high: order[to - 1].probability });
    from = to;
  }
  return groups;
}
