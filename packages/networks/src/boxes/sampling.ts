/**
 * Random choice of a balanced batch of boxes for a loss (Detectron2, modeling/sampling.py).
 *
 * All randomness comes from the stream that the caller hands in, so that the choice depends on
 * the boxes and on that stream alone.
 */
import { BACKGROUND, OBJECT } from "./matching.ts";

export interface BatchRule {
  readonly batchSizePerImage: number;
  /** At most this share of the batch is positive. */
  readonly positiveFraction: number;
}

export interface Sample {
  /** Indices of boxes labelled `OBJECT`. */
  readonly positives: Int32Array;
  /** Indices of boxes labelled `BACKGROUND`; as many as fill the batch, if there are. */
  readonly negatives: Int32Array;
}

/** Chooses among boxes by their labels [n]; ignored ones never. */
export function sampleBatch(labels: Int8Array, rule: BatchRule, random: () => number): Sample {
  const most = Math.trunc(rule.batchSizePerImage * rule.positiveFraction);
  const positives = randomSubset(indicesOf(labels, OBJECT), most, random);
  const rest = rule.batchSizePerImage - positives.length;
  return { positives, negatives: randomSubset(indicesOf(labels, BACKGROUND), rest, random) };
}

/** At most `count` of the items, each subset equally likely. Reorders `items`. */
export function randomSubset(items: Int32Array, count: number, random: () => number): Int32Array {
  if (items.length <= count) return items;
  // The first steps of a Fisher-Yates shuffle.
  for (let i = 0; i < count; i++) {
    const other = i + Math.floor(random() * (items.length - i));
    const item = items[other];
    items[other] = items[i];
    items[i] = item;
  }
  return items.slice(0, count);
}

function indicesOf(labels: Int8Array, label: number): Int32Array {
  const indices = new Int32Array(labels.length);
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) indices[count++] = i;
  return indices.subarray(0, count);
}
