import assert from "node:assert/strict";
import { test } from "node:test";
import type { DisplayImage } from "./images.ts";
import { radiographFault } from "./radiograph-fault.ts";

const [WIDTH, HEIGHT] = [300, 400];

/** Air, a leg's soft tissue over two fifths of the width, and a bone within it, with a grain. */
function leg(air: number, tissue: number, bone: number, frame: number | null = null): DisplayImage {
  const pixels = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const isFrame = x < 60 || x >= WIDTH - 60 || y < 50 || y >= HEIGHT - 50;
    if (frame !== null && isFrame) return frame;
    const grain = 0.02 * Math.sin(12.9898 * x + 78.233 * y);
    const off = Math.abs(x - WIDTH / 2);
    return grain + (off < 15 ? bone : off < 60 ? tissue : air);
  });
  return { width: WIDTH, height: HEIGHT, pixels };
}

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
