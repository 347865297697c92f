/**
 * The border outside the exposed field. Many storage-phosphor plates and shutters come out white there,
 * and a large white frame moves everything that a network measures over the whole image. Bone may be as
 * white and reach the border or the edge of the picture: the frame ends in straight lines, and bone does not.
 */

import { connectedRuns } from "@malleolus/geometry";
import { type FieldEdge, fieldEdges, SIDES, type Side, walkFrom } from "./field-edges.ts";

/** From here on a pixel is white: few bones get there, and noise does not leave it. */
const WHITE = 0.97;
/** Of the shorter side: the half of a width up to which white that runs into the picture is bone, not border. */
const BONE_SHARE = 0.02;
/** The frame's edge is blurred, so this many more pixels are masked. */
const EDGE_PIXELS = 2;
/** The same of the shorter side, in large pictures. */
const EDGE_SHARE = 0.004;
/** Of a side's pixels, where white without a straight edge is a frame: a round one. */
const MOSTLY = 0.9;

/**
 * The values with the white frame made black; the same array where there is none. A frame is what lies outside of the
 * field's straight edges. Where a side is white and has none, as of a round field, `blackenWhiteBorder` finds it.
 * `pixels` holds displayed values, row-major, 0 (black) to 1 (white).
 */
export function blackenCollimation(
  pixels: Float32Array,
  width: number,
  height: number,
): Float32Array {
  const edges = fieldEdges(pixels, width, height);
  const masked = edges.length === 0 ? pixels : blackenOutside(pixels, width, height, edges);
  const isOpen = SIDES.some((side) => whiteShare(masked, width, height, side) >= MOSTLY);
  return isOpen ? blackenWhiteBorder(masked, width, height) : masked;
}

function blackenOutside(
  pixels: Float32Array,
  width: number,
  height: number,
  edges: readonly FieldEdge[],
): Float32Array {
  const margin = Math.max(EDGE_PIXELS, Math.round(EDGE_SHARE * Math.min(width, height)));
  const masked = pixels.slice();
  for (const { side, depth, slope } of edges) {
    const { length, reach, first, along, inward } = walkFrom(side, width, height);
    for (let place = 0; place < length; place++) {
      const until = Math.min(reach, Math.round(depth + slope * place) + margin);
      for (let k = 0; k < until; k++) masked[first + place * along + k * inward] = 0;
    }
  }
  return masked;
}

function whiteShare(pixels: Float32Array, width: number, height: number, side: Side): number {
  const { length, first, along } = walkFrom(side, width, height);
  let white = 0;
  for (let place = 0; place < length; place++) {
    if (pixels[first + place * along] >= WHITE) white++;
  }
  return white / length;
}

/**
 * The values with white made black that hangs together with the picture's edge and that squares of 2 times 2 % of the
 * shorter side fit into, which may lie partly outside of the image; the same array where there is none.
 */
export function blackenWhiteBorder(
  pixels: Float32Array,
  width: number,
  height: number,
): Float32Array {
  if (SIDES.every((side) => whiteShare(pixels, width, height, side) === 0)) return pixels;
  const white = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) white[i] = pixels[i] < WHITE ? 0 : 1;
  takeNarrow(white, width, height, Math.floor(BONE_SHARE * Math.min(width, height)));
  const { rows, starts, ends, parts, areas } = connectedRuns({ width, height, data: white });
  const isOutside = new Uint8Array(areas.length + 1);
  for (let run = 0; run < rows.length; run++) {
    const isAtBorder =
      rows[run] === 0 || rows[run] === height - 1 || starts[run] === 0 || ends[run] === width;
    if (isAtBorder) isOutside[parts[run]] = 1;
  }
  const masked = pixels.slice();
  for (let run = 0; run < rows.length; run++) {
    if (isOutside[parts[run]] === 0) continue;
    const from = Math.max(0, starts[run] - EDGE_PIXELS);
    const to = Math.min(width, ends[run] + EDGE_PIXELS);
    const last = Math.min(height - 1, rows[run] + EDGE_PIXELS);
    for (let y = Math.max(0, rows[run] - EDGE_PIXELS); y <= last; y++) {
      masked.fill(0, y * width + from, y * width + to);
    }
  }
  return masked;
}

/** Blocks a reach has at least: larger pictures are looked at in blocks of pixels, for speed. */
const BLOCKS = 8;

/**
 * Takes away white that no square of 2 `reach` + 1 pixels fits into; outside of the image all is white (an opening). By
 * blocks what is less than two blocks from such a square stays, too.
 */
function takeNarrow(white: Uint8Array, width: number, height: number, reach: number): void {
  const side = Math.max(1, Math.floor(reach / BLOCKS));
  const blocks = Math.round(reach / side);
  if (blocks === 0) return;
  // With a margin of white as wide as a square reaches.
  const [across, down] = [width, height].map((size) => Math.ceil(size / side) + 2 * blocks);
  const mask = new Uint8Array(across * down);
  const rowOf = (y: number) => (Math.floor(y / side) + blocks) * across + blocks;
  for (let y = 0; y < height; y++) {
    for (let x = 0, block = rowOf(y); x < width; x += side, block++) {
      const end = Math.min(x + side, width);
      for (let at = x; mask[block] === 0 && at < end; at++) {
        if (white[y * width + at] === 0) mask[block] = 1;
      }
    }
  }
  // Where the middle of a square cannot lie, then where squares lie.
  widen(mask, across, down, blocks);
  for (let i = 0; i < mask.length; i++) mask[i] = 1 - mask[i];
  widen(mask, across, down, side === 1 ? blocks : blocks + 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0, block = rowOf(y); x < width; x += side, block++) {
      if (mask[block] === 0) white.fill(0, y * width + x, y * width + Math.min(x + side, width));
    }
  }
}

/** Sets all that lies within `reach` pixels of what is set, along rows and then along columns. */
function widen(mask: Uint8Array, width: number, height: number, reach: number): void {
  for (const isForward of [true, false]) {
    for (let y = 0; y < height; y++) {
      let left = 0;
      for (let k = 0; k < width; k++) {
        const i = y * width + (isForward ? k : width - 1 - k);
        if (mask[i] === 1) left = reach;
        else if (left-- > 0) mask[i] = WIDENED;
      }
    }
  }
  settle(mask);
  for (const isForward of [true, false]) {
    const left = new Int32Array(width);
    for (let k = 0; k < height; k++) {
      const row = (isForward ? k : height - 1 - k) * width;
      for (let x = 0; x < width; x++) {
        if (mask[row + x] === 1) left[x] = reach;
        else if (left[x]-- > 0) mask[row + x] = WIDENED;
      }
    }
  }
  settle(mask);
}

/** Set by what lies near it, and sets nothing itself. */
const WIDENED = 2;

function settle(mask: Uint8Array): void {
  for (let i = 0; i < mask.length; i++) if (mask[i] === WIDENED) mask[i] = 1;
}
