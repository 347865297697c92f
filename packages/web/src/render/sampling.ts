/**
 * Which pixels of a level a view's pixel is made of, in whole numbers, so that both renderers come to
 * the same values: positions are 16.16 fixed point, weights are 256ths, sums fit in 32 bits.
 *
 * Nothing is turned or sheared, so each axis stands for itself.
 */
import type { Camera, Viewport } from "../view/camera.ts";
import { levelFor, type PixelLevel, type PixelLevels } from "./pixel-levels.ts";

/** One axis: view pixel `i` lies at `base + i * step` of the level, in 65536ths of its pixels. */
export interface AxisSampling {
  readonly base: number;
  readonly step: number;
  /** Where the radiograph ends on this level, exclusive. */
  readonly end: number;
}

export interface Sampling {
  readonly level: PixelLevel;
  readonly x: AxisSampling;
  readonly y: AxisSampling;
  /** Bilinear; from eight view pixels for each image pixel on, pixels are shown as squares. */
  readonly smooth: boolean;
}

const ONE = 65_536;
export const SQUARE_PIXELS_FROM = 8;

export function sampleView(levels: PixelLevels, camera: Camera, viewport: Viewport): Sampling {
  const level = levelFor(levels, Math.min(camera.scale, camera.scaleY));
  return {
    level,
    x: sampleAxis(levels.width, level.shift, camera.centerX, camera.scale, viewport.width),
    y: sampleAxis(levels.height, level.shift, camera.centerY, camera.scaleY, viewport.height),
    smooth: camera.scale < SQUARE_PIXELS_FROM,
  };
}

export interface Move {
  /** View pixels. */
  readonly x: number;
  readonly y: number;
  /** To the last bit; else within half a 256th of a pixel. */
  readonly isExact: boolean;
}

/**
 * By how many whole view pixels a picture has moved from one sampling of a level to the next; null where it was
 * moved by a part of one, or made larger or smaller.
 */
export function wholeMove(before: Sampling, after: Sampling): Move | null {
  if (before.level !== after.level || before.smooth !== after.smooth) return null;
  const x = wholeMoveOfAxis(before.x, after.x);
  const y = wholeMoveOfAxis(before.y, after.y);
  if (x === null || y === null) return null;
  return { x: x.pixels, y: y.pixels, isExact: x.beside === 0 && y.beside === 0 };
}

const HALF_A_WEIGHT = 128;

function wholeMoveOfAxis(
  before: AxisSampling,
  after: AxisSampling,
): { readonly pixels: number; readonly beside: number } | null {
  if (before.step !== after.step || before.end !== after.end) return null;
  const pixels = Math.round((after.base - before.base) / before.step);
  const beside = Math.abs(before.base + pixels * before.step - after.base);
  return beside <= HALF_A_WEIGHT ? { pixels, beside } : null;
}

/** The same level, so many view pixels farther. */
export function movedSampling(sampling: Sampling, { x, y }: Move): Sampling {
  return {
    ...sampling,
    x: { ...sampling.x, base: sampling.x.base + x * sampling.x.step },
    y: { ...sampling.y, base: sampling.y.base + y * sampling.y.step },
  };
}

function sampleAxis(
  imageSize: number,
  shift: number,
  center: number,
  scale: number,
  viewSize: number,
): AxisSampling {
  const levelPixels = ONE / 2 ** shift;
  const step = Math.round(levelPixels / scale);
  // The middle pixel is exact, so that the rounding of a step counts only half as often.
  const middle = viewSize >> 1;
  const atMiddle = Math.round((center + (middle + 0.5 - viewSize / 2) / scale) * levelPixels);
  return { base: atMiddle - middle * step, step, end: Math.round(imageSize * levelPixels) };
}

/** The view's pixels from the first to before the last that show the radiograph. */
export function shownRange({ base, step, end }: AxisSampling, viewSize: number): [number, number] {
  const first = Math.min(Math.max(Math.ceil(-base / step), 0), viewSize);
  const last = Math.min(Math.max(Math.ceil((end - base) / step), first), viewSize);
  return [first, last];
}
