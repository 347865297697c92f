/**
 * COCO's run-length code of masks: run lengths of zeros and ones in turn, zeros first, in
 * column-major order; as a list of counts or as COCO's compact string.
 *
 * Source: cocodataset/cocoapi, common/maskApi.c (the format; written anew here).
 */
import { emptyMask, type Mask } from "./mask.ts";

export interface RunLength {
  /** `[height, width]`, in COCO's order. */
  readonly size: readonly [height: number, width: number];
  /** Lengths of the runs; they sum to `height * width`. */
  readonly counts: readonly number[];
}

/** The runs of a mask, column by column. */
export function encodeRuns(mask: Mask): RunLength {
  const { width, height, data } = mask;
  const counts: number[] = [];
  let value = 0;
  let length = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (data[y * width + x] !== value) {
        counts.push(length);
        value = 1 - value;
        length = 0;
      }
      length++;
    }
  }
  counts.push(length);
  return { size: [height, width], counts };
}

/**
 * The mask of some runs.
 *
 * @throws RangeError where they do not fill the size exactly.
 */
export function decodeRuns(runs: RunLength): Mask {
  const [height, width] = runs.size;
  const total = runs.counts.reduce((sum, count) => sum + count, 0);
  if (
    total !== height * width ||
    runs.counts.some((count) => !Number.isInteger(count) || count < 0)
  ) {
    throw new RangeError(
      `decodeRuns: expected run lengths that sum to ${height} x ${width} = ${height * width}, got ${total}`,
    );
  }
  const mask = emptyMask(width, height);
  let position = 0;
  runs.counts.forEach((count, i) => {
    if (i % 2 === 1) {
      for (let p = position; p < position + count; p++) {
        mask.data[(p % height) * width + Math.floor(p / height)] = 1;
      }
    }
    position += count;
  });
  return mask;
}

/**
 * COCO's string of run lengths: from the fourth on, a run is the difference to the one two
 * before; five bits a character, lowest first, bit 6 says that more follow; 48 is added.
 */
export function runsToString(counts: readonly number[]): string {
  let text = "";
  counts.forEach((count, i) => {
    let rest = i > 2 ? count - counts[i - 2] : count;
    for (let more = true; more; ) {
      const bits = ((rest % 32) + 32) % 32;
      rest = Math.floor(rest / 32);
      // The last character's bit 5 is the sign.
      more = bits >= 16 ? rest !== -1 : rest !== 0;
      text += String.fromCharCode(48 + bits + (more ? 32 : 0));
    }
  });
  return text;
}

/**
 * Run lengths of COCO's string.
 *
 * @throws RangeError on a character or an end that cannot be.
 */
export function runsFromString(text: string): number[] {
  const counts: number[] = [];
  let value = 0;
  let place = 1;
  for (let i = 0; i < text.length; i++) {
    const bits = text.charCodeAt(i) - 48;
    if (bits < 0 || bits > 63) {
      throw new RangeError(
        `runsFromString: expected characters "0" to "o", got ${JSON.stringify(text[i])} at ${i}`,
      );
    }
    value += (bits % 32) * place;
    place *= 32;
    if (bits >= 32) continue;
    if (bits >= 16) value -= place;
    counts.push(counts.length > 2 ? value + counts[counts.length - 2] : value);
    [value, place] = [0, 1];
  }
  if (place !== 1) throw new RangeError("runsFromString: the string ends within a number");
  return counts;
}
