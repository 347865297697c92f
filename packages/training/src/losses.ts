/** The parts of the loss by their names, as tensors and as numbers. */
import type { LossParts } from "@malleolus/schema";
import { add, stack, type Tensor } from "@malleolus/torch";
import type { NamedLosses } from "./tasks/task.ts";

/** What training minimises. A scalar. */
export function sumOf(losses: NamedLosses): Tensor {
  return Object.values(losses).reduce((sum, part) => add(sum, part));
}

/** All parts as one tensor, so that one copy brings them to the host, and their names. [parts] */
export function lossesTensor(losses: NamedLosses): { names: readonly string[]; tensor: Tensor } {
  const parts = Object.entries(losses);
  return {
    names: parts.map(([name]) => name),
    tensor: stack(parts.map(([, loss]) => loss)).detach(),
  };
}

/** From the numbers that such a tensor holds; more may follow them. */
export function lossPartsOf(names: readonly string[], numbers: readonly number[]): LossParts {
  return Object.fromEntries(names.map((name, i) => [name, numbers[i]]));
}

export function totalLoss(parts: LossParts): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

/** Of parts with the same names, at least one. */
export function meanLosses(parts: readonly LossParts[]): LossParts {
  const names = Object.keys(parts[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, parts.reduce((sum, part) => sum + part[name], 0) / parts.length]),
  );
}
