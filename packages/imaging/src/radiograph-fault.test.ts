import assert from "node:assert/strict";
import { test } from "node:test";
import type { DisplayImage } from "./images.ts";
import { radiographFault } from "./radiograph-fault.ts";

const [WIDTH, HEIGHT] = [300, 400];

/** Air, a leg's soft tissue over two fifths of the width, and a bone within it that widens, with a grain. */
function leg(air: number, tissue: number, bone: number, frame: number | null = null): DisplayImage {
  const pixels = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const isFrame = x < 60 || x >= WIDTH - 60 || y < 50 || y >= HEIGHT - 50;
    if (frame !== null && isFrame) return frame;
    const grain = 0.02 * Math.sin(12.9898 * x + 78.233 * y);
    const off = Math.abs(x - WIDTH / 2);
    return grain + (off < 12 + y / 20 ? bone : off < 60 ? tissue : air);
  });
  return { width: WIDTH, height: HEIGHT, pixels };
}

interface Field {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A plate, black or white but for its fields. In each there is a leg, curved as no collimator is, with air beside it over
 * `air` of its width.
 */
function plate(fields: readonly Field[], air: number, shade: number, border = 0): DisplayImage {
  const pixels = new Float32Array(WIDTH * HEIGHT).fill(border);
  for (const { left, top, width, height } of fields) {
    for (let y = top; y < top + height; y++) {
      const middle = left + width / 2 + 0.1 * air * width * Math.sin((4 * (y - top)) / height);
      for (let x = left; x < left + width; x++) {
        const off = Math.abs(x + 0.5 - middle) / (width / 2);
        pixels[y * WIDTH + x] = off > 1 - air ? shade : off < 0.2 + (0.05 * y) / HEIGHT ? 0.8 : 0.3;
      }
    }
  }
  return { width: WIDTH, height: HEIGHT, pixels };
}

const CENTRED = { left: 90, top: 120, width: 120, height: 160 };
const SMALL = { left: 105, top: 140, width: 90, height: 120 };
const SIDE = { left: 0, top: 0, width: 120, height: HEIGHT };
const HALF = { left: 0, top: 0, width: 150, height: HEIGHT };
const LOWER = { left: 0, top: 220, width: WIDTH, height: 180 };

const inverted = ({ pixels, ...size }: DisplayImage): DisplayImage => ({
  ...size,
  pixels: pixels.map((value) => 1 - value),
});

for (const [what, image, expected] of [
  ["as it should be", leg(0.05, 0.3, 0.8), null],
  ["in a white frame", leg(0.05, 0.3, 0.8, 1), null],
  ["in a black frame", leg(0.05, 0.3, 0.8, 0), null],
  ["inverted", inverted(leg(0.1, 0.3, 0.8)), "inverted"],
  ["inverted, with white air", inverted(leg(-0.05, 0.3, 0.8)), "inverted"],
  ["of hardly any contrast", leg(0.4, 0.45, 0.5), "flat"],
  ["burnt out to white at its bones", leg(0.05, 0.5, 1), "white"],
  ["sunk into black but for its bones", leg(0, 0, 0.8), "black"],
  ["in a small field of a black plate", plate([SMALL], 0.3, 0.06), null],
  ["in a small field, with air sunk into black", plate([CENTRED], 0.4, 0), null],
  ["at one side of a black plate", plate([SIDE], 0.2, 0.06), null],
  ["on one half, with air sunk into black", plate([HALF], 0.2, 0), null],
  [
    "two on a plate with a white divider",
    plate(
      [
        { ...HALF, width: 130 },
        { ...HALF, left: 165, width: 135 },
      ],
      0.3,
      0.06,
      1,
    ),
    null,
  ],
  ["two on a plate, one over the other", plate([{ ...LOWER, top: 0 }, LOWER], 0.3, 0.06, 1), null],
  ["all white", leg(1, 1, 1), "flat"],
  ["all black", leg(0, 0, 0), "flat"],
] as const) {
  test(`radiographFault: ${what}`, () => assert.equal(radiographFault(image), expected));
}

test("radiographFault: of any size, and of one pixel", () => {
  const pixel = { width: 1, height: 1, pixels: Float32Array.of(0.5) };
  assert.equal(radiographFault(pixel), "flat");
  const { pixels } = leg(0.05, 0.3, 0.8);
  // The same rows, thinner than what is averaged over.
  assert.equal(radiographFault({ width: WIDTH * HEIGHT, height: 1, pixels }), null);
});
