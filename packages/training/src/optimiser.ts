/**
 * The step of training: gradients clipped, then SGD with momentum. Weights and biases of norms
 * have a weight decay of their own (Detectron2's WEIGHT_DECAY_NORM, 0).
 */
import { foreachMul_, foreachNorm, optim, scope, stack, type Tensor } from "@malleolus/torch";
import type { Recipe } from "./recipe.ts";

export interface Optimiser {
  /** The norm of all gradients together, as they are. */
  gradientNorm(): number;
  /** Clips the gradients, whose norm is given, and updates the parameters. */
  step(learningRate: number, gradientNorm: number): void;
  zeroGrad(): void;
  /** Momentum by parameter name. */
  state(): Map<string, Tensor>;
  loadState(state: ReadonlyMap<string, Tensor>): void;
  free(): void;
}

export function optimiser(
  parameters: ReadonlyMap<string, Tensor>,
  settings: Recipe["optimiser"],
): Optimiser {
  const { momentum, weightDecay, normWeightDecay, clipNorm } = settings;
  const learningRate = settings.schedule.baseLearningRate;
  const isNorm = (name: string) => /(^|\.)norm\.(weight|bias)$/.test(name);
  const select = (norms: boolean) =>
    new Map([...parameters].filter(([name]) => isNorm(name) === norms));
  const groups = [
    { isNorm: false, sgd: optim.sgd(select(false), { learningRate, momentum, weightDecay }) },
    {
      isNorm: true,
      sgd: optim.sgd(select(true), { learningRate, momentum, weightDecay: normWeightDecay }),
    },
  ];
  const gradients = () => [...parameters.values()].flatMap((parameter) => parameter.grad ?? []);
  return {
    gradientNorm: () =>
      scope(() => {
        const all = gradients();
        return all.length === 0 ? 0 : stack(foreachNorm(all)).square().sum().sqrt().item();
      }),
    step(rate, gradientNorm) {
      if (clipNorm !== null && gradientNorm > clipNorm) {
        scope(() => foreachMul_(gradients(), clipNorm / gradientNorm));
      }
      for (const { sgd } of groups) {
        sgd.learningRate = rate;
        sgd.step();
      }
    },
    zeroGrad() {
      for (const { sgd } of groups) sgd.zeroGrad();
    },
    state: () => new Map(groups.flatMap(({ sgd }) => [...sgd.state()])),
    loadState(state) {
      for (const group of groups) {
        const own = [...state].filter(([name]) => isNorm(name) === group.isNorm);
        group.sgd.loadState(new Map(own));
      }
    },
    free() {
      for (const { sgd } of groups) sgd.free();
    },
  };
}
