/**
 * The matching of boxes to truths, by overlap: for anchors and for proposals.
 *
 * Detectron2's Matcher (modeling/matcher.py) to the letter, ties included, with one exception: a
 * truth that overlaps no box at all matches none, where Detectron2 would call every box without
 * overlap an object. Overlaps are computed with float32's roundings, because ties depend on them.
 *
 * Typed arrays instead of tensors: truths are few, and the overlaps of 100,000 anchors with one
 * of them are mostly zero.
 */

export interface MatchRule {
  /** Overlap below it is background. */
  readonly background: number;
  /** Overlap from it on is an object; between the two the box is ignored. */
  readonly object: number;
  /** Boxes that overlap a truth as much as any box does are objects, too. */
  readonly lowQualityMatches: boolean;
}

export const OBJECT = 1;
export const BACKGROUND = 0;
export const IGNORED = -1;

export interface Matches {
  /** The truth that a box overlaps most, the first of equals; 0 where there is none. [n] */
  readonly truths: Int32Array;
  /** `OBJECT`, `BACKGROUND` or `IGNORED`. [n] */
  readonly labels: Int8Array;
}

/** Matches boxes [n * 4] with truths [m * 4], both as x1, y1, x2, y2. */
export function matchBoxes(boxes: Float32Array, truths: Float32Array, rule: MatchRule): Matches {
  const count = boxes.length / 4;
  const best = new Float32Array(count);
  const matched = new Int32Array(count);
  /** The boxes that overlap some truth as much as any box does. */
  const bestBoxes: number[] = [];
  for (let t = 0; t < truths.length / 4; t++) {
    for (const box of overlapOne(boxes, truths, t, best, matched)) bestBoxes.push(box);
  }

  const labels = new Int8Array(count);
  const background = Math.fround(rule.background);
  const object = Math.fround(rule.object);
  for (let i = 0; i < count; i++) {
    labels[i] = best[i] < background ? BACKGROUND : best[i] < object ? IGNORED : OBJECT;
  }
  if (truths.length === 0) labels.fill(BACKGROUND);
  else if (rule.lowQualityMatches) for (const box of bestBoxes) labels[box] = OBJECT;
  return { truths: matched, labels };
}

/**
 * Overlaps every box with truth `t`; raises `best` and `matched` where it is the largest yet.
 * Returns the boxes that overlap this truth most.
 */
function overlapOne(
  boxes: Float32Array,
  truths: Float32Array,
  t: number,
  best: Float32Array,
  matched: Int32Array,
): number[] {
  const left = truths[t * 4];
  const top = truths[t * 4 + 1];
  const right = truths[t * 4 + 2];
  const bottom = truths[t * 4 + 3];
  const area = Math.fround(Math.fround(right - left) * Math.fround(bottom - top));
  let bestBoxes: number[] = [];
  let highest = 0;
  for (let i = 0, at = 0; i < best.length; i++, at += 4) {
    const x1 = boxes[at];
    const x2 = boxes[at + 2];
    const width = Math.fround((x2 < right ? x2 : right) - (x1 > left ? x1 : left));
    if (width <= 0) continue;
    const y1 = boxes[at + 1];
    const y2 = boxes[at + 3];
    const height = Math.fround((y2 < bottom ? y2 : bottom) - (y1 > top ? y1 : top));
    if (height <= 0) continue;
    const shared = Math.fround(width * height);
    const own = Math.fround(Math.fround(x2 - x1) * Math.fround(y2 - y1));
    const iou = Math.fround(shared / Math.fround(Math.fround(area + own) - shared));
    if (iou > best[i]) {
      best[i] = iou;
      matched[i] = t;
    }
    if (iou > highest) {
      highest = iou;
      bestBoxes = [i];
    } else if (iou === highest) {
      bestBoxes.push(i);
    }
  }
  return bestBoxes;
}
