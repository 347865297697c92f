/**
 * The skeleton of a mask: lines one pixel wide along its middle, by the thinning of Zhang and Suen
 * (1984, Communications of the ACM 27:236) with the corrections that ImageJ and scikit-image have.
 * Pixels outside of the image are not set. `thinMask` of geometry is another skeleton, for lines that people
 * mend: this one has the pixels of those that figures are compared with.
 *
 * Thinning goes on in two turns, the first from the south and east, the second from the north and west,
 * until neither removes anything. By the paper's own rules, lines of two pixels' width lose their ends
 * and squares of two by two vanish, and the corners of a staircase stay; 25 of the 256 ways in which a
 * pixel's neighbours can be set are therefore decided otherwise.
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
  const offsets = [-stride, 1 - stride, 1, 1 + stride, stride, stride - 1, -1, -1 - stride];
  const codeAt = (place: number) =>
    padded[place - stride] |
    (padded[place - stride + 1] << 1) |
    (padded[place + 1] << 2) |
    (padded[place + stride + 1] << 3) |
    (padded[place + stride] << 4) |
    (padded[place + stride - 1] << 5) |
    (padded[place - 1] << 6) |
    (padded[place - stride - 1] << 7);
  // Only a pixel with a neighbour that is not set can go: others are looked at once a neighbour has gone.
  const isBorder = new Uint8Array(padded.length);
  let border: number[] = [];
  for (let place = stride; place < padded.length - stride; place++) {
    if (padded[place] === 0 || codeAt(place) === SURROUNDED) continue;
    isBorder[place] = 1;
    border.push(place);
  }
  for (let removed = true; removed; ) {
    removed = false;
    for (const turn of [FIRST, SECOND]) {
      const [going, left]: [number[], number[]] = [[], []];
      for (const place of border) {
        ((REMOVED_IN[codeAt(place)] & turn) === 0 ? left : going).push(place);
      }
      if (going.length === 0) continue;
      removed = true;
      for (const place of going) padded[place] = 0;
      for (const place of going) {
        for (let k = 0; k < offsets.length; k++) {
          const next = place + offsets[k];
          if (padded[next] === 0 || isBorder[next] === 1) continue;
          isBorder[next] = 1;
          left.push(next);
        }
      }
      border = left;
    }
  }
  const thin = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (y + 1) * stride + 1;
    thin.set(padded.subarray(from, from + width), y * width);
  }
  return { width, height, data: thin };
}

const [NEVER, FIRST, SECOND, BOTH] = [0, 1, 2, 3] as const;

/** The code of a pixel of which all neighbours are set. */
const SURROUNDED = 255;

/** What is decided otherwise than in the paper: neighbours clockwise from the north, `#` where set. */
const CORRECTIONS: readonly { readonly turns: number; readonly around: readonly string[] }[] = [
  {
    turns: FIRST,
    around: [
      "###.....",
      "##...##.",
      "##....#.",
      "##......",
      "#.#....#",
      "#....##.",
      "#.....##",
      "#......#",
      ".##.....",
      "....#.##",
    ],
  },
  { turns: BOTH, around: ["#.#.....", "#.....#.", "..#.#...", "....#.#."] },
  {
    turns: SECOND,
    around: [
      "#.##....",
      ".##.##..",
      "..###...",
      "..##....",
      "..#.##..",
      "...##.#.",
      "....###.",
      "....##..",
      ".....##.",
    ],
  },
  { turns: NEVER, around: ["...##...", "......##"] },
];

/** By the neighbours' code, of which the north is the lowest bit: the turns in which a pixel goes. */
const REMOVED_IN: Uint8Array = turnsByCode();

function turnsByCode(): Uint8Array {
  const turns = Uint8Array.from({ length: 256 }, (_, code) =>
    turnsOf(Array.from({ length: 8 }, (__, k) => (code >> k) & 1)),
  );
  for (const { turns: corrected, around } of CORRECTIONS) {
    for (const one of around) {
      const code = [...one].reduce((sum, mark, k) => sum | (Number(mark === "#") << k), 0);
      turns[code] = corrected;
    }
  }
  return turns;
}

/** By the paper: of neighbours clockwise from the north. */
function turnsOf(around: readonly number[]): number {
  const neighbors = around.reduce((sum, one) => sum + one, 0);
  const rises = around.filter((one, k) => one === 0 && around[(k + 1) % 8] === 1).length;
  if (neighbors < 2 || neighbors > 6 || rises !== 1) return NEVER;
  const [north, , east, , south, , west] = around;
  const first = north * east * south === 0 && east * south * west === 0;
  const second = north * east * west === 0 && north * south * west === 0;
  return (first ? FIRST : NEVER) | (second ? SECOND : NEVER);
}
