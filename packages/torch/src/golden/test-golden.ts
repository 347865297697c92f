/** Golden files, and the numbers they were computed from (tools/golden/seeded_numbers.py). */
import { readFileSync } from "node:fs";
import { fromTypedArray, type Tensor } from "../index.ts";

/** The n-th number of a seed, in [-1, 1), exact in float32. */
function seededNumber(seed: number, n: number): number {
  let x = (Math.imul(n, 2654435761) + Math.imul(seed, 2246822519) + 374761393) >>> 0;
  for (let round = 0; round < 2; round++) {
    x ^= x >>> 16;
    x = Math.imul(x, 0x45d9f3b) >>> 0;
  }
  x ^= x >>> 16;
  return (x >>> 8) / 2 ** 23 - 1;
}

/** As `numbers(seed, *shape)` of the generators. */
export function seededNumbers(seed: number, ...shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return fromTypedArray(
    Float32Array.from({ length: count }, (_, n) => seededNumber(seed, n)),
    shape,
  );
}

/** A golden file, as its generator wrote it. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
}
