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

/** Runs: set pixels of a row that lie side by side; row by row. */
interface Runs {
  /** Of every run its row, its first pixel and its end in that row. */
  readonly rows: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Runs, and the part that each belongs to. */
export interface ConnectedRuns extends Runs {
  /** Of every run the number of its part, from 1. */
  readonly parts: Int32Array;
  /** Pixels of part `i + 1`. Parts are numbered by their first pixel, row by row. */
  readonly areas: readonly number[];
}

/** The 4-connected parts. */
export function connectedComponents(mask: Mask): Components {
  const { rows, starts, ends, parts, areas } = connectedRuns(mask);
  const labels = new Int32Array(mask.data.length);
  for (let run = 0; run < rows.length; run++) {
    const row = rows[run] * mask.width;
    labels.fill(parts[run], row + starts[run], row + ends[run]);
  }
  return { labels, areas };
}

/**
 * The 4-connected parts, as runs (Rosenfeld and Pfaltz 1966, over runs instead of pixels): a row's runs join those
 * of the row above that they touch.
 */
export function connectedRuns(mask: Mask): ConnectedRuns {
  const runs = runsOf(mask);
  const { rows, starts, ends } = runs;
  const count = rows.length;
  // The earliest run that each is known to hang together with.
  const first = Int32Array.from({ length: count }, (_, run) => run);
  const rootOf = (run: number): number => {
    let root = run;
    while (first[root] !== root) root = first[root];
    // What was walked is one step from then on.
    for (let at = run; at !== root; ) {
      const next = first[at];
      first[at] = root;
      at = next;
    }
    return root;
  };
  for (let run = 0, above = 0; run < count; run++) {
    const before = rows[run] - 1;
    while (rows[above] < before || (rows[above] === before && ends[above] <= starts[run])) above++;
    for (let at = above; at < run && rows[at] === before && starts[at] < ends[run]; at++) {
      const [one, other] = [rootOf(at), rootOf(run)];
      if (one < other) first[other] = one;
      else first[one] = other;
    }
  }
  const areas: number[] = [];
  const parts = new Int32Array(count);
  for (let run = 0; run < count; run++) {
    const root = rootOf(run);
    parts[run] = root === run ? areas.push(0) : parts[root];
    areas[parts[run] - 1] += ends[run] - starts[run];
  }
  return { ...runs, parts, areas };
}

function runsOf({ width, data }: Mask): Runs {
  const [rows, starts, ends]: [number[], number[], number[]] = [[], [], []];
  // Whole stretches are looked through at a time, which is faster than pixel by pixel.
  for (let from = data.indexOf(1); from >= 0; ) {
    const next = data.indexOf(0, from);
    const end = next < 0 ? data.length : next;
    while (from < end) {
      const row = Math.floor(from / width);
      const to = Math.min(end, (row + 1) * width);
      rows.push(row);
      starts.push(from - row * width);
      ends.push(to - row * width);
      from = to;
    }
    from = next < 0 ? -1 : data.indexOf(1, next);
  }
  return { rows, starts, ends };
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
