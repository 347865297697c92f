/** The pyramid of feature maps that the backbone hands to proposals and regions. */
import type { Tensor } from "@malleolus/torch";

/**
 * p2, p3, p4, p5, p6, each [N, C, H / stride, W / stride], channels-last, of one dtype (bfloat16
 * under autocast). Proposals come from all five, regions are pooled from the first four.
 */
export type Features = readonly Tensor[];

/** Pixels of the image per cell, level by level. */
export const featureStrides: readonly number[] = [4, 8, 16, 32, 64];
