/**
 * From pixels of the network's image to pixels of the radiograph: boxes scaled, and the masks
 * of 28 x 28 or 56 x 56 probabilities pasted into their boxes.
 *
 * The rule is Detectron2's (`detector_postprocess`; `paste_masks_in_image`, which samples with
 * `grid_sample(align_corners=False)`): the grid's cells are stretched over the box, each pixel's
 * centre takes the bilinear mean of the four cell centres around it, cells outside count as 0.
 * Only the pixels that can be touched are computed.
 */
import { type Box, clipBox, type Mask, scaleBox } from "@malleolus/geometry";
import type { Detection } from "./detection.ts";

const THRESHOLD = 0.5;

/** A mask that covers a part of an image; its pixel (0, 0) is the image's (`left`, `top`). */
export interface PlacedMask extends Mask {
  readonly left: number;
  readonly top: number;
}

/** One instance in pixels of the radiograph. */
export interface PlacedDetection {
  readonly box: Box;
  readonly class: number;
  readonly score: number;
  /** Of the fracture classes [K], summing to 1, where it is known. */
  readonly distribution?: Float32Array;
  readonly mask: PlacedMask;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Detections of one image in a radiograph of `size`, whose pixels times `scaleX` and `scaleY` are
 * the network's. Those without a box inside the radiograph are left out.
 */
export function toRadiograph(
  detections: readonly (Pick<Detection, "box" | "class" | "score" | "mask"> &
    Pick<PlacedDetection, "distribution">)[],
  size: ImageSize,
  scaleX: number,
  scaleY: number,
): PlacedDetection[] {
  return detections.flatMap((detection) => {
    const scaled = scaleBox(detection.box, 1 / scaleX, 1 / scaleY);
    const box = clipBox(scaled, size.width, size.height);
    if (!(box[2] > box[0] && box[3] > box[1])) return [];
    const { class: index, score, distribution } = detection;
    const mask = pasteMask(detection.mask, box, size.width, size.height);
    return [{ box, class: index, score, mask, ...(distribution && { distribution }) }];
  });
}

/** The pixels of an image of this size whose probability is at least one half. */
export function pasteMask(
  probabilities: Float32Array,
  box: Box,
  imageWidth: number,
  imageHeight: number,
): PlacedMask {
  const cells = Math.round(Math.sqrt(probabilities.length));
  const columns = samples(box[0], box[2], imageWidth, cells);
  const rows = samples(box[1], box[3], imageHeight, cells);
  const width = columns.count;
  const height = rows.count;
  const data = new Uint8Array(width * height);
  // One row of cells more on each side, so that a cell outside is a zero that is read.
  const padded = surroundedByZeros(probabilities, cells);
  const stride = cells + 2;
  for (let y = 0; y < height; y++) {
    const above = rows.cells[y] * stride;
    const v = rows.shares[y];
    for (let x = 0; x < width; x++) {
      const at = above + columns.cells[x];
      const u = columns.shares[x];
      const upper = padded[at] * (1 - u) + padded[at + 1] * u;
      const lower = padded[at + stride] * (1 - u) + padded[at + stride + 1] * u;
      if (upper * (1 - v) + lower * v >= THRESHOLD) data[y * width + x] = 1;
    }
  }
  return { left: columns.start, top: rows.start, width, height, data };
}

/**
 * Along one axis: which pixels may be touched, and for each the cell before it and its share of the
 * next.
 */
interface Samples {
  readonly start: number;
  readonly count: number;
  /** Index in the surrounded grid: 0 is the zero before the first cell. */
  readonly cells: Int32Array;
  readonly shares: Float64Array;
}

function samples(from: number, to: number, limit: number, cells: number): Samples {
  const start = Math.max(0, Math.floor(from) - 1);
  const end = Math.min(limit, Math.ceil(to) + 1);
  const count = Math.max(0, end - start);
  const before = new Int32Array(count);
  const shares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = ((start + i + 0.5 - from) / (to - from)) * cells - 0.5;
    // Further out than one cell there is nothing: both neighbours are zeros.
    const clamped = Math.min(Math.max(position, -1), cells);
    const cell = Math.min(Math.floor(clamped), cells - 1);
    before[i] = cell + 1;
    shares[i] = clamped - cell;
  }
  return { start, count, cells: before, shares };
}

function surroundedByZeros(values: Float32Array, cells: number): Float32Array {
  const stride = cells + 2;
  const padded = new Float32Array(stride * stride);
  for (let y = 0; y < cells; y++) {
    padded.set(values.subarray(y * cells, (y + 1) * cells), (y + 1) * stride + 1);
  }
  return padded;
}
