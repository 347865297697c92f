/**
 * A structure's mask to outlines that a person would draw: its plausible parts, without the specks and the
 * small holes of a network's mask, with as few corners as half a pixel allows.
 */
import { fillHoles, type Plausible, plausibleComponents } from "./components.ts";
import type { Mask } from "./mask.ts";
import type { Polygon } from "./polygon.ts";
import { simplifyBorder } from "./simplify-border.ts";
import { traceMask } from "./trace.ts";

export interface Clean extends Plausible {
  /** Holes of at most so many pixels are filled. */
  readonly mostHole: number;
}

/** The mask without what is not plausible. */
export function cleanMask(mask: Mask, { mostHole, ...plausible }: Clean): Mask {
  return fillHoles(plausibleComponents(mask, plausible), mostHole);
}

/** Outlines of a mask within half a pixel, as `simplifyBorder` has it; holes turn the other way round. */
export function maskOutlines(mask: Mask): Polygon[] {
  return traceMask(mask).map((outline) => simplifyBorder(outline, 0.5));
}
