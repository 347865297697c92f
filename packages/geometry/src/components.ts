/**
 * The connected parts of a mask, and which of them are worth keeping. Pixels that touch at a corner only
 * are not connected, as `traceMask` has it.
 */
import type { Mask } from "./mask.ts";

export interface Components {
  /** Of every pixel the number of its part, from 1; 0 for a pixel that is not set. */
  readonly labels: Int32Array;
  /** Pixels of part `i + 1`. Parts are numbered by their first pixel, row by row. */
  readonly areas: readonly number[];
}

/** The 4-connected parts. */
export function connectedComponents({ width, data }: Mask): Components {
  const labels = new Int32Array(data.length);
  const areas: number[] = [];
  // Every pixel waits once at most.
  const waiting = new Int32Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (data[start] === 0 || labels[start] !== 0) continue;
    const label = areas.length + 1;
    labels[start] = label;
    waiting[0] = start;
    let count = 1;
    let area = 0;
    while (count > 0) {
      const i = waiting[--count];
      area++;
      const x = i % width;
      if (x > 0 && data[i - 1] !== 0 && labels[i - 1] === 0) {
        labels[i - 1] = label;
        waiting[count++] = i - 1;
      }
      if (x < width - 1 && data[i + 1] !== 0 && labels[i + 1] === 0) {
        labels[i + 1] = label;
        waiting[count++] = i + 1;
      }
      const above = i - width;
      if (above >= 0 && data[above] !== 0 && labels[above] === 0) {
        labels[above] = label;
        waiting[count++] = above;
      }
      const below = i + width;
      if (below < data.length && data[below] !== 0 && labels[below] === 0) {
        labels[below] = label;
        waiting[count++] = below;
      }
    }
    areas.push(area);
  }
  return { labels, areas };
}

/** The largest part; of several equally large ones, the first. An empty mask stays empty. */
export function largestComponent(mask: Mask): Mask {
  return plausibleComponents(mask, { leastArea: 1, shareOfLargest: 1 });
}

export interface Plausible {
  /** In pixels. */
  readonly leastArea: number;
  /**
   * How much of the largest part's area another must have to be kept. From 1 on, the largest stays alone:
   * a bone is one part, where a fracture's line may be seen in pieces.
   */
  readonly shareOfLargest: number;
}

/** The parts that are large enough; empty where none is. */
export function plausibleComponents(mask: Mask, { leastArea, shareOfLargest }: Plausible): Mask {
  const { labels, areas } = connectedComponents(mask);
  const largest = areas.reduce((best, area) => Math.max(best, area), 0);
  const first = areas.indexOf(largest);
  const kept = Uint8Array.from([0, ...areas], (area, label) =>
    label > 0 &&
    area >= leastArea &&
    (label === first + 1 || (shareOfLargest < 1 && area >= shareOfLargest * largest))
      ? 1
      : 0,
  );
  const data = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) data[i] = kept[labels[i]];
  return { ...mask, data };
}

/** The mask with its holes of at most so many pixels filled: unset parts that no image border bounds. */
export function fillHoles(mask: Mask, mostArea: number): Mask {
  const { width, height, data } = mask;
  const unset = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) unset[i] = 1 - data[i];
  const { labels, areas } = connectedComponents({ ...mask, data: unset });
  const isOpen = new Uint8Array(areas.length + 1);
  for (let x = 0; x < width; x++) {
    isOpen[labels[x]] = 1;
    isOpen[labels[(height - 1) * width + x]] = 1;
  }
  for (let y = 0; y < height; y++) {
    isOpen[labels[y * width]] = 1;
    isOpen[labels[y * width + width - 1]] = 1;
  }
  const filled = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const label = labels[i];
    filled[i] = data[i] === 1 || (isOpen[label] === 0 && areas[label - 1] <= mostArea) ? 1 : 0;
  }
  return { ...mask, data: filled };
}
