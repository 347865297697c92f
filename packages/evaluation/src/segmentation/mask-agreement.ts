/**
 * How far two masks of one image agree, by more than their overlap: a fracture's line is thin, so that
 * a shift by a pixel costs half of its overlap and nothing that a surgeon would see.
 *
 * Definitions are those of Metrics Reloaded (Maier-Hein, Reinke et al. 2024, Nature Methods 21:195), and
 * figures those of its package wherever both masks hold something. The border of a mask is its pixels
 * with a neighbour above, below, left or right that is not set; outside of the image nothing is. Two
 * empty masks agree perfectly; an empty one and one that is not do not agree at all, and have no
 * distance. The package says NaN there for the centre lines, and numbers without meaning for the
 * surfaces, since no pixel has a nearest one.
 */
import { type Box, type Mask, maskBounds } from "@malleolus/geometry";
import { EvaluationError } from "../errors.ts";
import { quantile } from "../summary.ts";
import { distancesTo, type PixelSpacing } from "./distance-transform.ts";
import { skeletonOf } from "./skeleton.ts";

export interface MaskAgreement {
  readonly iou: number;
  readonly dice: number;
  /** Of the centre lines: Shit et al. 2021 (clDice). */
  readonly centerLineDice: number;
  /** The share of both borders within the tolerance of the other (Nikolov et al. 2021). */
  readonly normalizedSurfaceDistance: number;
  /** Intersection over union of what lies less than the band's width from the own border. */
  readonly boundaryIou: number;
  /**
   * The greater of both directions' 95th percentiles of the distance between the borders, in the unit
   * of the spacing; null where one mask is empty and the other not.
   */
  readonly surfaceDistance95: number | null;
  /** The mean of the distances of all border pixels of both. */
  readonly meanSurfaceDistance: number | null;
}

export interface MaskAgreementOptions {
  /** `[1, 1]` where nothing is known in millimetres, and all distances are pixels. */
  readonly spacing: PixelSpacing;
  /** Of the normalised surface distance, in the unit of the spacing; what lies at it is within. */
  readonly tolerance: number;
  /** Of the boundary IoU, in the unit of the spacing; what lies at it is beyond. */
  readonly band: number;
}

/**
 * @throws EvaluationError `input` for masks of unlike size, and for a spacing, tolerance or band that is
 * not above 0 (a tolerance may be 0).
 */
export function maskAgreement(
  first: Mask,
  second: Mask,
  options: MaskAgreementOptions,
): MaskAgreement {
  checkInput(first, second, options);
  const window = windowAround(first, second);
  if (window === null) return { ...AGREED, surfaceDistance95: 0, meanSurfaceDistance: 0 };
  const [one, other] = [cut(first, window), cut(second, window)];
  const [ownPixels, otherPixels] = [one, other].map(({ data }) => count(data));
  if (ownPixels === 0 || otherPixels === 0) {
    return { ...DISAGREED, surfaceDistance95: null, meanSurfaceDistance: null };
  }
  const shared = countShared(one.data, other.data);
  return {
    iou: shared / (ownPixels + otherPixels - shared),
    dice: (2 * shared) / (ownPixels + otherPixels),
    centerLineDice: centerLineDice(one, other),
    ...bordersAgreement(one, other, options),
  };
}

const AGREED = {
  iou: 1,
  dice: 1,
  centerLineDice: 1,
  normalizedSurfaceDistance: 1,
  boundaryIou: 1,
} as const;
const DISAGREED = {
  iou: 0,
  dice: 0,
  centerLineDice: 0,
  normalizedSurfaceDistance: 0,
  boundaryIou: 0,
} as const;

/** A harmonic mean of how much of each centre line lies in the other mask. */
function centerLineDice(one: Mask, other: Mask): number {
  const within = (line: Uint8Array, mask: Uint8Array) => countShared(line, mask) / count(line);
  const precision = within(skeletonOf(one).data, other.data);
  const sensitivity = within(skeletonOf(other).data, one.data);
  const sum = precision + sensitivity;
  return sum === 0 ? 0 : (2 * precision * sensitivity) / sum;
}

