/**
 * From boxes to features of one size: each box is pooled with RoIAlign from the level of the
 * pyramid that fits its size (Lin et al. 2017, equation 1; Detectron2, modeling/poolers.py).
 *
 * The regions of a batch are kept in order of level, so that the regions of one level are a
 * slice and the pooled features are put together without a permutation.
 */

import type { RoiConfig } from "@malleolus/schema";
import { cat, fromTypedArray, roiAlign, scope, type Tensor } from "@malleolus/torch";
import { type Features, featureStrides } from "../features.ts";

/** Regions are pooled from p2 to p5; p6 is for proposals only. */
const FIRST_LEVEL = 2;
const LEVELS = 4;

/** Boxes of a batch in order of level; within a level in the order in which they came. */
export interface Regions {
  /** x1, y1, x2, y2 in pixels. [n * 4] */
  readonly boxes: Float32Array;
  /** The image that each belongs to. [n] */
  readonly images: Int32Array;
  /** Index of the first region of each level, and n at the end. */
  readonly levelStarts: readonly number[];
  /** Where each came from: its place among the boxes of its image. [n] */
  readonly places: Int32Array;
}

/** Regions of the boxes [n * 4] of each image. */
export function arrangeRegions(boxes: readonly Float32Array[], config: RoiConfig): Regions {
  const levels = boxes.map((own) => levelsOf(own, config));
  const count = boxes.reduce((sum, own) => sum + own.length / 4, 0);
  const regions = {
    boxes: new Float32Array(count * 4),
    images: new Int32Array(count),
    levelStarts: [0],
    places: new Int32Array(count),
  };
  let n = 0;
  for (let level = 0; level < LEVELS; level++) {
    boxes.forEach((own, image) => {
      for (let i = 0; i < own.length / 4; i++) {
        if (levels[image][i] !== level) continue;
        for (let c = 0; c < 4; c++) regions.boxes[n * 4 + c] = own[i * 4 + c];
        regions.images[n] = image;
        regions.places[n] = i;
        n++;
      }
    });
    regions.levelStarts.push(n);
  }
  return regions;
}

/** The regions that `keep` names, by rising index: still in order of level. */
export function selectRegions(regions: Regions, keep: Int32Array): Regions {
  const boxes = new Float32Array(keep.length * 4);
  keep.forEach((region, n) => {
    for (let c = 0; c < 4; c++) boxes[n * 4 + c] = regions.boxes[region * 4 + c];
  });
  return {
    boxes,
    images: keep.map((region) => regions.images[region]),
    places: keep.map((region) => regions.places[region]),
    levelStarts: regions.levelStarts.map((start) => {
      const first = keep.findIndex((region) => region >= start);
      return first < 0 ? keep.length : first;
    }),
  };
}

export interface Pooling {
  readonly pooledSize: number;
  /** Samples per cell and direction; 0 adapts to the region's size. */
  readonly samplingRatio: number;
}

/** The features of each region, in their dtype. [n, C, pooledSize, pooledSize] */
export function poolRegions(features: Features, regions: Regions, pooling: Pooling): Tensor {
  return scope(() => poolLevels(features, regions, pooling));
}

function poolLevels(features: Features, regions: Regions, pooling: Pooling): Tensor {
  const { pooledSize, samplingRatio } = pooling;
  const count = regions.images.length;
  const rows = new Float32Array(count * 5);
  for (let i = 0; i < count; i++) {
    rows[i * 5] = regions.images[i];
    for (let c = 0; c < 4; c++) rows[i * 5 + 1 + c] = regions.boxes[i * 4 + c];
  }
  const rois = fromTypedArray(rows, [count, 5], { device: features[0].device });
  const pooled: Tensor[] = [];
  for (let level = 0; level < LEVELS; level++) {
    const [start, end] = [regions.levelStarts[level], regions.levelStarts[level + 1]];
    // One level is pooled even without regions, so that autograd has a result to differentiate.
    if (start === end && !(count === 0 && level === 0)) continue;
    const own = rois.at([start, end]);
    const scale = 1 / featureStrides[level];
    pooled.push(roiAlign(features[level], own, scale, pooledSize, pooledSize, { samplingRatio }));
  }
  return pooled.length === 1 ? pooled[0] : cat(pooled);
}

/** Index of the level that fits each box, 0 for p2. [n] */
function levelsOf(boxes: Float32Array, config: RoiConfig): Uint8Array {
  const levels = new Uint8Array(boxes.length / 4);
  for (let i = 0; i < levels.length; i++) {
    const width = Math.fround(boxes[i * 4 + 2] - boxes[i * 4]);
    const height = Math.fround(boxes[i * 4 + 3] - boxes[i * 4 + 1]);
    const side = Math.sqrt(Math.fround(width * height));
    const level = Math.floor(
      config.canonicalLevel + Math.log2(side / config.canonicalBoxSize + 1e-8),
    );
    levels[i] = Math.min(Math.max(level - FIRST_LEVEL, 0), LEVELS - 1);
  }
  return levels;
}
