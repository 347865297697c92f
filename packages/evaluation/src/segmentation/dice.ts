/** How much of two masks is common. */
import type { Mask } from "@malleolus/geometry";

/** Dice's coefficient: twice what is common over what both have. Null for a truth that is empty. */
export function diceOf(truth: Mask, found: Mask): number | null {
  let common = 0;
  let own = 0;
  let others = 0;
  for (let i = 0; i < truth.data.length; i++) {
    own += truth.data[i];
    others += found.data[i];
    common += truth.data[i] & found.data[i];
  }
  return own === 0 ? null : (2 * common) / (own + others);
}
