/** Anchors whose sizes double from level to level of the pyramid, as strides do. */
import { type AnchorConfig, PYRAMID_LEVELS } from "./mask-rcnn-config.ts";

/** Of every level some sizes in equal steps, from the least on the first level; whole pixels. */
export function doublingSizes(least: number, perLevel: number): number[][] {
  return Array.from({ length: PYRAMID_LEVELS }, (_, level) =>
    Array.from({ length: perLevel }, (_, step) =>
      Math.round(least * 2 ** (level + step / perLevel)),
    ),
  );
}

/**
 * Anchors for fractures and long bones: from flat bands (a Weber A fracture is up to six times as wide
 * as high) to a fibula from its tip up (two to seven times as high as wide), two sizes a level. The
 * least size in pixels: 16 where the shorter side has some 384, 20 for 576, 28 for 800.
 */
export function longBoneAnchors(least: number): AnchorConfig {
  return { sizes: doublingSizes(least, 2), aspectRatios: [0.25, 0.5, 1, 2, 4], offset: 0 };
}
