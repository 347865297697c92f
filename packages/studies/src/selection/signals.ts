/**
 * How hard a radiograph is for a model, as figures from 0 (easy) to 1 (hard): whether its class is unsure,
 * and whether class and outlines, the patient's views, or the radiograph and its mirror image contradict
 * one another. Pure functions of what the model said.
 */
import type { ClassProbabilities, Prelabel } from "@malleolus/schema";

/** What a model said of one radiograph, with its class at least. */
export interface ScoredImage {
  readonly image: string;
  readonly caseId: string;
  readonly probabilities: ClassProbabilities;
  readonly flippedProbabilities: ClassProbabilities | null;
  readonly segmentation: Prelabel["segmentation"];
}

/** Null where there is nothing to compare. */
export interface Signals {
  /** The mean of `entropyOf` and `narrownessOf`. */
  readonly uncertainty: number;
  readonly segmentation: number | null;
  readonly views: number | null;
  readonly flip: number | null;
}
export type Signal = keyof Signals;

/** The signals of every radiograph by its hash. The views of a case are told by `caseId`. */
export function signalsOf(
  scored: readonly ScoredImage[],
  noFractureClass: string,
): Map<string, Signals> {
  const cases = Map.groupBy(scored, ({ caseId }) => caseId);
  return new Map(
    scored.map((one) => {
      const { image, caseId, probabilities, flippedProbabilities: flipped } = one;
      const others = (cases.get(caseId) ?? []).filter((view) => view.image !== image);
      const signals = {
        uncertainty: (entropyOf(probabilities) + narrownessOf(probabilities)) / 2,
        segmentation: segmentationDisagreement(one, noFractureClass),
        views:
          others.length === 0
            ? null
            : divergence(probabilities, meanOf(others.map((view) => view.probabilities))),
        flip: flipped === null ? null : divergence(probabilities, flipped),
      };
      return [image, signals];
    }),
  );
}

/** Shannon's entropy as a share of what equal probabilities have. */
export function entropyOf(probabilities: ClassProbabilities): number {
  const all = Object.values(probabilities);
  return all.length < 2 ? 0 : nats(all) / Math.log(all.length);
}

/** 1 less the margin between the two likeliest classes. */
export function narrownessOf(probabilities: ClassProbabilities): number {
  const [first = 1, second = 0] = Object.values(probabilities).toSorted((a, b) => b - a);
  return 1 - (first - second);
}

/** Jensen and Shannon's divergence in bits: 0 for the same, 1 for classes that exclude one another. */
export function divergence(one: ClassProbabilities, other: ClassProbabilities): number {
  const half = (nats(Object.values(one)) + nats(Object.values(other))) / 2;
  const bits = (nats(Object.values(meanOf([one, other]))) - half) / Math.LN2;
  // Rounding may leave a little less than nothing.
  return Math.min(1, Math.max(0, bits));
}

/** How far the outlines' fracture is from the class's, or, where it is greater, from its Weber class. */
export function segmentationDisagreement(
  { probabilities, segmentation }: Pick<ScoredImage, "probabilities" | "segmentation">,
  noFractureClass: string,
): number | null {
  if (segmentation === null) return null;
  const { fractureProbability, class: outlined } = segmentation;
  const byClass = 1 - (probabilities[noFractureClass] ?? 0);
  const apart = Math.abs(byClass - fractureProbability);
  // A class told by a fracture's height counts as far as there is a fracture.
  const otherClass =
    outlined === null ? 0 : fractureProbability * (1 - (probabilities[outlined] ?? 0));
  return Math.max(apart, otherClass);
}

/**
 * Of every radiograph the share of the others with a smaller figure, ties by half: figures of different
 * kinds become comparable. Radiographs without a figure are left out.
 */
export function percentilesOf(figures: ReadonlyMap<string, number>): Map<string, number> {
  // What differs by rounding alone is the same.
  const ascending = [...figures]
    .map(([image, figure]) => [image, Math.round(figure * 1e9)] as const)
    .toSorted(([, a], [, b]) => a - b);
  const shares = new Map<string, number>();
  for (let start = 0; start < ascending.length; ) {
    let end = start;
    while (end < ascending.length && ascending[end][1] === ascending[start][1]) end++;
    const share = ascending.length === 1 ? 0.5 : (start + end - 1) / 2 / (ascending.length - 1);
    for (const [image] of ascending.slice(start, end)) shares.set(image, share);
    start = end;
  }
  return shares;
}

function nats(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
}

function meanOf(all: readonly ClassProbabilities[]): ClassProbabilities {
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return Object.fromEntries(
    names.map((name) => [name, all.reduce((sum, one) => sum + (one[name] ?? 0), 0) / all.length]),
  );
}
