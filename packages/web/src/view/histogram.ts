/**
 * How often a radiograph's grey values occur, and their percentiles. Windows are set by these: values
 * of radiographs have no unit that would be the same from machine to machine.
 */

export interface Histogram {
  /** Counts of the values from 0. */
  readonly counts: Uint32Array;
  /** Least and greatest value that occurs. */
  readonly min: number;
  readonly max: number;
}

export function histogramOf(pixels: Uint16Array): Histogram {
  const counts = new Uint32Array(65_536);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]] += 1;
  let min = 0;
  while (min < 65_535 && counts[min] === 0) min += 1;
  let max = 65_535;
  while (max > min && counts[max] === 0) max -= 1;
  return { counts, min, max };
}

/**
 * The value below which a share of the pixels lies, 0 to 1. The least and the greatest value are
 * left out of the count: a frame of black or white, and what the detector could not tell apart,
 * would move every percentile with the collimator.
 */
export function percentile({ counts, min, max }: Histogram, share: number): number {
  if (max - min < 2) return share < 0.5 ? min : max;
  let total = 0;
  for (let value = min + 1; value < max; value++) total += counts[value];
  if (total === 0) return share < 0.5 ? min : max;
  const wanted = share * total;
  let passed = 0;
  for (let value = min + 1; value < max; value++) {
    passed += counts[value];
    if (passed >= wanted && passed > 0) return value;
  }
  return max;
}
