/**
 * The likeliest label of every pixel, of probabilities that left LibTorch: its argmax over the first of three
 * dimensions takes ten times as long.
 */

import type { LabelMap, LabelProbabilities } from "@malleolus/imaging";

/** With the likeliest label of every pixel, which is looked for when somebody first asks: of a mean's parts nobody does. */
export function withLikeliest(
  width: number,
  height: number,
  probabilities: Float32Array,
): LabelProbabilities {
  let labels: LabelMap | null = null;
  return {
    width,
    height,
    probabilities,
    get labels() {
      labels ??= { width, height, data: likeliestLabels(probabilities, width * height) };
      return labels;
    },
  };
}

/** Of probabilities [labels, pixels]; of equal ones the first label. */
function likeliestLabels(probabilities: Float32Array, pixels: number): Uint8Array {
  const data = new Uint8Array(pixels);
  const most = probabilities.slice(0, pixels);
  for (let label = 1; label * pixels < probabilities.length; label++) {
    for (let i = 0; i < pixels; i++) {
      const value = probabilities[label * pixels + i];
      if (value <= most[i]) continue;
      most[i] = value;
      data[i] = label;
    }
  }
  return data;
}
