/**
 * Random numbers by address. Every draw of training is a function of (seed, step, slot, purpose)
 * and of its place in that stream, so that nothing depends on how many workers there are, on who
 * drew before, or on an interruption.
 *
 * The function is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011): the seed is its key, the address its counter. There is no state to save.
 */
import type { Draw } from "@malleolus/detection";

/** The streams of one step. `seed` is an integer from 0 to 2^53 - 1. */
export function drawsOf(seed: number, step: number): Draw {
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
  const draw = stream(seed, epoch, 0, purpose);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(draw() * (i + 1));
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

export type Key = readonly [number, number];
export type Block = readonly [number, number, number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Four random 32-bit words for a counter and a key, of 32-bit words too. */
export function philox4x32(counter: Block, key: Key): Block {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The upper 32 of the 64 bits of a product, in halves that a double holds exactly. */
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return aHigh * bHigh + (first >>> 16) + (second >>> 16);
}

/** A purpose's name as a word (Fowler, Noll and Vo's 32-bit hash of its UTF-16 units). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
