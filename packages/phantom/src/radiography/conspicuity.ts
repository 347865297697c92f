/**
 * The conspicuity of a fracture in an exposure: the contrast that it makes against the same exposure
 * without it, over the noise that the eye averages and the clutter of bone that it cannot.
 */
import type { Box, Mask } from "@malleolus/geometry";
import { type RaySums, transmission } from "./attenuation.ts";
import type { XrayUnit } from "./xray-unit.ts";

/** By falling contrast. Annotators grade by three: `readVisibility` of the schema has them. */
export const CONSPICUITIES = ["obvious", "visible", "subtle", "impossible"] as const;
export type Conspicuity = (typeof CONSPICUITIES)[number];

/**
 * Limits of the ratio between the grades. A reader (`READER` of `ranges.ts`) calls half of what is
 * just subtle, 0.82 of what is just visible and 0.98 of what is just obvious.
 */
const LIMITS = { obvious: 3, visible: 1.3, subtle: 0.5 } as const;
/** Log signal that trabeculae and overlaps scatter by over some millimetres; Looked. */
const CLUTTER = 0.035;
/** Area that the eye averages quantum noise over. */
const EYE_MM2 = 0.5;

/** An exposure with its fracture, and the rays of the same ankle without it. */
export interface FractureExposure {
  /** Of whole pixels around the fracture's mask, and the rays within it. */
  readonly box: Box;
  readonly broken: RaySums;
  readonly unbroken: RaySums;
  /** Of the whole image: with the fracture, before noise, over the open beam's. */
  readonly noiseless: Float32Array;
  readonly aperture: Float32Array;
  readonly openQuanta: number;
  readonly unit: XrayUnit;
}

/** Zero where the fracture's mask is empty. Scatter, which a fracture hardly changes, is kept. */
export function contrastToNoise(exposure: FractureExposure, fracture: Mask): number {
  const { box, broken, unbroken, noiseless, aperture, openQuanta, unit } = exposure;
  const withGap = transmission(broken, unit.spectrum);
  const without = transmission(unbroken, unit.spectrum);
  const [x1, y1, x2, y2] = box;
  let [squares, variance, count] = [0, 0, 0];
  for (let y = y1; y < y2; y++) {
    for (let x = x1; x < x2; x++) {
      const i = y * fracture.width + x;
      if (fracture.data[i] === 0) continue;
      const j = (y - y1) * (x2 - x1) + x - x1;
      const change = aperture[i] * (without[j] - withGap[j]);
      squares += Math.log1p(change / noiseless[i]) ** 2;
      variance += 1 / (openQuanta * noiseless[i]);
      count++;
    }
  }
  if (count === 0) return 0;
  const quantum = (variance / count) * (unit.pitchMm ** 2 / EYE_MM2);
  return Math.sqrt(squares / count) / Math.sqrt(quantum + CLUTTER ** 2);
}

export function conspicuityOf(ratio: number): Conspicuity {
  if (ratio >= LIMITS.obvious) return "obvious";
  if (ratio >= LIMITS.visible) return "visible";
  return ratio >= LIMITS.subtle ? "subtle" : "impossible";
}
