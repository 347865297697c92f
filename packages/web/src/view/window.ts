/**
 * Window and level: which grey values a view shows between black and white.
 *
 * Presets are percentiles, since CR and DX have no Hounsfield units. "Mine" is a pair of percentiles
 * that a reader has kept, so that it fits the next radiograph, too.
 */
import { type Histogram, percentile } from "./histogram.ts";

export interface Window {
  /** Grey values of the middle, and from black to white. */
  readonly level: number;
  readonly width: number;
  readonly inverted: boolean;
}

/** Shares of the pixels, 0 to 1, that lie below black and below white. */
export interface WindowShares {
  readonly black: number;
  readonly white: number;
}

export const presetNames = ["default", "bone", "soft tissue", "edge"] as const;
export type PresetName = (typeof presetNames)[number];

const presets: Readonly<Record<PresetName, WindowShares>> = {
  default: { black: 0.001, white: 0.999 },
  bone: { black: 0.4, white: 0.999 },
  "soft tissue": { black: 0.02, white: 0.75 },
  edge: { black: 0.55, white: 0.96 },
};

/** A drag of as many CSS pixels changes a window by the whole range of the radiograph. */
const PIXELS_OF_DRAG = 1024;
const LEAST_WIDTH = 2;

export function presetWindow(histogram: Histogram, name: PresetName): Window {
  return windowOfShares(histogram, presets[name]);
}

export function windowOfShares(histogram: Histogram, { black, white }: WindowShares): Window {
  const low = percentile(histogram, black);
  const high = percentile(histogram, white);
  const width = Math.max(high - low, LEAST_WIDTH);
  return { level: low + width / 2, width, inverted: false };
}

/** The shares that a window cuts off, to keep it as "mine". */
export function sharesOfWindow(histogram: Histogram, { level, width }: Window): WindowShares {
  return {
    black: shareBelow(histogram, level - width / 2),
    white: shareBelow(histogram, level + width / 2),
  };
}

/** After a drag by CSS pixels: to the right is wider, down is darker. */
export function dragWindow(window: Window, histogram: Histogram, dx: number, dy: number): Window {
  const range = rangeOf(histogram) / PIXELS_OF_DRAG;
  return {
    ...window,
    width: Math.max(window.width + dx * range, LEAST_WIDTH),
    level: Math.min(Math.max(window.level + dy * range, histogram.min), histogram.max),
  };
}

const ranges = new WeakMap<Histogram, number>();

/** Of the default window, counted once: a drag asks for it at every move. */
function rangeOf(histogram: Histogram): number {
  const known = ranges.get(histogram);
  if (known !== undefined) return known;
  const { width } = presetWindow(histogram, "default");
  ranges.set(histogram, width);
  return width;
}

/** The grey that a value is shown as, 0 black to 255 white. */
export function greyOf({ level, width, inverted }: Window, value: number): number {
  const share = Math.min(Math.max((value - (level - width / 2)) / width, 0), 1);
  return Math.round(255 * (inverted ? 1 - share : share));
}

function shareBelow({ counts, min, max }: Histogram, limit: number): number {
  let total = 0;
  let below = 0;
  for (let value = min + 1; value < max; value++) {
    total += counts[value];
    if (value < limit) below += counts[value];
  }
  return total === 0 ? 0 : below / total;
}
