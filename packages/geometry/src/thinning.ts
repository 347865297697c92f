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
  // A pixel that stayed in a turn stays in the next one of its kind, unless something around it has gone since.
  const waiting = [borderOf(padded, stride), borderOf(padded, stride)];
  const isWaiting = [new Uint8Array(padded.length), new Uint8Array(padded.length)];
  const around = [-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1];
  for (let quiet = 0, turn: 0 | 1 = 0; quiet < 2; turn = turn === 0 ? 1 : 0) {
    // All are judged before any goes: that keeps the line in the middle.
    const going: number[] = waiting[turn].filter(
      (i) => padded[i] === 1 && mayGo(padded, i, stride, turn),
    );
    for (const i of waiting[turn]) isWaiting[turn][i] = 0;
    waiting[turn] = [];
    for (const i of going) padded[i] = 0;
    for (const i of going) {
      for (const step of around) {
        const beside = i + step;
        if (padded[beside] === 0) continue;
        for (const next of [0, 1] as const) {
          if (isWaiting[next][beside] === 1) continue;
          isWaiting[next][beside] = 1;
          waiting[next].push(beside);
        }
      }
    }
    quiet = going.length === 0 ? quiet + 1 : 0;
  }
  const thin = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (y + 1) * stride + 1;
    thin.set(padded.subarray(from, from + width), y * width);
  }
  return { width, height, data: thin };
}

/** Set pixels beside one that is not: within a mask nothing goes. */
function borderOf(padded: Uint8Array, stride: number): number[] {
  const found: number[] = [];
  for (let i = stride + 1; i < padded.length - stride - 1; i++) {
    if (padded[i] === 0) continue;
    const above = padded[i - stride - 1] + padded[i - stride] + padded[i - stride + 1];
    const below = padded[i + stride - 1] + padded[i + stride] + padded[i + stride + 1];
    if (above + below + padded[i - 1] + padded[i + 1] < 8) found.push(i);
  }
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
