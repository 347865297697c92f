/**
 * Boxes as differences from reference boxes (Girshick et al. 2014; Detectron2's
 * Box2BoxTransform): offsets of the centre in sizes of the reference, and logarithms of the size
 * ratios, each times a weight.
 *
 * Boxes and deltas are flat arrays of four numbers a box, float32; sums are float64.
 */

import type { BoxWeights } from "@malleolus/schema";
import { l1Loss, smoothL1Loss, type Tensor } from "@malleolus/torch";

/** A box grows to at most 1000 / 16 of its reference, whatever the network says. */
export const MAX_LOG_RATIO = Math.log(1000 / 16);

/** The deltas that turn each reference into its target; both [n * 4], references not empty. */
export function encodeBoxes(
  references: Float32Array,
  targets: Float32Array,
  weights: BoxWeights,
): Float32Array {
  const [wx, wy, ww, wh] = weights;
  const deltas = new Float32Array(references.length);
  for (let i = 0; i < references.length; i += 4) {
    const width = references[i + 2] - references[i];
    const height = references[i + 3] - references[i + 1];
    const targetWidth = targets[i + 2] - targets[i];
    const targetHeight = targets[i + 3] - targets[i + 1];
    const dx = targets[i] + targetWidth / 2 - (references[i] + width / 2);
    const dy = targets[i + 1] + targetHeight / 2 - (references[i + 1] + height / 2);
    deltas[i] = (wx * dx) / width;
    deltas[i + 1] = (wy * dy) / height;
    deltas[i + 2] = ww * Math.log(targetWidth / width);
    deltas[i + 3] = wh * Math.log(targetHeight / height);
  }
  return deltas;
}

/** The boxes to which the deltas turn the references; both [n * 4]. */
export function decodeBoxes(
  deltas: Float32Array,
  references: Float32Array,
  weights: BoxWeights,
): Float32Array {
  const [wx, wy, ww, wh] = weights;
  const boxes = new Float32Array(deltas.length);
  for (let i = 0; i < deltas.length; i += 4) {
    const width = references[i + 2] - references[i];
    const height = references[i + 3] - references[i + 1];
    const x = references[i] + width / 2 + (deltas[i] / wx) * width;
    const y = references[i + 1] + height / 2 + (deltas[i + 1] / wy) * height;
    const halfWidth = (Math.exp(Math.min(deltas[i + 2] / ww, MAX_LOG_RATIO)) * width) / 2;
    const halfHeight = (Math.exp(Math.min(deltas[i + 3] / wh, MAX_LOG_RATIO)) * height) / 2;
    boxes[i] = x - halfWidth;
    boxes[i + 1] = y - halfHeight;
    boxes[i + 2] = x + halfWidth;
    boxes[i + 3] = y + halfHeight;
  }
  return boxes;
}

/** Sum of smooth L1 over deltas [n, 4], float32; plain L1 for beta 0. A scalar. */
export function boxDeltaLoss(deltas: Tensor, targets: Tensor, beta: number): Tensor {
  // Below this, fvcore's smooth_l1_loss takes L1: the quadratic part would divide by zero.
  const sum = 2;
  if (beta < 1e-5) return l1Loss(deltas, targets, { reduction: sum });
  return smoothL1Loss(deltas, targets, { reduction: sum, beta });
}
