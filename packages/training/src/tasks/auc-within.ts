/**
 * How well a part is told from the rest of what it lies in, whatever its probability is called: of a pixel of
 * the fracture and one of the sound fibula, how often the former has the greater probability of a fracture.
 * Dice of a rare part is 0 for as long as another label is likelier everywhere; this moves from one half on
 * as soon as anything is learned.
 */
import { aucOf } from "@malleolus/evaluation";
import { type LabelMap, type LabelProbabilities, structureMask } from "@malleolus/imaging";
import type { Structure } from "@malleolus/schema";

/** Null where the part, or the rest of what it lies in, is not there. Both are of one size. */
export function aucWithin(
  found: LabelProbabilities,
  truth: LabelMap,
  structures: readonly Structure[],
  { name, within }: Structure,
): number | null {
  if (within === null) return null;
  const part = structureMask(truth, structures, name);
  const whole = structureMask(truth, structures, within);
  const first = structures.findIndex((one) => one.name === name) * truth.data.length;
  const scores: number[] = [];
  const isPart: boolean[] = [];
  for (let i = 0; i < truth.data.length; i++) {
    if (whole.data[i] === 0) continue;
    scores.push(found.probabilities[first + i]);
    isPart.push(part.data[i] === 1);
  }
  return aucOf(scores, isPart)?.auc ?? null;
}
