/**
 * From a network's label probabilities to labels at the radiograph's size: between the centres of the
 * network's pixels probabilities are bilinear, and the likeliest label holds; so borders run smoothly,
 * where repeated labels would be stairs.
 *
 * Where the four pixels around a place have the same likeliest label, every mean of them has it too, and
 * nothing is computed: the cost is that of borders.
 */
import type { LabelMap } from "./label-map.ts";

export interface LabelProbabilities {
  readonly width: number;
  readonly height: number;
  /** [labels, height, width], the background last; of a pixel they sum to 1. */
  readonly probabilities: Float32Array;
  /** The likeliest of every pixel. */
  readonly labels: LabelMap;
}

/** The labels of a radiograph of this size. */
export function placeLabels(
  found: LabelProbabilities,
  size: { readonly width: number; readonly height: number },
): LabelMap {
  if (found.width === size.width && found.height === size.height) return found.labels;
  const { probabilities, labels } = found;
  const pixels = found.width * found.height;
  const count = probabilities.length / pixels;
  const columns = between(found.width, size.width);
  const rows = between(found.height, size.height);
  const data = new Uint8Array(size.width * size.height);
  const runs = sameCells(columns);
  const plain = new Int16Array(runs.length);
  for (let y = 0; y < size.height; y++) {
    const upper = rows.first[y] * found.width;
    const lower = rows.second[y] * found.width;
    const row = y * size.width;
    const isAsAbove =
      y > 0 && rows.first[y] === rows.first[y - 1] && rows.second[y] === rows.second[y - 1];
    if (isAsAbove) data.copyWithin(row, row - size.width, row);
    else findPlain(upper, lower);
    const v = rows.share[y];
    for (let run = 0; run < runs.length; run++) {
      const { from, to, left, right } = runs[run];
      if (plain[run] === MIXED) {
        for (let x = from; x < to; x++) data[row + x] = likeliest(x, left, right, upper, lower, v);
      } else if (!isAsAbove) {
        data.fill(plain[run], row + from, row + to);
      }
    }
  }
  return { width: size.width, height: size.height, data };

  /** Of every run the label that all four pixels around it have. */
  function findPlain(upper: number, lower: number): void {
    for (let run = 0; run < runs.length; run++) {
      const { left, right } = runs[run];
      const label = labels.data[upper + left];
      const isPlain =
        label === labels.data[upper + right] &&
        label === labels.data[lower + left] &&
        label === labels.data[lower + right];
      plain[run] = isPlain ? label : MIXED;
    }
  }

  function likeliest(
    x: number,
    left: number,
    right: number,
    upper: number,
    lower: number,
    v: number,
  ): number {
    const u = columns.share[x];
    let best = 0;
    let most = -1;
    for (let label = 0; label < count; label++) {
      const at = label * pixels;
      const above =
        probabilities[at + upper + left] * (1 - u) + probabilities[at + upper + right] * u;
      const below =
        probabilities[at + lower + left] * (1 - u) + probabilities[at + lower + right] * u;
      const value = above * (1 - v) + below * v;
      if (value > most) {
        most = value;
        best = label;
      }
    }
    return best;
  }
}

/** No label is negative. */
const MIXED = -1;

/** Places `from` to `to` along a row that lie between the same two pixels. */
interface SameCells {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

function sameCells({ first, second }: Between): SameCells[] {
  const runs: SameCells[] = [];
  for (let from = 0, x = 1; x <= first.length; x++) {
    if (x < first.length && first[x] === first[from] && second[x] === second[from]) continue;
    runs.push({ from, to: x, left: first[from], right: second[from] });
    from = x;
  }
  return runs;
}

/** Of every place along an axis the two pixels around it, and the share of the second. */
interface Between {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float64Array;
}

function between(pixels: number, places: number): Between {
  const first = new Int32Array(places);
  const second = new Int32Array(places);
  const share = new Float64Array(places);
  for (let i = 0; i < places; i++) {
    const position = Math.min(Math.max(((i + 0.5) * pixels) / places - 0.5, 0), pixels - 1);
    first[i] = Math.floor(position);
    second[i] = Math.min(first[i] + 1, pixels - 1);
    share[i] = position - first[i];
  }
  return { first, second, share };
}
