/** The five parts of the loss, as tensors and as numbers. */
import type { Losses } from "@malleolus/detection";
import { add, stack, type Tensor } from "@malleolus/torch";

export interface LossParts {
  readonly rpnClass: number;
  readonly rpnBox: number;
  readonly boxClass: number;
  readonly boxRegression: number;
  readonly mask: number;
}

/** What training minimises. A scalar. */
export function sumOf(losses: Losses): Tensor {
  return add(
    add(add(losses.rpnClass, losses.rpnBox), add(losses.boxClass, losses.boxRegression)),
    losses.mask,
  );
}

/** All parts as one tensor, so that one copy brings them to the host. [5] */
export function lossesTensor(losses: Losses): Tensor {
  const { rpnClass, rpnBox, boxClass, boxRegression, mask } = losses;
  return stack([rpnClass, rpnBox, boxClass, boxRegression, mask]).detach();
}

/** From the numbers that `lossesTensor` holds. */
export function lossPartsOf(numbers: readonly number[]): LossParts {
  const [rpnClass, rpnBox, boxClass, boxRegression, mask] = numbers;
  return { rpnClass, rpnBox, boxClass, boxRegression, mask };
}

export function totalLoss(parts: LossParts): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

export function meanLosses(parts: readonly LossParts[]): LossParts {
  const mean = (name: keyof LossParts) =>
    parts.reduce((sum, part) => sum + part[name], 0) / parts.length;
  return {
    rpnClass: mean("rpnClass"),
    rpnBox: mean("rpnBox"),
    boxClass: mean("boxClass"),
    boxRegression: mean("boxRegression"),
    mask: mean("mask"),
  };
}
