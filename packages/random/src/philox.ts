/**
 * Random words by address: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011). There is no state: the same counter and key give the same words everywhere.
 */
export type Key = readonly [number, number];
export type Block = readonly [number, number, number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Four random 32-bit words for a counter and a key, of 32-bit words too. */
export function philox4x32(counter: Block, key: Key): Block {
  const words = new Uint32Array(4);
  philoxInto(words, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return [words[0], words[1], words[2], words[3]];
}

/** The same into an array of four: for millions of words, which would be millions of arrays. */
export function philoxInto(
  words: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let [c0, c1, c2, c3] = [counter0, counter1, counter2, counter3];
  let [k0, k1] = [key0, key1];
  for (let round = 0; round < ROUNDS; round++) {
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high0 = upperHalf(MULTIPLIER_0 * c0, low0);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    const high1 = upperHalf(MULTIPLIER_1 * c2, low1);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/**
 * The upper 32 of the 64 bits of a product, from the product as a double and its lower 32. What the
 * double has rounded away is below 2^11, and so nothing to a multiple of 2^32.
 */
function upperHalf(product: number, low: number): number {
  return ((product - low) / 2 ** 32 + 0.5) >>> 0;
}
