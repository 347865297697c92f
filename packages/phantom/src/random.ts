/**
 * Seeded draws: the same words give the same numbers on every machine.
 *
 * A stream is named by a path (`["patient", 17, "fracture"]`), so what is drawn for one thing does
 * not depend on how much was drawn for another before it. The generator is sfc32 (C. Doty-Humphrey,
 * PractRand), seeded by hashing the path (murmur3's finaliser). Not for cryptography.
 */

/** Mean, standard deviation and the limits that a draw is kept within. */
export interface Spread {
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

export interface Random {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** A normal draw, repeated until it lies within the limits. */
  spread(spread: Spread): number;
  chance(probability: number): boolean;
  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
  pick<T>(items: readonly T[]): T;
  /** Fills with standard normal draws. */
  fillNormal(values: Float32Array): void;
}

/** The stream of a trait. */
export type Streams = (trait: string) => Random;

/** The stream that a path names. */
export function createRandom(...path: readonly (string | number)[]): Random {
  const next = sfc32(hashPath(path));
  const uniform = (): number => next() / 2 ** 32;
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const random: Random = {
    uniform,
    normal,
    between: (low, high) => low + (high - low) * uniform(),
    chance: (probability) => uniform() < probability,
    spread({ mean, sd, min, max }) {
      for (;;) {
        const value = mean + sd * normal();
        if (value >= min && value <= max) return value;
      }
    },
    weighted(weights) {
      const keys = keysOf(weights);
      let left = uniform() * keys.reduce((sum, key) => sum + weights[key], 0);
      for (const key of keys) {
        left -= weights[key];
        if (left < 0) return key;
      }
      return keys[keys.length - 1];
    },
    pick: (items) => items[Math.floor(uniform() * items.length)],
    fillNormal(values) {
      const table = normalTable();
      for (let i = 0; i < values.length; i++) {
        const bits = next();
        // Two entries of a table of quantiles: near enough to normal, at a tenth of its cost.
        values[i] = (table[bits & 0xffff] + table[bits >>> 16]) * Math.SQRT1_2;
      }
    },
  };
  return random;
}

function keysOf<K extends string>(record: Readonly<Record<K, number>>): K[] {
  const keys: K[] = [];
  for (const key in record) keys.push(key);
  return keys;
}

function hashPath(path: readonly (string | number)[]): number {
  let hash = 0x9e3779b9;
  for (const character of path.map(String).join("\u0000")) {
    hash = mix(hash ^ (character.codePointAt(0) ?? 0));
  }
  return hash;
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) + 0x27d4eb2f;
}

function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [mix(seed), mix(seed + 1), mix(seed + 2), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

let quantiles: Float32Array | undefined;

/** 65,536 quantiles of the normal distribution, in any order: the draw is uniform. */
function normalTable(): Float32Array {
  if (quantiles !== undefined) return quantiles;
  const half = 32_768;
  quantiles = new Float32Array(2 * half);
  for (let i = 0; i < half; i++) {
    const value = normalQuantile((i + 0.5) / (2 * half));
    quantiles[i] = value;
    quantiles[2 * half - 1 - i] = -value;
  }
  return quantiles;
}

/** Below one half; Abramowitz and Stegun 26.2.23, error under 4.5e-4. */
function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  return (
    (2.515517 + 0.802853 * t + 0.010328 * t * t) /
      (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t) -
    t
  );
}
