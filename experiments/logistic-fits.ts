/**
 * Logistic regressions of fracture against none, many at once, each without some folds. Features are standardised over
 * all radiographs, which takes no truth, and both kinds weigh alike; what a fit is without has no weight in it. Not
 * started by hand.
 */
import { div, fromTypedArray, noGrad, scope, zeros } from "@malleolus/torch";
import { columnMoments } from "./figures.ts";
import type { FoldedRadiograph } from "./fracatlas-folds.ts";

const LEAST_DEVIATION = 0.001;

export interface LogisticFit {
  /** Of folds. */
  readonly without: readonly number[];
  /** Of squared weights of standardised features. */
  readonly penalty: number;
}

/** Of N radiographs, F fits and W features. */
export interface FittedLogistic {
  /** The logit of every radiograph by every fit [N, F]. */
  readonly scores: Float32Array;
  /** Of standardised features, and the bias last [W + 1, F]. */
  readonly weights: Float32Array;
  /** Of each feature, by which it is standardised. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

const [STEPS, RATE] = [150, 0.02];

/** By Adam, from zero, over all radiographs at once and all fits at once. */
export function fitLogistic(
  radiographs: readonly Pick<FoldedRadiograph, "fold" | "isFractured">[],
  features: readonly Float32Array[],
  fits: readonly LogisticFit[],
): FittedLogistic {
  const [count, width] = [radiographs.length, features[0].length];
  const { means, deviations } = columnMoments(features, LEAST_DEVIATION);
  // The last column is 1: what it weighs is the bias, which no penalty meets.
  const standard = new Float32Array(count * (width + 1)).fill(1);
  for (const [i, own] of features.entries()) {
    for (let k = 0; k < width; k++) {
      standard[i * (width + 1) + k] = (own[k] - means[k]) / deviations[k];
    }
  }
  const shares = new Float32Array(count * fits.length);
  for (const [column, { without }] of fits.entries()) {
    const isIn = radiographs.map(({ fold }) => !without.includes(fold));
    const taken = radiographs.filter((_, i) => isIn[i]);
    const positives = taken.filter((one) => one.isFractured).length;
    for (const [i, { isFractured }] of radiographs.entries()) {
      const alike = isFractured ? positives : taken.length - positives;
      shares[i * fits.length + column] = isIn[i] ? 0.5 / alike : 0;
    }
  }
  const decays = Float32Array.from({ length: (width + 1) * fits.length }, (_, i) =>
    i < width * fits.length ? fits[i % fits.length].penalty : 0,
  );
  return noGrad(() =>
    scope(() => {
      const x = fromTypedArray(standard, [count, width + 1]);
      const transposed = x.transpose(0, 1).contiguous();
      const truth = fromTypedArray(
        Float32Array.from(radiographs, (one) => Number(one.isFractured)),
        [count, 1],
      );
      const weighting = fromTypedArray(shares, [count, fits.length]);
      const shape = [width + 1, fits.length];
      const penalties = fromTypedArray(decays, shape);
      const [weights, first, second] = [zeros(shape), zeros(shape), zeros(shape)];
      for (let step = 1; step <= STEPS; step++) {
        // The last third falls to nothing.
        const rate = RATE * Math.min(1, (3 * (STEPS - step + 1)) / STEPS);
        scope(() => {
          const error = x.matmul(weights).sigmoid().sub(truth).mul(weighting);
          const gradient = transposed.matmul(error).add(weights.mul(penalties));
          first.mul_(0.9).add_(gradient.mul(0.1));
          second.mul_(0.999).add_(gradient.square().mul(0.001));
          const size = second
            .div(1 - 0.999 ** step)
            .sqrt()
            .add(1e-8);
          weights.sub_(div(first, size).mul(rate / (1 - 0.9 ** step)));
        });
      }
      return {
        scores: x.matmul(weights).toFloat32Array(),
        weights: weights.toFloat32Array(),
        means,
        deviations,
      };
    }),
  );
}
