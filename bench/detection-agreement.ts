/**
 * How far two engines see the same in an image: every detection beside the one of its class that overlaps it
 * most, in boxes, scores and pasted masks. What one of them alone sees is counted, not left out.
 */
import { boxIou, intersectBoxes } from "@malleolus/geometry";
import { type Detection, pasteMask } from "@malleolus/imaging";

export interface Agreement {
  /** Of both, and of one alone. */
  readonly pairs: number;
  readonly alone: number;
  /** 1 where there is no pair. */
  readonly leastIou: number;
  readonly mostScoreDifference: number;
  /** Pixels of the pairs' boxes, and those of them on which the masks differ. */
  readonly maskPixels: number;
  readonly differentPixels: number;
}

export const PERFECT: Agreement = {
  pairs: 0,
  alone: 0,
  leastIou: 1,
  mostScoreDifference: 0,
  maskPixels: 0,
  differentPixels: 0,
};

/** Below it two boxes are not of the same thing. */
const SAME_FROM = 0.5;

/** Of the detections of one image. */
export function agreementOf(
  ours: readonly Detection[],
  theirs: readonly Detection[],
  size: { readonly width: number; readonly height: number },
): Agreement {
  const left = new Set(theirs);
  let agreement = PERFECT;
  for (const own of ours) {
    const [best] = [...left]
      .filter((one) => one.class === own.class)
      .map((one) => ({ one, iou: boxIou(one.box, own.box) }))
      .filter(({ iou }) => iou >= SAME_FROM)
      .toSorted((a, b) => b.iou - a.iou);
    if (best === undefined) {
      agreement = { ...agreement, alone: agreement.alone + 1 };
      continue;
    }
    left.delete(best.one);
    agreement = together(agreement, pairOf(own, best.one, best.iou, size));
  }
  return { ...agreement, alone: agreement.alone + left.size };
}

/** Of several images. */
export function together(one: Agreement, other: Agreement): Agreement {
  return {
    pairs: one.pairs + other.pairs,
    alone: one.alone + other.alone,
    leastIou: Math.min(one.leastIou, other.leastIou),
    mostScoreDifference: Math.max(one.mostScoreDifference, other.mostScoreDifference),
    maskPixels: one.maskPixels + other.maskPixels,
    differentPixels: one.differentPixels + other.differentPixels,
  };
}

/** The share of the pixels in boxes on which masks agree. */
export function maskAgreement({ maskPixels, differentPixels }: Agreement): number {
  return maskPixels === 0 ? 1 : 1 - differentPixels / maskPixels;
}

function pairOf(
  own: Detection,
  other: Detection,
  iou: number,
  { width, height }: { readonly width: number; readonly height: number },
): Agreement {
  const [a, b] = [own, other].map((one) => pasteMask(one.mask, one.box, width, height));
  const left = Math.min(a.left, b.left);
  const top = Math.min(a.top, b.top);
  const right = Math.max(a.left + a.width, b.left + b.width);
  const bottom = Math.max(a.top + a.height, b.top + b.height);
  let differentPixels = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) if (isIn(a, x, y) !== isIn(b, x, y)) differentPixels++;
  }
  const box = intersectBoxes([left, top, right, bottom], [0, 0, width, height]);
  return {
    pairs: 1,
    alone: 0,
    leastIou: iou,
    mostScoreDifference: Math.abs(own.score - other.score),
    maskPixels: (box[2] - box[0]) * (box[3] - box[1]),
    differentPixels,
  };
}

function isIn(mask: ReturnType<typeof pasteMask>, x: number, y: number): boolean {
  const [column, row] = [x - mask.left, y - mask.top];
  if (column < 0 || row < 0 || column >= mask.width || row >= mask.height) return false;
  return mask.data[row * mask.width + column] === 1;
}
