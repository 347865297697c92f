/**
 * A moving average of the weights, in float32 (Polyak and Juditsky 1992; as an exponential one,
 * Tarvainen and Valpola 2017): average = decay * average + (1 - decay) * weights after every step. In
 * a short training it stands for the many steps of a small rate for which there is no time.
 *
 * It begins at the initial weights; so that these are soon forgotten, the decay after the first steps
 * is smaller: (1 + step) / (10 + step), as TensorFlow's `ExponentialMovingAverage` has it.
 */
import { foreachAdd_, foreachMul_, keep, noGrad, scope, type Tensor } from "@malleolus/torch";

export interface WeightAverage {
  /** Takes the weights in as they are after a step, counted from 0. */
  update(step: number): void;
  /** Puts the average where the weights are, and them where it was; done twice, nothing has changed. */
  swap(): void;
  free(): void;
}

/** Begins at the parameters as they are. */
export function weightAverage(
  parameters: ReadonlyMap<string, Tensor>,
  decay: number,
): WeightAverage {
  const weights = [...parameters.values()];
  const averages = weights.map((weight) => keep(scope(() => noGrad(() => weight.clone()))));
  return {
    update(step) {
      const kept = Math.min(decay, (1 + step) / (10 + step));
      // Two passes that are vectorised are quicker than `lerp_`'s one, which is not in LibTorch 1.13.
      noGrad(() => {
        foreachMul_(averages, kept);
        foreachAdd_(averages, weights, { alpha: 1 - kept });
      });
    },
    swap() {
      noGrad(() => {
        for (const [i, weight] of weights.entries()) {
          scope(() => {
            const was = weight.clone();
            weight.copy_(averages[i]);
            averages[i].copy_(was);
          });
        }
      });
    },
    free() {
      for (const average of averages) average.free();
    },
  };
}
