/**
 * The same ankle as another machine would show it: noise of another dose, another maker's processing, and what its
 * collimators leave. Without it a network trusts what all its radiographs have in common by their machine.
 *
 * All of it is drawn in the network's pixels, so that a setting means the same for every radiograph.
 */
import { type Box, unionBoxes } from "@malleolus/geometry";
import { detailBand, type NetworkImage } from "@malleolus/imaging";
import type { Sample } from "./sample.ts";

export interface MachinePlan {
  /** Standard deviation of the noise that is added, from 0 to this, of the range from black to white. */
  readonly maxNoise: number;
  /** Fine, middle and wide differences times 1 / this to this, each on its own; 1 leaves them. */
  readonly maxContrastGain: number;
  /** Of black borders, as wide as collimators leave them. */
  readonly collimationProbability: number;
}

/** Radii of the means that divide differences, in pixels: between fine and middle, and middle and wide. */
const [FINE_RADII, WIDE_RADII] = [
  [1, 4],
  [12, 36],
] as const;
/** Log-odds end here: 1 and 254 of 255 grey levels, about. */
const LEAST_SHARE = 0.004;
/** The widest border, of the image's width or height, and how far an object stays away from it, in pixels. */
const [WIDEST_BORDER, MARGIN] = [0.15, 8];

/** `random` gives for a purpose numbers in [0, 1). Grey levels are 0 to 255; outlines stay as they are. */
export function asByAnotherMachine(
  { image, target }: Sample,
  { maxNoise, maxContrastGain, collimationProbability }: MachinePlan,
  random: (purpose: string) => () => number,
): Sample {
  // Noise comes before the processing, which sharpens or blurs it with everything else.
  const noisy = maxNoise === 0 ? image : withNoise(image, maxNoise, random("noise"));
  const shown =
    maxContrastGain === 1 ? noisy : reprocessed(noisy, maxContrastGain, random("processing"));
  const collimation = random("collimation");
  const isCollimated = collimation() < collimationProbability;
  return { image: isCollimated ? collimated(shown, target.boxes, collimation) : shown, target };
}

/** Black, where no beam came or nothing stopped it, stays black. */
export function withNoise(
  image: NetworkImage,
  greatest: number,
  random: () => number,
): NetworkImage {
  const deviation = 255 * greatest * random();
  const pixels = new Float32Array(image.pixels.length);
  for (let i = 0; i < pixels.length; i += 2) {
    // Box and Muller: two normal numbers of two uniform ones.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    pixels[i] = noisy(image.pixels[i], radius * Math.cos(angle));
    if (i + 1 < pixels.length) {
      pixels[i + 1] = noisy(image.pixels[i + 1], radius * Math.sin(angle));
    }
  }
  return { ...image, pixels };
}

function noisy(value: number, by: number): number {
  return value === 0 ? 0 : Math.min(255, Math.max(0, value + by));
}

/**
 * Makers divide a radiograph into bands of detail, weigh them, and show the sum through a sigmoid curve. So
 * bands are weighed in log-odds of grey levels, in which such a curve is straight, about their mean.
 */
export function reprocessed(
  image: NetworkImage,
  greatest: number,
  random: () => number,
): NetworkImage {
  const gain = () => greatest ** (2 * random() - 1);
  const radius = ([least, most]: readonly [number, number]) =>
    least + Math.floor(random() * (most - least + 1));
  const [fine, middle, wide] = [gain(), gain(), gain()];
  const [fineRadius, wideRadius] = [radius(FINE_RADII), radius(WIDE_RADII)];
  const { width, height, pixels } = image;
  const odds = pixels.map((value) => logOdds(value / 255));
  const smooth = smoothed({ width, height, pixels: odds }, fineRadius);
  const base = smoothed({ width, height, pixels: odds }, wideRadius);
  const mean = meanWhere(odds, (i) => pixels[i] > 0);
  const shown = odds.map((value, i) => {
    if (pixels[i] === 0) return 0;
    const weighed =
      mean + fine * (value - smooth[i]) + middle * (smooth[i] - base[i]) + wide * (base[i] - mean);
    return 255 / (1 + Math.exp(-weighed));
  });
  return { width, height, pixels: shown };
}

function logOdds(share: number): number {
  const kept = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));
  return Math.log(kept / (1 - kept));
}

/** Three means of square windows after one another: nearly a Gaussian. */
function smoothed(image: NetworkImage, radius: number): Float32Array {
  let { pixels } = image;
  for (let pass = 0; pass < 3; pass++) {
    const detail = detailBand({ ...image, pixels }, radius);
    pixels = pixels.map((value, i) => value - detail[i]);
  }
  return pixels;
}

/** 0 where there is nothing. */
function meanWhere(values: Float32Array, isCounted: (i: number) => boolean): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (isCounted(i)) {
      sum += values[i];
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** Black from each side inward, as `maskCollimation` leaves a white border; objects stay in the field. */
export function collimated(
  image: NetworkImage,
  objects: readonly Box[],
  random: () => number,
): NetworkImage {
  const { width, height } = image;
  const field = [0, 0, width, height].map((edge, side) => {
    const length = side % 2 === 0 ? width : height;
    const inward = Math.round(random() * WIDEST_BORDER * length);
    return edge === 0 ? inward : edge - inward;
  });
  const [x1, y1, x2, y2] = objects
    .map(
      ([left, top, right, bottom]): Box => [
        Math.floor(left) - MARGIN,
        Math.floor(top) - MARGIN,
        Math.ceil(right) + MARGIN,
        Math.ceil(bottom) + MARGIN,
      ],
    )
    .reduce(unionBoxes, [field[0], field[1], field[2], field[3]]);
  const pixels = image.pixels.map((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= x1 && x < x2 && y >= y1 && y < y2 ? value : 0;
  });
  return { width, height, pixels };
}
