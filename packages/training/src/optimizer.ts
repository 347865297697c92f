/**
 * The step of training: gradients clipped, then SGD with momentum, or AdamW. Weights and biases of
 * norms have a weight decay of their own (Detectron2's WEIGHT_DECAY_NORM, 0).
 */
import type { Recipe } from "@malleolus/schema";
import {
  foreachMul_,
  foreachNorm,
  optim,
  scope,
  stack,
  type Tensor,
  zeros,
} from "@malleolus/torch";

export interface Optimizer {
  /** The norm of all gradients together, as they are. A scalar, where they lie. */
  gradientNorm(): Tensor;
  /** Clips the gradients, whose norm is given, and updates the parameters. */
  step(learningRate: number, gradientNorm: number): void;
  zeroGrad(): void;
  /** Momentum, or moments, by parameter name. */
  state(): Map<string, Tensor>;
  loadState(state: ReadonlyMap<string, Tensor>): void;
  free(): void;
}

export function newOptimizer(
  parameters: ReadonlyMap<string, Tensor>,
  settings: Recipe["optimizer"],
): Optimizer {
  const { clipNorm } = settings;
  const isNorm = (name: string) => isOfNorm(name, parameters);
  const select = (norms: boolean) =>
    new Map([...parameters].filter(([name]) => isNorm(name) === norms));
  const groups = [
    { isNorm: false, rule: updateRule(select(false), settings, settings.weightDecay) },
    { isNorm: true, rule: updateRule(select(true), settings, settings.normWeightDecay) },
  ];
  const gradients = () => [...parameters.values()].flatMap((parameter) => parameter.grad ?? []);
  return {
    gradientNorm: () =>
      scope(() => {
        const all = gradients();
        return all.length === 0 ? zeros([]) : stack(foreachNorm(all)).square().sum().sqrt();
      }),
    step(rate, gradientNorm) {
      if (clipNorm !== null && gradientNorm > clipNorm) {
        scope(() => foreachMul_(gradients(), clipNorm / gradientNorm));
      }
      for (const { rule } of groups) {
        rule.learningRate = rate;
        rule.step();
      }
    },
    zeroGrad() {
      for (const { rule } of groups) rule.zeroGrad();
    },
    state: () => new Map(groups.flatMap(({ rule }) => [...rule.state()])),
    loadState(state) {
      for (const group of groups) {
        const own = [...state].filter(([name]) => isNorm(name) === group.isNorm);
        group.rule.loadState(new Map(own));
      }
    },
    free() {
      for (const { rule } of groups) rule.free();
    },
  };
}

/**
 * Whether a parameter, or a moment of it, is a norm's: of a layer whose weight is a scale a channel, whatever
 * the layer is called. Detectron2 calls it `norm`, torchvision's MobileNet by a number.
 */
function isOfNorm(name: string, parameters: ReadonlyMap<string, Tensor>): boolean {
  const layer = /^(?:(.+)\.)?(?:weight|bias)(?:\.|$)/.exec(name)?.[1] ?? "";
  return parameters.get(layer === "" ? "weight" : `${layer}.weight`)?.shape.length === 1;
}

function updateRule(
  parameters: ReadonlyMap<string, Tensor>,
  { method, schedule }: Recipe["optimizer"],
  weightDecay: number,
): optim.Sgd | optim.Adam {
  const learningRate = schedule.baseLearningRate;
  return method.kind === "sgd"
    ? optim.sgd(parameters, { learningRate, momentum: method.momentum, weightDecay })
    : optim.adam(parameters, {
        learningRate,
        beta1: method.beta1,
        beta2: method.beta2,
        weightDecay,
        decoupled: true,
      });
}
