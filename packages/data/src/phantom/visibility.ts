/**
 * How well a fracture shows in an exposure: the contrast that it makes against the same exposure
 * without it, over the noise that the eye averages and the clutter of bone that it cannot.
 */
import type { Mask } from "@malleolus/geometry";

export type Visibility = "obvious" | "visible" | "subtle" | "impossible";

/** Limits of the ratio between the grades; to be calibrated with the readers. A. */
const LIMITS = { obvious: 3, visible: 1.3, subtle: 0.5 } as const;
/** Log signal that trabeculae and overlaps scatter by over some millimetres; Looked. */
const CLUTTER = 0.035;
/** Area that the eye averages quantum noise over. */
const EYE_MM2 = 0.5;

/**
 * Both signals without noise, over the open beam's. `mask` is the fracture's; the ratio is zero
 * where it is empty.
 */
export function contrastToNoise(
  broken: Float32Array,
  whole: Float32Array,
  mask: Mask,
  openQuanta: number,
  pitchMm: number,
): number {
  let squares = 0;
  let variance = 0;
  let count = 0;
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0) continue;
    squares += Math.log(broken[i] / whole[i]) ** 2;
    variance += 1 / (openQuanta * broken[i]);
    count++;
  }
  if (count === 0) return 0;
  const quantum = (variance / count) * (pitchMm ** 2 / EYE_MM2);
  return Math.sqrt(squares / count) / Math.sqrt(quantum + CLUTTER ** 2);
}

export function visibilityOf(ratio: number): Visibility {
  if (ratio >= LIMITS.obvious) return "obvious";
  if (ratio >= LIMITS.visible) return "visible";
  return ratio >= LIMITS.subtle ? "subtle" : "impossible";
}
