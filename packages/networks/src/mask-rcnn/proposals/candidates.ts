/** The anchors that are looked at: of each level those that look most like an object. */
import { cat, type Tensor } from "@malleolus/torch";
import type { Anchors } from "./anchors.ts";
import type { RpnPredictions } from "./rpn-head.ts";

/** k candidates for each of N images: level after level, by falling logit within each. */
export interface Candidates {
  /** Logits, float32. [N, k] */
  readonly scores: Tensor;
  /** Index among the image's anchors, int64. [N, k] */
  readonly anchors: Tensor;
  /** float32. [N, k, 4] */
  readonly deltas: Tensor;
  /** Of each level the first among the k of an image. */
  readonly levelStarts: readonly number[];
}

/** Of each level and image at most `most` anchors. Nothing leaves the predictions' device. */
export function bestOfLevels(
  predictions: RpnPredictions,
  anchors: Anchors,
  most: number,
): Candidates {
  const scores: Tensor[] = [];
  const places: Tensor[] = [];
  const deltas: Tensor[] = [];
  const levelStarts: number[] = [];
  let perImage = 0;
  predictions.logits.forEach((logits, level) => {
    const [images, available] = logits.shape;
    const count = Math.min(available, most);
    const [values, indices] = logits.to("float32").topk(count, { dim: 1 }); // [N, count]
    scores.push(values);
    places.push(indices.add(anchors.levelStarts[level]));
    const rows = indices.unsqueeze(2).expand([images, count, 4]);
    deltas.push(predictions.deltas[level].gather(1, rows).to("float32"));
    levelStarts.push(perImage);
    perImage += count;
  });
  return {
    scores: cat(scores, { dim: 1 }),
    anchors: cat(places, { dim: 1 }),
    deltas: cat(deltas, { dim: 1 }),
    levelStarts,
  };
}
