/**
 * Adam (Kingma and Ba 2015), as PyTorch's `torch.optim.Adam`: g += weightDecay * p;
 * m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g * g; and at a parameter's
 * t-th step p -= lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + eps). With `decoupled` it is
 * `torch.optim.AdamW` (Loshchilov and Hutter 2019): p *= 1 - lr * weightDecay, and g as it is.
 *
 * All parameters are updated in one pass where there is a kernel for it (`fused.ts`), else by a few
 * `_foreach_` calls.
 */
import { noGrad } from "../autograd.ts";
import { TorchError } from "../errors.ts";
import {
  adamStep_,
  foreachAdd_,
  foreachAddcdiv_,
  foreachAddcmul_,
  foreachAddScalar_,
  foreachDiv_,
  foreachMul_,
  foreachSqrt,
  full,
} from "../ops.generated.ts";
import { keep, scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { isFused, momentLike } from "./fused.ts";

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  readonly weightDecay?: number;
  /** Decay the parameters themselves instead of adding to their gradients; default false. */
  readonly decoupled?: boolean;
}

export interface Adam {
  /** Changed by schedules between steps. */
  learningRate: number;
  /** Updates every parameter that has a gradient. */
  step(): void;
  /** Forgets the gradients. */
  zeroGrad(): void;
  /**
   * Under a parameter's name and `.exp_avg`, `.exp_avg_sq` and `.step` (a scalar), as PyTorch
   * calls them; parameters not yet stepped have none. They stay the optimiser's own.
   */
  state(): Map<string, Tensor>;
  /** Takes over what `state` gave. @throws TorchError `argument` where it does not fit. */
  loadState(state: ReadonlyMap<string, Tensor>): void;
  /** Gives back what it keeps. */
  free(): void;
}

interface Moments {
  readonly mean: Tensor;
  readonly square: Tensor;
  /** The same number, for `state` and for the update. */
  readonly step: Tensor;
  steps: number;
}

export function adam(parameters: ReadonlyMap<string, Tensor>, options: AdamOptions): Adam {
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0, decoupled = false } = options;
  if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
    throw new TorchError("argument", `adam: expected betas in [0, 1), got ${beta1} and ${beta2}`);
  }
  const moments = new Map<string, Moments>();

  const optimizer: Adam = {
    learningRate: options.learningRate,
    step() {
      noGrad(() => scope(() => update(optimizer.learningRate)));
    },
    zeroGrad() {
      for (const parameter of parameters.values()) parameter.grad = null;
    },
    state() {
      const state = new Map<string, Tensor>();
      for (const [name, { mean, square, step }] of moments) {
        state.set(`${name}.exp_avg`, mean);
        state.set(`${name}.exp_avg_sq`, square);
        state.set(`${name}.step`, step);
      }
      return state;
    },
    loadState(state) {
      const loaded = readState(parameters, state);
      optimizer.free();
      for (const [name, moment] of loaded) moments.set(name, moment);
    },
    free() {
      for (const { mean, square, step } of moments.values()) {
        for (const tensor of [mean, square, step]) tensor.free();
      }
      moments.clear();
    },
  };

  function momentsOf(name: string, parameter: Tensor): Moments {
    const known = moments.get(name);
    if (known !== undefined) return known;
    const made: Moments = {
      mean: momentLike(parameter, null),
      square: momentLike(parameter, null),
      step: keep(full([], 0)),
      steps: 0,
    };
    moments.set(name, made);
    return made;
  }

  /** Parameters that have made as many steps share their corrections, and a fused update. */
  function update(learningRate: number): void {
    const byAge = new Map<number, { parameter: Tensor; gradient: Tensor; own: Moments }[]>();
    for (const [name, parameter] of parameters) {
      const gradient = parameter.grad;
      if (gradient === null) continue;
      const own = momentsOf(name, parameter);
      own.steps += 1;
      own.step.fill_(own.steps);
      const peers = byAge.get(own.steps) ?? [];
      peers.push({ parameter, gradient, own });
      byAge.set(own.steps, peers);
    }
    for (const [age, peers] of byAge) {
      const targets = peers.map(({ parameter }) => parameter);
      const means = peers.map(({ own }) => own.mean);
      const squares = peers.map(({ own }) => own.square);
      if (peers.every(isFused)) {
        const gradients = peers.map(({ gradient }) => gradient);
        const settings = [learningRate, beta1, beta2, eps, weightDecay, decoupled, age] as const;
        adamStep_(targets, gradients, means, squares, ...settings);
        continue;
      }
      // The gradients are not written to: whoever reads them after the step finds them as they were.
      const gradients = peers.map(({ gradient }) => gradient.clone());
      if (weightDecay !== 0) {
        if (decoupled) foreachMul_(targets, 1 - learningRate * weightDecay);
        else foreachAdd_(gradients, targets, { alpha: weightDecay });
      }
      foreachMul_(means, beta1);
      foreachAdd_(means, gradients, { alpha: 1 - beta1 });
      foreachMul_(squares, beta2);
      foreachAddcmul_(squares, gradients, gradients, { value: 1 - beta2 });
      const divisors = foreachSqrt(squares);
      foreachDiv_(divisors, Math.sqrt(1 - beta2 ** age));
      foreachAddScalar_(divisors, eps);
      foreachAddcdiv_(targets, means, divisors, { value: -learningRate / (1 - beta1 ** age) });
    }
  }

  return optimizer;
}

function readState(
  parameters: ReadonlyMap<string, Tensor>,
  state: ReadonlyMap<string, Tensor>,
): Map<string, Moments> {
  const found = new Map<string, readonly [mean: Tensor, square: Tensor, step: Tensor]>();
  for (const key of state.keys()) {
    const name = key.replace(/\.(exp_avg|exp_avg_sq|step)$/, "");
    const shape = parameters.get(name)?.shape;
    const mean = state.get(`${name}.exp_avg`);
    const square = state.get(`${name}.exp_avg_sq`);
    const step = state.get(`${name}.step`);
    const fits = (moment: Tensor | undefined): moment is Tensor =>
      moment !== undefined && shape !== undefined && String(moment.shape) === String(shape);
    if (!fits(mean) || !fits(square) || step === undefined || step.size !== 1) {
      throw new TorchError(
        "argument",
        `adam: the saved ${key} does not fit: expected exp_avg, exp_avg_sq and step of ${shape === undefined ? "a known parameter" : `a parameter of shape [${shape}]`}`,
      );
    }
    found.set(name, [mean, square, step]);
  }
  // Copied only once everything fits.
  const copied = [...found].flatMap(([name, [mean, square, step]]): [string, Moments][] => {
    const parameter = parameters.get(name);
    if (parameter === undefined) return [];
    return [
      [
        name,
        {
          mean: momentLike(parameter, mean),
          square: momentLike(parameter, square),
          step: keep(step.clone()),
          steps: step.item(),
        },
      ],
    ];
  });
  return new Map(copied);
}
