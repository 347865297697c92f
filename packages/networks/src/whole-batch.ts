/**
 * The batch of which a network sees a share where several processes train it. What a loss is divided by is
 * counted over all of them, so that the shares' losses add up to the whole batch's, and their gradients too.
 *
 * Each function but `images` is a meeting of all processes: they call the same in the same order.
 */
import type { Tensor } from "@malleolus/torch";

export interface WholeBatch {
  /** How many images the whole has, of which `own` are here. */
  images(own: number): number;
  /** The sums of some numbers over all shares. */
  sum(own: readonly number[]): readonly number[];
  /** The sum of a tensor over all shares; gradients flow into one's own part. */
  total(own: Tensor): Tensor;
  /** A loss that every process has computed of totals: its gradient whole, of its value a share. */
  divided(loss: Tensor): Tensor;
}

/** A batch that is all here. */
export const undividedBatch: WholeBatch = {
  images: (own) => own,
  sum: (own) => own,
  total: (own) => own,
  divided: (loss) => loss,
};

/** What a mean over `own` of `all` counts for; 1 where there is nothing at all, and the loss is 0. */
export function shareOf(own: number, all: number): number {
  return all === 0 ? 1 : own / all;
}
