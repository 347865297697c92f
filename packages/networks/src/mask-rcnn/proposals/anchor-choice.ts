/**
 * Which anchors fit the objects of a data set: how well some anchors overlap them, and anchors that
 * are proposed from them. For choosing a configuration; training and detection do not come here, and
 * it needs no tensor.
 */
import { type Box, boxHeight, boxWidth } from "@malleolus/geometry";
import { type AnchorConfig, doublingSizes } from "@malleolus/schema";
import { ModelError } from "../../errors.ts";
import { featureStrides } from "../features.ts";

/** The objects of one image, at the size at which the network sees it. */
export interface BoxedImage {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
}

/** Height and width of a batch are multiples of it (`MaskRcnnConfig.sizeDivisibility`). */
const DIVISIBILITY = 32;

/**
 * For every object, in order, the overlap (IoU) of the anchor that fits it best: what matching can
 * reach at most. Exact, on the anchors' own grids.
 */
export function bestOverlaps(config: AnchorConfig, images: readonly BoxedImage[]): Float64Array {
  const overlaps = images.flatMap(({ width, height, boxes }) =>
    boxes.map((box) => {
      let best = 0;
      config.sizes.forEach((sizes, level) => {
        const x = nearestCenter((box[0] + box[2]) / 2, width, level, config.offset);
        const y = nearestCenter((box[1] + box[3]) / 2, height, level, config.offset);
        for (const size of sizes) {
          for (const ratio of config.aspectRatios) {
            best = Math.max(best, overlapAt(box, x, y, size, ratio));
          }
        }
      });
      return best;
    }),
  );
  return Float64Array.from(overlaps);
}

/**
 * Along one axis, of all anchors' centres the one nearest to an object's: what two intervals share is
 * greatest where their centres are nearest.
 */
function nearestCenter(center: number, side: number, level: number, offset: number): number {
  const stride = featureStrides[level];
  const cells = Math.ceil((Math.ceil(side / DIVISIBILITY) * DIVISIBILITY) / stride);
  const cell = Math.min(Math.max(Math.round(center / stride - offset), 0), cells - 1);
  return (cell + offset) * stride;
}

function overlapAt(box: Box, x: number, y: number, size: number, ratio: number): number {
  const halfHeight = (size * Math.sqrt(ratio)) / 2;
  const halfWidth = size / Math.sqrt(ratio) / 2;
  const width = Math.min(box[2], x + halfWidth) - Math.max(box[0], x - halfWidth);
  const height = Math.min(box[3], y + halfHeight) - Math.max(box[1], y - halfHeight);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (size * size + boxWidth(box) * boxHeight(box) - shared);
}

/** How many anchors a cell has. */
export interface AnchorPlan {
  readonly sizesPerLevel: number;
  readonly aspectRatios: number;
}

/** The least sizes that are tried, in pixels: quarters of an octave. */
const LEAST_SIZES = Array.from({ length: 13 }, (_, i) => 8 * 2 ** (i / 4));

/**
 * Anchors for the objects of some images at the network's size. The same for the same images.
 *
 * Ratios are the centres of the objects' shapes by k-means with IoU as the likeness (as Redmon and
 * Farhadi 2017 do for sizes and shapes together). Sizes are not clustered: a level's anchors cannot
 * be small against its stride, so that sizes double from level to level as strides do, in as many
 * equal steps as there are sizes a level, and only the least is chosen, by the mean best overlap.
 *
 * @throws ModelError `input` for no object.
 */
export function proposeAnchors(images: readonly BoxedImage[], plan: AnchorPlan): AnchorConfig {
  const boxes = images.flatMap((image) => image.boxes);
  if (boxes.length === 0) {
    throw new ModelError("input", "proposeAnchors: expected an object to fit anchors to, got none");
  }
  const aspectRatios = ratiosOf(boxes, plan.aspectRatios);
  const candidates = LEAST_SIZES.map((least) => {
    const config = { sizes: doublingSizes(least, plan.sizesPerLevel), aspectRatios, offset: 0 };
    return { config, overlap: mean(bestOverlaps(config, images)) };
  });
  return candidates.reduce((best, next) => (next.overlap > best.overlap ? next : best)).config;
}

/**
 * Two shapes of one area overlap by q / (2 - q), q the square root of the smaller ratio over the
 * larger: the more, the nearer their logarithms are. So k-means on IoU is k-means on these.
 */
function ratiosOf(boxes: readonly Box[], count: number): number[] {
  const shapes = boxes
    .map((box) => Math.log(boxHeight(box) / boxWidth(box)))
    .toSorted((a, b) => a - b);
  let centers = Array.from({ length: count }, (_, i) => quantile(shapes, (i + 0.5) / count));
  for (;;) {
    const members: number[][] = centers.map(() => []);
    for (const shape of shapes) members[nearest(centers, shape)].push(shape);
    const moved = centers.map((center, i) => (members[i].length > 0 ? mean(members[i]) : center));
    if (moved.every((center, i) => center === centers[i])) break;
    centers = moved;
  }
  return [...new Set(centers.map((center) => Number(Math.exp(center).toPrecision(2))))];
}

function nearest(centers: readonly number[], shape: number): number {
  let best = 0;
  centers.forEach((center, i) => {
    if (Math.abs(center - shape) < Math.abs(centers[best] - shape)) best = i;
  });
  return best;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function mean(values: Float64Array | readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
