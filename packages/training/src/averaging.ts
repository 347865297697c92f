/**
 * A moving average of the weights, in float32 (Polyak and Juditsky 1992; as an exponential one,
 * Tarvainen and Valpola 2017): average = decay * average + (1 - decay) * weights after every step. In
 * a short training it stands for the many steps of a small rate for which there is no time.
 *
 * It begins at the initial weights; so that these are soon forgotten, the decay after the first steps
 * is smaller: (1 + step) / (10 + step), as TensorFlow's `ExponentialMovingAverage` has it.
 */
import { call, keep, noGrad, scope, type Tensor } from "@malleolus/torch";

export interface WeightAverage {
  /** Takes the weights in as they are after a step, counted from 0. */
  update(step: number): void;
  /** Puts the average where the weights are, and them where it was; done twice, nothing has changed. */
  exchange(): void;
  free(): void;
}

/** Begins at the parameters as they are. */
export function weightAverage(
  parameters: ReadonlyMap<string, Tensor>,
  decay: number,
): WeightAverage {
  const pairs = [...parameters.values()].map((weight) => {
    const average = keep(scope(() => noGrad(() => weight.clone())));
    return { weight, average };
  });
  return {
    update(step) {
      const taken = 1 - Math.min(decay, (1 + step) / (10 + step));
      // In place and in one pass over the memory; there is no such foreach operator in LibTorch 1.13.
      noGrad(() =>
        scope(() => {
          for (const { weight, average } of pairs) {
            call("aten::lerp_.Scalar", average, weight, taken);
          }
        }),
      );
    },
    exchange() {
      noGrad(() => {
        for (const { weight, average } of pairs) {
          scope(() => {
            const was = weight.clone();
            weight.copy_(average);
            average.copy_(was);
          });
        }
      });
    },
    free() {
      for (const { average } of pairs) average.free();
    },
  };
}
