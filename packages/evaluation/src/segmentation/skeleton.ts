/**
 * The skeleton of a mask: lines one pixel wide along its middle, by the thinning of Zhang and Suen
 * (1984, Communications of the ACM 27:236), which scikit-image's `skeletonize` does, too. Pixels outside
 * of the image are not set.
 *
 * Thinning goes on in two turns, from the south-east and from the north-west, until neither removes
 * anything. A square of two by two pixels is left with one pixel here, where the paper's rules taken
 * literally remove all four.
 */
import type { Mask } from "@malleolus/geometry";

export function skeletonOf({ width, height, data }: Mask): Mask {
  // A frame of one unset pixel, so that every pixel has eight neighbours.
  const stride = width + 2;
  const padded = new Uint8Array(stride * (height + 2));
  for (let y = 0; y < height; y++) {
    padded.set(data.subarray(y * width, (y + 1) * width), (y + 1) * stride + 1);
  }
  // Clockwise from the north.
  const around = [-stride, 1 - stride, 1, 1 + stride, stride, stride - 1, -1, -1 - stride];
  let set = [...padded.keys()].filter((i) => padded[i] === 1);
  for (let removed = true; removed; ) {
    removed = false;
    for (const turn of [0, 1] as const) {
      const going = set.filter((i) => isRemovable(padded, i, around, turn));
      for (const i of going) padded[i] = 0;
      if (going.length === 0) continue;
      removed = true;
      set = set.filter((i) => padded[i] === 1);
    }
  }
  const thin = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (y + 1) * stride + 1;
    thin.set(padded.subarray(from, from + width), y * width);
  }
  return { width, height, data: thin };
}

function isRemovable(
  padded: Uint8Array,
  place: number,
  around: readonly number[],
  turn: 0 | 1,
): boolean {
  let [neighbours, rises] = [0, 0];
  for (const [k, offset] of around.entries()) {
    const here = padded[place + offset];
    neighbours += here;
    if (here === 0 && padded[place + around[(k + 1) % 8]] === 1) rises++;
  }
  if (neighbours < 2 || neighbours > 6 || rises !== 1) return false;
  const [north, , east, , south, , west] = around.map((offset) => padded[place + offset]);
  return turn === 0
    ? north * east * south === 0 && east * south * west === 0
    : north * east * west === 0 && north * south * west === 0;
}
