import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { NetworkImage, Target } from "@malleolus/imaging";
import { randomStreams } from "@malleolus/random";
import { asByAnotherMachine, collimated, reprocessed, withNoise } from "./machine.ts";

const [WIDTH, HEIGHT] = [80, 60];

function imageOf(value: (x: number, y: number) => number): NetworkImage {
  const pixels = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    value(i % WIDTH, Math.floor(i / WIDTH)),
  );
  return { width: WIDTH, height: HEIGHT, pixels };
}

/** These numbers, one after the other, and then the middle. */
function given(...numbers: number[]): () => number {
  return () => numbers.shift() ?? 0.5;
}

const logOdds = (value: number) => Math.log(value / (255 - value));
const checkered = imageOf((x, y) => ((x + y) % 2 === 0 ? 110 : 140));
const leaves = { maxNoise: 0, maxContrastGain: 1, collimationProbability: 0 };
const box: Box = [3, 20, 30, 57];
const target: Target = { boxes: [box], classes: [2], polygons: [[[3, 20, 30, 20, 30, 57]]] };
const random = (step: number) => (purpose: string) => randomStreams(3, step)(purpose, 0);

test("asByAnotherMachine: a plan that asks for nothing leaves the radiograph", () => {
  const sample = { image: checkered, target };
  assert.deepEqual(asByAnotherMachine(sample, leaves, random(0)), sample);
});

test("asByAnotherMachine: outlines stay, the radiograph that is handed over too, and each part changes it", () => {
  for (const part of [{ maxNoise: 0.1 }, { maxContrastGain: 2 }, { collimationProbability: 1 }]) {
    const image = { ...checkered, pixels: checkered.pixels.slice() };
    const shown = asByAnotherMachine({ image, target }, { ...leaves, ...part }, random(1));
    assert.deepEqual(shown.target, target);
    assert.deepEqual(image, checkered);
    assert.notDeepEqual(shown.image, checkered, JSON.stringify(part));
  }
});

test("asByAnotherMachine: as many are collimated as the probability says", () => {
  const plan = { ...leaves, collimationProbability: 0.3 };
  const steps = [...Array(1000).keys()];
  const shown = steps.map((step) =>
    asByAnotherMachine({ image: checkered, target }, plan, random(step)),
  );
  const black = shown.filter(({ image }) => image.pixels.includes(0)).length;
  assert.ok(Math.abs(black / 1000 - 0.3) < 0.05, `${black} of 1000`);
});

test("withNoise: of the deviation that is drawn, about the value; black stays black, and nothing leaves the range", () => {
  const gray = imageOf((x) => (x < 40 ? 0 : 128));
  const normal = randomStreams(3, 0)("noise", 0);
  const [first, ...others] = [0.5, 0].map((drawn) => {
    let isFirst = true;
    const { pixels } = withNoise(gray, 0.1, () => {
      if (!isFirst) return normal();
      isFirst = false;
      return drawn;
    });
    return pixels;
  });
  assert.deepEqual(others, [gray.pixels]);
  const noise = first.filter((_, i) => gray.pixels[i] > 0).map((value) => value - 128);
  const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value ** 2, 0) / noise.length);
  assert.ok(Math.abs(mean) < 1, `mean ${mean}`);
  assert.ok(Math.abs(deviation - 12.75) < 0.7, `deviation ${deviation}`);
  assert.ok(first.every((value, i) => gray.pixels[i] > 0 || value === 0));
  const white = withNoise(
    imageOf(() => 254),
    0.5,
    normal,
  ).pixels;
  assert.ok(white.every((value) => value >= 0 && value <= 255) && white.includes(255));
});

test("reprocessed: with all gains at 1 the radiograph comes back, but for the ends of its range", () => {
  const image = imageOf((x, y) => 2 + 3 * x + ((x * y) % 7));
  const { pixels } = reprocessed(image, 1.8, given());
  assert.ok(pixels.every((value, i) => Math.abs(value - image.pixels[i]) < 0.01));
});

/** Of log-odds: across the checks in the middle of the image, and of what lies right less what lies left. */
function differencesOf({ width, height, pixels }: NetworkImage): [fine: number, wide: number] {
  const odds = pixels.map(logOdds);
  const mean = (from: number, to: number) => {
    const own = odds.filter((_, i) => i % width >= from && i % width < to);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  const middle = Math.floor(height / 2) * width + width / 2;
  return [odds[middle + 1] - odds[middle], mean(width - 60, width - 50) - mean(50, 60)];
}

// Drawn are the gains, fine, middle and wide, and then both radii; 1 asks for the greatest gain, 0 for its inverse.
for (const [name, drawn, fine, wide] of [
  ["sharpened", [1, 0.5, 0.5, 0, 0], 1.5, 1],
  ["blurred", [0, 0.5, 0.5, 0, 0], 1 / 1.5, 1],
  ["of another latitude", [0.5, 0.5, 0, 0, 0], 1, 1 / 1.5],
  ["steeper as a whole", [1, 1, 1, 0, 0], 1.5, 1.5],
] as const) {
  test(`reprocessed: ${name}, each difference by its own gain`, () => {
    // The checks stand on a slope that is much wider than the means.
    const [width, height] = [240, 40];
    const pixels = Float32Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return ((x + y) % 2 === 0 ? 65 : 75) + x / 2;
    });
    const image = { width, height, pixels };
    const before = differencesOf(image);
    const after = differencesOf(reprocessed(image, 1.5, given(...drawn)));
    const ratios = after.map((value, i) => value / before[i]);
    assert.ok(Math.abs(ratios[0] / fine - 1) < 0.05, `fine ${ratios[0]}`);
    assert.ok(Math.abs(ratios[1] / wide - 1) < 0.05, `wide ${ratios[1]}`);
  });
}

test("reprocessed: black stays black, and nothing leaves the range", () => {
  const image = imageOf((x) => (x < 20 ? 0 : x < 40 ? 1 : 255));
  for (let step = 0; step < 20; step++) {
    const { pixels } = reprocessed(image, 3, randomStreams(3, step)("processing", 0));
    assert.ok(pixels.every((value, i) => (image.pixels[i] === 0 ? value === 0 : value > 0)));
    assert.ok(pixels.every((value) => value <= 255));
  }
});

test("collimated: black from every side by at most 15 % of it, never nearer to an object than 8 pixels", () => {
  const light = imageOf(() => 200);
  const widest = [0, 0, 0, 0];
  for (let step = 0; step < 300; step++) {
    const { pixels } = collimated(light, [box], randomStreams(3, step)("collimation", 0));
    const row = pixels.subarray(30 * WIDTH, 31 * WIDTH);
    const column = Float32Array.from({ length: HEIGHT }, (_, y) => pixels[y * WIDTH + 40]);
    const borders = [row, column, row.toReversed(), column.toReversed()].map((line) =>
      line.indexOf(200),
    );
    borders.forEach((border, side) => {
      widest[side] = Math.max(widest[side], border);
    });
  }
  // The object lies 3 pixels from the left and from the lower border, so that nothing may be black there.
  assert.deepEqual(widest, [0, 9, 12, 0]);
});
