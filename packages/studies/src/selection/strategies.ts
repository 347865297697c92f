/**
 * Which radiographs an annotator's time is worth most on: strategies, all of one form. Each gives every
 * candidate a priority from 0 to 1 and says why; how many of whom are taken is `diverse-picks.ts`'s
 * business.
 */

import { seededKey, seededOrder } from "@malleolus/random";
import type { SelectionStrategy } from "@malleolus/schema";
import { hardReason } from "./reasons.ts";
import {
  percentilesOf,
  type ScoredImage,
  type Signal,
  type Signals,
  signalsOf,
} from "./signals.ts";

export interface Candidate {
  readonly image: string;
  readonly patient: string;
  /** What its case's readers said. */
  readonly class: string;
  readonly scored: ScoredImage;
}

export interface Ranked {
  readonly image: string;
  /** 1 is taken first, 0 last. */
  readonly priority: number;
  readonly reason: string;
}

export interface Pool {
  readonly candidates: readonly Candidate[];
  readonly noFractureClass: string;
  readonly seed: number;
}

export type Strategy = (pool: Pool) => Ranked[];

export const STRATEGIES = {
  random: byChance,
  uncertainty: (pool) => byMix(pool, { uncertainty: 1 }),
  disagreement: (pool) => byMix(pool, { segmentation: 0.5, views: 0.25, flip: 0.25 }),
  hard: byHardness,
  "class-balanced": byClass,
} as const satisfies Readonly<Record<SelectionStrategy, Strategy>>;

/** What the default mix is made of: the percentiles of the signals that a radiograph has. */
const HARD_MIX = { uncertainty: 0.4, segmentation: 0.3, views: 0.15, flip: 0.15 } as const;

/** Any radiograph like any other. */
function byChance({ candidates, seed }: Pool): Ranked[] {
  const images = candidates.map(({ image }) => image);
  const ordered = seededOrder(images, (image) => image, seed, "random selection");
  return ordered.map((image, place) => ({
    image,
    priority: 1 - place / Math.max(1, ordered.length),
    reason: `drawn by chance, seed ${seed}`,
  }));
}

function byHardness(pool: Pool): Ranked[] {
  return byMix(pool, HARD_MIX);
}

/**
 * The hardest of every class before the second hardest of any: rare classes are taken whole. Without it a
 * pool of mostly one class gives a training set of mostly that class.
 */
function byClass(pool: Pool): Ranked[] {
  const classOf = new Map(pool.candidates.map(({ image, class: name }) => [image, name]));
  const ordered = inOrder(byHardness(pool), pool.seed);
  const sizes = new Map<string, number>();
  const places = ordered.map((ranked) => {
    const name = classOf.get(ranked.image) ?? "";
    const place = (sizes.get(name) ?? 0) + 1;
    sizes.set(name, place);
    return { ...ranked, name, place };
  });
  return places.map(({ image, name, place, reason }) => ({
    image,
    priority: 1 / place,
    reason: `place ${place} of ${sizes.get(name)} among ${name}; ${reason}`,
  }));
}

/** Best first; of equal ones the seed decides, whatever order they come in. */
export function inOrder(ranked: readonly Ranked[], seed: number): Ranked[] {
  const keys = new Map(ranked.map(({ image }) => [image, seededKey(seed, "selection", image)]));
  const keyOf = ({ image }: Ranked) => keys.get(image) ?? "";
  return ranked.toSorted((a, b) => b.priority - a.priority || (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** The weighted mean of percentiles over the signals that a radiograph has. */
function byMix(
  { candidates, noFractureClass }: Pool,
  weights: Readonly<Partial<Record<Signal, number>>>,
): Ranked[] {
  const scored = candidates.map((one) => one.scored);
  const signals = signalsOf(scored, noFractureClass);
  const names = (["uncertainty", "segmentation", "views", "flip"] as const).filter(
    (name) => weights[name] !== undefined,
  );
  const percentiles = new Map(names.map((name) => [name, percentilesOf(figuresOf(signals, name))]));
  return candidates.map((candidate) => {
    const { image } = candidate;
    const own = new Map<Signal, number>();
    let [sum, weight] = [0, 0];
    for (const name of names) {
      const share = percentiles.get(name)?.get(image);
      if (share === undefined) continue;
      own.set(name, share);
      sum += share * (weights[name] ?? 0);
      weight += weights[name] ?? 0;
    }
    const found = signals.get(image);
    if (found === undefined) throw new Error(`internal: no signals of ${image}`);
    const reason = hardReason(candidate, found, own, noFractureClass);
    return { image, priority: weight === 0 ? 0 : sum / weight, reason };
  });
}

function figuresOf(signals: ReadonlyMap<string, Signals>, name: Signal): Map<string, number> {
  const figures = new Map<string, number>();
  for (const [image, { [name]: figure }] of signals) {
    if (figure !== null) figures.set(image, figure);
  }
  return figures;
}
