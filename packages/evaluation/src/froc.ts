/**
 * The free-response operating characteristic (Bunch et al. 1977): how many of the objects are found
 * when so many false positives an image are allowed. What "found" and "false positive" mean stands in
 * `found.ts`.
 */
import type { FoundAtScore, FrocPoint, Proportion } from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap, weightedResamples } from "./bootstrap.ts";
import { clusteredProportionOf } from "./clustered-proportion.ts";
import { effectiveWilson } from "./effective-wilson.ts";
import type { Standing } from "./found.ts";

/** One image with its objects and its findings. */
export interface MarkedImage {
  /** Whose image it is: a patient, or near-duplicates. */
  readonly group: string;
  /** Number of objects. */
  readonly objects: number;
  readonly marks: readonly { readonly score: number; readonly is: Standing["is"] }[];
}

/** False positives an image that are allowed. */
export const FALSE_POSITIVE_RATES = [0.1, 0.2, 0.5, 1] as const;

/** At one score. */
export function foundAt(
  images: readonly MarkedImage[],
  score: number,
  options: BootstrapOptions,
): FoundAtScore {
  const shown = images.map(({ group, objects, marks }) => {
    const of = (is: Standing["is"]) =>
      marks.filter((mark) => mark.is === is && mark.score >= score).length;
    return { group, objects, hits: of("hit"), falsePositives: of("false positive") };
  });
  const groups = [...Map.groupBy(shown, ({ group }) => group).values()].map((own) => ({
    count: own.reduce((sum, { hits }) => sum + hits, 0),
    total: own.reduce((sum, { objects }) => sum + objects, 0),
    falsePositives: own.reduce((sum, { falsePositives }) => sum + falsePositives, 0),
    images: own.length,
  }));
  const imagesOf = Float64Array.from(groups, (one) => one.images);
  const falsePositivesOf = Float64Array.from(groups, (one) => one.falsePositives);
  const [falsePositivesPerImage] = weightedBootstrap(
    groups.length,
    (weights) => {
      const total = weightedSum(imagesOf, weights);
      return [total === 0 ? null : weightedSum(falsePositivesOf, weights) / total];
    },
    options,
  );
  return { score, sensitivity: clusteredProportionOf(groups), falsePositivesPerImage };
}

/** Images without an object count for the false positives. In the order of the rates. */
export function frocOf(
  images: readonly MarkedImage[],
  rates: readonly number[],
  options: BootstrapOptions,
): FrocPoint[] {
  const names = [...new Set(images.map(({ group }) => group))];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const groupOf = images.map(({ group }) => placeOf.get(group) ?? 0);
  const marks = images
    .flatMap(({ marks: own }, image) => own.map((mark) => ({ ...mark, group: groupOf[image] })))
    .filter(({ is }) => is === "hit" || is === "false positive")
    .toSorted((a, b) => b.score - a.score);
  const ranked: RankedMarks = {
    scores: Float64Array.from(marks, ({ score }) => score),
    hits: Uint8Array.from(marks, ({ is }) => (is === "hit" ? 1 : 0)),
    groups: Uint32Array.from(marks, ({ group }) => group),
  };
  const objectsOf = new Float64Array(names.length);
  const imagesOf = new Float64Array(names.length);
  for (const [i, { objects }] of images.entries()) {
    objectsOf[groupOf[i]] += objects;
    imagesOf[groupOf[i]]++;
  }
  const walk = (weights: Uint32Array) => {
    const objects = weightedSum(objectsOf, weights);
    return walkDown(ranked, weights, weightedSum(imagesOf, weights), rates).map((stop) => ({
      ...stop,
      objects,
    }));
  };
  const stops = walk(new Uint32Array(names.length).fill(1));
  const { resampled } = weightedResamples(
    names.length,
    (weights) => walk(weights).map(({ hits, objects }) => (objects === 0 ? null : hits / objects)),
    options,
  );
  const holding = objectsOf.filter((objects) => objects > 0).length;
  return stops.map(({ hits, objects, score, falsePositives, isAll }, i) => ({
    allowed: rates[i],
    sensitivity: sensitivityOf(hits, objects, holding, resampled[i]),
    score,
    falsePositivesPerImage: images.length === 0 ? 0 : falsePositives / images.length,
    isAll,
  }));
}

function weightedSum(values: Float64Array, weights: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * weights[i];
  return sum;
}

interface Stop {
  readonly hits: number;
  readonly falsePositives: number;
  readonly score: number | null;
  readonly isAll: boolean;
}

/** Findings by falling score, in arrays that a thousand walks read quickly. */
interface RankedMarks {
  readonly scores: Float64Array;
  /** 1 for a hit, 0 for a false positive. */
  readonly hits: Uint8Array;
  readonly groups: Uint32Array;
}

/** For each rate as far down as it allows; findings of one score are shown together or not at all. */
function walkDown(
  { scores, hits: isHit, groups }: RankedMarks,
  weights: Uint32Array,
  images: number,
  rates: readonly number[],
): Stop[] {
  const stops = rates.map((): Stop | null => null);
  // False positives only grow: the lowest of the rates that still hold is the next to be exceeded.
  const order = [...rates.keys()].toSorted((a, b) => rates[a] - rates[b]);
  let exceeded = 0;
  let limit = order.length === 0 ? -1 : rates[order[0]] * images;
  /** Of what is shown so far, and how many findings that are. */
  let [hits, falsePositives, shown] = [0, 0, 0];
  const stopHere = (): Stop => ({
    hits,
    falsePositives,
    score: shown === 0 ? null : scores[shown - 1],
    isAll: shown > 0 && shown === scores.length,
  });
  for (let from = 0; from < scores.length && exceeded < order.length; from = shown) {
    let [moreHits, moreFalsePositives, to] = [0, 0, from];
    for (; to < scores.length && scores[to] === scores[from]; to++) {
      const weight = weights[groups[to]];
      if (isHit[to] === 1) moreHits += weight;
      else moreFalsePositives += weight;
    }
    while (exceeded < order.length && falsePositives + moreFalsePositives > limit) {
      stops[order[exceeded++]] = stopHere();
      limit = exceeded < order.length ? rates[order[exceeded]] * images : limit;
    }
    hits += moreHits;
    falsePositives += moreFalsePositives;
    shown = to;
  }
  return stops.map((stop) => stop ?? stopHere());
}

/** The interval holds the choice of the score, too: its spread is that of the resamples. */
function sensitivityOf(
  count: number,
  total: number,
  groups: number,
  resampled: readonly number[],
): Proportion {
  if (total === 0) return { count, total, share: null, interval: null };
  const share = count / total;
  if (groups < 2) return { count, total, share, interval: null };
  const mean = resampled.reduce((sum, value) => sum + value, 0) / resampled.length;
  const variance =
    resampled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (resampled.length - 1);
  const isAtEnd = count === 0 || count === total;
  const interval = effectiveWilson(share, {
    variance: isAtEnd ? 0 : variance,
    degreesOfFreedom: groups - 1,
    most: total,
    least: groups,
  });
  return { count, total, share, interval };
}
