/**
 * Anchors: the boxes of fixed sizes and shapes, around every cell of every feature map, from
 * which proposals are computed.
 *
 * Detectron2's DefaultAnchorGenerator (modeling/anchor_generator.py): not rounded, centred on
 * multiples of the stride. Order: level, row, column, size, aspect ratio, as the head's channels.
 */
import type { AnchorConfig } from "@malleolus/schema";
import { ModelError } from "../../errors.ts";

export type MapSize = readonly [height: number, width: number];

export interface Anchors {
  /** x1, y1, x2, y2 of every anchor of the image, float32. [R * 4] */
  readonly boxes: Float32Array;
  /** Index of the first anchor of each level. */
  readonly levelStarts: readonly number[];
}

/** Anchors of an image; maps of the same sizes get the same ones back. */
export type AnchorGenerator = (mapSizes: readonly MapSize[]) => Anchors;

// A large image has 270,000 anchors (4 MB); multi-scale training visits more sizes than this.
const REMEMBERED_SIZES = 4;

/** A generator for maps of the given strides. @throws ModelError `config` */
export function anchorGenerator(config: AnchorConfig, strides: readonly number[]): AnchorGenerator {
  const cells = config.sizes.map((sizes) => cellAnchors(sizes, config.aspectRatios));
  if (cells.length !== strides.length) {
    throw new ModelError(
      "config",
      `anchors: expected sizes for ${strides.length} levels, got ${cells.length}`,
    );
  }
  const remembered = new Map<string, Anchors>();
  return (mapSizes) => {
    const key = mapSizes.join(" ");
    const anchors = remembered.get(key) ?? generate(cells, strides, mapSizes, config.offset);
    // Deleted and set again, so that the first entry is the one not used for the longest time.
    remembered.delete(key);
    remembered.set(key, anchors);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED_SIZES && oldest !== undefined) remembered.delete(oldest);
    return anchors;
  };
}

/** Anchors of each cell: the head is shared, so all levels have as many. @throws ModelError `config` */
export function anchorsPerCell(config: AnchorConfig): number {
  const counts = config.sizes.map((sizes) => sizes.length * config.aspectRatios.length);
  const [first = 0] = counts;
  if (first === 0 || counts.some((count) => count !== first)) {
    throw new ModelError(
      "config",
      `anchors: expected as many anchors a cell on every level, and at least one, got ${counts.join(", ")}`,
    );
  }
  return first;
}

/** Anchors around the origin: of every size all ratios. [sizes * ratios * 4] */
export function cellAnchors(sizes: readonly number[], ratios: readonly number[]): Float32Array {
  const corners = sizes.flatMap((size) =>
    ratios.flatMap((ratio) => {
      const width = Math.sqrt((size * size) / ratio);
      const height = ratio * width;
      return [-width / 2, -height / 2, width / 2, height / 2];
    }),
  );
  return Float32Array.from(corners);
}

function generate(
  cells: readonly Float32Array[],
  strides: readonly number[],
  mapSizes: readonly MapSize[],
  offset: number,
): Anchors {
  const levelStarts: number[] = [];
  let count = 0;
  mapSizes.forEach(([height, width], level) => {
    levelStarts.push(count);
    count += (height * width * cells[level].length) / 4;
  });
  const boxes = new Float32Array(count * 4);
  let at = 0;
  mapSizes.forEach(([height, width], level) => {
    const cell = cells[level];
    const stride = strides[level];
    for (let row = 0; row < height; row++) {
      const y = (row + offset) * stride;
      for (let column = 0; column < width; column++) {
        const x = (column + offset) * stride;
        for (let i = 0; i < cell.length; i += 4) {
          boxes[at++] = x + cell[i];
          boxes[at++] = y + cell[i + 1];
          boxes[at++] = x + cell[i + 2];
          boxes[at++] = y + cell[i + 3];
        }
      }
    }
  });
  return { boxes, levelStarts };
}
