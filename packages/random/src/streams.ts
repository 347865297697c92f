/**
 * Random numbers by address. Every draw of training is a function of (seed, step, slot, purpose)
 * and of its place in that stream, so that nothing depends on how many workers there are, on who
 * drew before, or on an interruption.
 *
 * The function is Philox: the seed is its key, the address its counter. There is no state to save.
 */

import { type Key, philox4x32 } from "./philox.ts";

/**
 * A stream of uniform numbers in [0, 1) for one purpose (`"rpn-sampling"`) and one slot (the image's
 * place in the batch). The same purpose and slot give the same stream.
 */
export type RandomStreams = (purpose: string, slot: number) => () => number;

/** The streams of one step. `seed` is an integer from 0 to 2^53 - 1. */
export function randomStreams(seed: number, step: number): RandomStreams {
  return (purpose, slot) => stream(seed, step, slot, purpose);
}

/**
 * An order of `count` things, each once: the shuffled epoch of a data set. A function of its
 * arguments alone (Fisher and Yates).
 */
export function permutation(
  seed: number,
  epoch: number,
  count: number,
  purpose: string,
): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const random = stream(seed, epoch, 0, purpose);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    const moved = order[i];
    order[i] = order[other];
    order[other] = moved;
  }
  return order;
}

/** Uniform numbers in [0, 1) with 53 random bits, two from each block. */
function stream(seed: number, step: number, slot: number, purpose: string): () => number {
  const key: Key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  const purposeHash = fnv1a(purpose);
  let block = 0;
  let waiting: number | null = null;
  return () => {
    if (waiting !== null) {
      const value = waiting;
      waiting = null;
      return value;
    }
    const [a, b, c, d] = philox4x32([block++, step, slot, purposeHash], key);
    waiting = fraction(c, d);
    return fraction(a, b);
  };
}

/** The upper 26 bits of one word and the upper 27 of another as a number in [0, 1). */
function fraction(high: number, low: number): number {
  return ((high >>> 6) * 2 ** 27 + (low >>> 5)) / 2 ** 53;
}

/** A purpose's name as a word (Fowler, Noll and Vo's 32-bit hash of its UTF-16 units). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
