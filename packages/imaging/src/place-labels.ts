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
  for (let y = 0; y < size.height; y++) {
    const upper = rows.first[y] * found.width;
    const lower = rows.second[y] * found.width;
    const v = rows.share[y];
    for (let x = 0; x < size.width; x++) {
      const left = columns.first[x];
      const right = columns.second[x];
      const label = labels.data[upper + left];
      const isPlain =
        label === labels.data[upper + right] &&
        label === labels.data[lower + left] &&
        label === labels.data[lower + right];
      data[y * size.width + x] = isPlain ? label : likeliest(x, left, right);
    }

    function likeliest(x: number, left: number, right: number): number {
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
  return { width: size.width, height: size.height, data };
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