function bordersAgreement(
  one: Mask,
  other: Mask,
  { spacing, tolerance, band }: MaskAgreementOptions,
) {
  const [border, otherBorder] = [borderOf(one), borderOf(other)];
  const [toBorder, toOther] = [border, otherBorder].map((mask) => distancesTo(mask, spacing));
  const fromOne = distancesAt(border, toOther);
  const fromOther = distancesAt(otherBorder, toBorder);
  const pixels = fromOne.length + fromOther.length;
  const near = (distances: Float64Array) =>
    distances.reduce((sum, distance) => sum + (distance <= tolerance ? 1 : 0), 0);
  const sum = (distances: Float64Array) => distances.reduce((total, one) => total + one, 0);
  const percentile = (distances: Float64Array) => quantile(distances.toSorted(), 0.95);
  let [shared, all] = [0, 0];
  for (let i = 0; i < one.data.length; i++) {
    const inOne = one.data[i] === 1 && toBorder[i] < band;
    const inOther = other.data[i] === 1 && toOther[i] < band;
    if (inOne && inOther) shared++;
    if (inOne || inOther) all++;
  }
  return {
    normalizedSurfaceDistance: (near(fromOne) + near(fromOther)) / pixels,
    boundaryIou: shared / all,
    surfaceDistance95: Math.max(percentile(fromOne), percentile(fromOther)),
    meanSurfaceDistance: (sum(fromOne) + sum(fromOther)) / pixels,
  };
}

/** Of the set pixels, row by row. */
function distancesAt({ data }: Mask, distances: Float64Array): Float64Array {
  const own = new Float64Array(count(data));
  let place = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === 1) own[place++] = distances[i];
  return own;
}

/** Set pixels of which a neighbour above, below, left or right is not, or is outside. */
function borderOf({ width, height, data }: Mask): Mask {
  const border = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (data[i] === 0) continue;
      const isInside =
        x > 0 &&
        x < width - 1 &&
        y > 0 &&
        y < height - 1 &&
        data[i - 1] === 1 &&
        data[i + 1] === 1 &&
        data[i - width] === 1 &&
        data[i + width] === 1;
      border[i] = isInside ? 0 : 1;
    }
  }
  return { width, height, data: border };
}

/** Around what is set in either mask; null where nothing is. Nothing outside has a part in any figure. */
function windowAround(first: Mask, second: Mask): Box | null {
  const boxes = [first, second].map(maskBounds).filter(([, , x2]) => x2 > 0);
  if (boxes.length === 0) return null;
  const least = (place: 0 | 1) => Math.min(...boxes.map((box) => box[place]));
  const most = (place: 2 | 3) => Math.max(...boxes.map((box) => box[place]));
  return [least(0), least(1), most(2), most(3)];
}

function cut({ width, data }: Mask, [x1, y1, x2, y2]: Box): Mask {
  const part = new Uint8Array((x2 - x1) * (y2 - y1));
  for (let y = y1; y < y2; y++) {
    part.set(data.subarray(y * width + x1, y * width + x2), (y - y1) * (x2 - x1));
  }
  return { width: x2 - x1, height: y2 - y1, data: part };
}

function count(data: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  return sum;
}

function countShared(one: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] & other[i];
  return sum;
}

function checkInput(
  first: Mask,
  second: Mask,
  { spacing, tolerance, band }: MaskAgreementOptions,
): void {
  const refuse = (what: string) => new EvaluationError("input", `maskAgreement: ${what}`);
  if (first.width !== second.width || first.height !== second.height) {
    throw refuse(
      `expected two masks of one size, got ${first.width} x ${first.height} and ` +
        `${second.width} x ${second.height}`,
    );
  }
  if (!spacing.every((step) => step > 0 && Number.isFinite(step))) {
    throw refuse(`expected a spacing above 0, got ${spacing.join(" and ")}`);
  }
  if (!(tolerance >= 0)) throw refuse(`expected a tolerance from 0 on, got ${tolerance}`);
  if (!(band > 0)) throw refuse(`expected a band above 0, got ${band}`);
}
