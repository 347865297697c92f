/**
 * The pattern of trabeculae. A ray through L millimetres of a random structure crosses a number of
 * trabeculae that scatters by the square root of L; that scatter is drawn here in the image,
 * as short lines along the bone's load, instead of modelling every trabecula in space.
 */

import type { Random } from "../random.ts";
import { gaussianBlur } from "./gaussian.ts";

const SIZE = 512;
const SPACING_MM = 0.2;

/** A periodic pattern, mean 0 and variance 1, its lines along the vertical. */
export interface Texture {
  readonly values: Float32Array;
}

/** `along` is the share of variance in lines along the load; the rest lies across or has no direction. */
export function trabecularTexture(random: Random, along: number): Texture {
  const across = 0.45 * (1 - along);
  const sum = new Float32Array(SIZE * SIZE);
  addPattern(sum, lines(random, 0.26, 1.9), Math.sqrt(along));
  addPattern(sum, transposed(lines(random, 0.28, 1.1)), Math.sqrt(across));
  addPattern(sum, lines(random, 0.45, 0.45), Math.sqrt((1 - along - across) * 0.6));
  addPattern(sum, lines(random, 2.2, 2.8), Math.sqrt((1 - along - across) * 0.4));
  return { values: normalized(sum) };
}

/** The pattern at a point in millimetres, turned by an angle about the origin. */
export function sampleTexture(texture: Texture, u: number, v: number): number {
  const x = u / SPACING_MM;
  const y = v / SPACING_MM;
  const i = Math.floor(x);
  const j = Math.floor(y);
  const [fx, fy] = [x - i, y - j];
  const left = i & (SIZE - 1);
  const right = (i + 1) & (SIZE - 1);
  const upper = (j & (SIZE - 1)) * SIZE;
  const lower = ((j + 1) & (SIZE - 1)) * SIZE;
  const { values } = texture;
  const above = values[upper + left] + fx * (values[upper + right] - values[upper + left]);
  const below = values[lower + left] + fx * (values[lower + right] - values[lower + left]);
  return above + fy * (below - above);
}

/** White noise drawn out to lines; less its surroundings, so that no large patches remain. */
function lines(random: Random, acrossMm: number, alongMm: number): Float32Array {
  const pad = 64;
  const side = SIZE + 2 * pad;
  const noise = new Float32Array(SIZE * SIZE);
  random.fillNormal(noise);
  // Repeated beyond the border before blurring: the pattern stays periodic.
  const squeeze = alongMm / acrossMm;
  const rows = Math.round(side / squeeze);
  const sigma = acrossMm / SPACING_MM;
  const wrapped = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const row = ((y - pad + SIZE) % SIZE) * SIZE;
    for (let x = 0; x < side; x++) wrapped[y * side + x] = noise[row + ((x - pad + SIZE) % SIZE)];
  }
  const thin = gaussianBlur(wrapped, side, side, sigma);
  const long = rows === side ? thin : blurAlong(thin, side, alongMm / SPACING_MM);
  const background = gaussianBlur(long, side, side, 3 * sigma);
  const cut = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const i = (y + pad) * side + x + pad;
      cut[y * SIZE + x] = long[i] - background[i];
    }
  }
  return normalized(cut);
}

/** A running mean down the columns, twice: close to a Gaussian. */
function blurAlong(values: Float32Array, side: number, sigma: number): Float32Array {
  const radius = Math.max(1, Math.round(sigma * 1.2));
  let from = values;
  for (let pass = 0; pass < 2; pass++) {
    const to = new Float32Array(values.length);
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let y = -radius; y < side; y++) {
        if (y + radius < side) sum += from[(y + radius) * side + x];
        if (y - radius - 1 >= 0) sum -= from[(y - radius - 1) * side + x];
        if (y >= 0) to[y * side + x] = sum / (2 * radius + 1);
      }
    }
    from = to;
  }
  return from;
}

function transposed(values: Float32Array): Float32Array {
  return values.map((_, i) => values[(i % SIZE) * SIZE + Math.floor(i / SIZE)]);
}

function addPattern(sum: Float32Array, pattern: Float32Array, weight: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] += weight * pattern[i];
}

function normalized(values: Float32Array): Float32Array {
  let squares = 0;
  for (const value of values) squares += value * value;
  const scale = 1 / Math.sqrt(squares / values.length);
  return values.map((value) => value * scale);
}
