/**
 * A mask's skeleton: lines one pixel wide in its middle that hang together as it does. Guo and Hall,
 * "Parallel thinning with two-subiteration algorithms", 1989 (algorithm A1; written from the paper's
 * conditions).
 */
import type { Mask } from "./mask.ts";

/** Pixels that touch at a corner hang together in the skeleton (8-connected). */
export function thinMask({ width, height, data }: Mask): Mask {
  // A frame of unset pixels, so that every pixel has eight neighbours.
  const stride = width + 2;
  const padded = new Uint8Array(stride * (height + 2));
  for (let y = 0; y < height; y++) {
    padded.set(data.subarray(y * width, (y + 1) * width), (y + 1) * stride + 1);
  }
  let left = places(padded);
  for (let quiet = 0, turn: 0 | 1 = 0; quiet < 2; turn = turn === 0 ? 1 : 0) {
    // All are judged before any goes: that keeps the line in the middle.
    const going = left.filter((i) => mayGo(padded, i, stride, turn));
    for (const i of going) padded[i] = 0;
    quiet = going.length === 0 ? quiet + 1 : 0;
    if (going.length > 0) left = left.filter((i) => padded[i] === 1);
  }
  const thin = new Uint8Array(width * height);
  for (const i of left) {
    thin[(Math.floor(i / stride) - 1) * width + (i % stride) - 1] = 1;
  }
  return { width, height, data: thin };
}

function places(padded: Uint8Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < padded.length; i++) if (padded[i] === 1) found.push(i);
  return found;
}

/** Whether a pixel of the border may go: its neighbours stay connected, and it ends no line. */
function mayGo(padded: Uint8Array, i: number, stride: number, turn: 0 | 1): boolean {
  const north = padded[i - stride];
  const northEast = padded[i - stride + 1];
  const east = padded[i + 1];
  const southEast = padded[i + stride + 1];
  const south = padded[i + stride];
  const southWest = padded[i + stride - 1];
  const west = padded[i - 1];
  const northWest = padded[i - stride - 1];
  const parts =
    ((1 - north) & (northEast | east)) +
    ((1 - east) & (southEast | south)) +
    ((1 - south) & (southWest | west)) +
    ((1 - west) & (northWest | north));
  if (parts !== 1) return false;
  const pairs = (northWest | north) + (northEast | east) + (southEast | south) + (southWest | west);
  const otherPairs =
    (north | northEast) + (east | southEast) + (south | southWest) + (west | northWest);
  const neighbors = Math.min(pairs, otherPairs);
  if (neighbors < 2 || neighbors > 3) return false;
  return turn === 0
    ? ((south | southWest | (1 - northWest)) & west) === 0
    : ((north | northEast | (1 - southEast)) & east) === 0;
}
