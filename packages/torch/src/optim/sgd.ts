/**
 * Stochastic gradient descent with momentum and weight decay, as PyTorch's `torch.optim.SGD`:
 * g += weightDecay * p; v = momentum * v + (1 - dampening) * g, v = g at a parameter's first
 * step; p -= lr * v, or lr * (g + momentum * v) with Nesterov's.
 *
 * All parameters are updated in one pass where there is a kernel for it (`fused.ts`), else by a few
 * `_foreach_` calls.
 */
import { noGrad } from "../autograd.ts";
import { TorchError } from "../errors.ts";
import { foreachAdd_, foreachMul_, sgdStep_ } from "../ops.generated.ts";
import { keep, scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { isFused, momentLike } from "./fused.ts";

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
}

export interface Sgd {
  /** Changed by schedules between steps. */
  learningRate: number;
  /** Updates every parameter that has a gradient. */
  step(): void;
  /** Forgets the gradients. */
  zeroGrad(): void;
  /** The momentum by parameter name; parameters not yet stepped have none. */
  state(): Map<string, Tensor>;
  /** Takes over momentum. @throws TorchError `argument` for an unknown name or another shape. */
  loadState(state: ReadonlyMap<string, Tensor>): void;
  /** Gives back what it keeps. */
  free(): void;
}

export function sgd(parameters: ReadonlyMap<string, Tensor>, options: SgdOptions): Sgd {
  const { momentum = 0, weightDecay = 0, dampening = 0, nesterov = false } = options;
  if (nesterov && (momentum <= 0 || dampening !== 0)) {
    throw new TorchError(
      "argument",
      "sgd: Nesterov's momentum needs momentum above 0 and no dampening",
    );
  }
  const velocities = new Map<string, Tensor>();

  const optimizer: Sgd = {
    learningRate: options.learningRate,
    step() {
      noGrad(() => scope(() => update(optimizer.learningRate)));
    },
    zeroGrad() {
      for (const parameter of parameters.values()) parameter.grad = null;
    },
    state: () => new Map(velocities),
    loadState(state) {
      for (const [name, saved] of state) {
        const parameter = parameters.get(name);
        if (parameter === undefined || String(parameter.shape) !== String(saved.shape)) {
          throw new TorchError(
            "argument",
            `sgd: the saved momentum of ${name} has shape [${saved.shape}], the parameter ${parameter === undefined ? "does not exist" : `[${parameter.shape}]`}`,
          );
        }
      }
      optimizer.free();
      for (const [name, saved] of state) {
        const parameter = parameters.get(name);
        if (parameter !== undefined) velocities.set(name, momentLike(parameter, saved));
      }
    },
    free() {
      for (const velocity of velocities.values()) velocity.free();
      velocities.clear();
    },
  };

  function update(learningRate: number): void {
    const stepped: { name: string; parameter: Tensor; gradient: Tensor }[] = [];
    for (const [name, parameter] of parameters) {
      const gradient = parameter.grad;
      if (gradient !== null) stepped.push({ name, parameter, gradient });
    }
    if (stepped.length === 0) return;
    if (momentum > 0 && dampening === 0 && !nesterov && stepped.every(isFused)) {
      const known = stepped.map(({ name, parameter }) => {
        const velocity = velocities.get(name) ?? momentLike(parameter, null);
        velocities.set(name, velocity);
        return velocity;
      });
      sgdStep_(
        stepped.map(({ parameter }) => parameter),
        stepped.map(({ gradient }) => gradient),
        known,
        learningRate,
        momentum,
        weightDecay,
      );
      return;
    }
    const targets = stepped.map(({ parameter }) => parameter);
    // The gradients are not written to: whoever reads them after the step finds them as they were.
    const gradients = stepped.map(({ gradient }) => gradient.clone());
    if (weightDecay !== 0) foreachAdd_(gradients, targets, { alpha: weightDecay });
    if (momentum === 0) {
      foreachAdd_(targets, gradients, { alpha: -learningRate });
      return;
    }
    const known: Tensor[] = [];
    const knownGradients: Tensor[] = [];
    for (const [index, { name }] of stepped.entries()) {
      const gradient = gradients[index];
      const velocity = velocities.get(name);
      if (velocity === undefined) {
        velocities.set(name, keep(gradient.clone()));
      } else {
        known.push(velocity);
        knownGradients.push(gradient);
      }
    }
    if (known.length > 0) {
      foreachMul_(known, momentum);
      foreachAdd_(known, knownGradients, { alpha: 1 - dampening });
    }
    const velocityOf = stepped.flatMap(({ name }) => velocities.get(name) ?? []);
    if (nesterov) {
      foreachAdd_(gradients, velocityOf, { alpha: momentum });
      foreachAdd_(targets, gradients, { alpha: -learningRate });
    } else {
      foreachAdd_(targets, velocityOf, { alpha: -learningRate });
    }
  }

  return optimizer;
}
