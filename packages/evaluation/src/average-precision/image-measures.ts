/** What a detector says of whole images: is there an object at all? The best score decides. */
import { type Proportion, proportionOf } from "@malleolus/schema";
import { type Auc, aucOf } from "../roc.ts";
import type { LabelledImage } from "./labelled-image.ts";

export interface ImageMeasures {
  /** Images with objects against those without, by the best score; null without both kinds. */
  readonly auc: Auc | null;
  /** Of the images with objects, those in which something is found, whatever and wherever. */
  readonly sensitivity: Proportion;
  /** Of the images without, those in which nothing is. */
  readonly specificity: Proportion;
}

/** `threshold` is the least score of what is found. A crowd is objects too. */
export function measureImages(images: readonly LabelledImage[], threshold: number): ImageMeasures {
  const scores = images.map(({ detections }) =>
    // An image without detections scores below all others.
    detections.reduce((best, { score }) => Math.max(best, score), 0),
  );
  const hasObjects = images.map(({ truths }) => truths.length > 0);
  const alarmed = images.map(({ detections }) =>
    detections.some(({ score }) => score >= threshold),
  );
  const withObjects = alarmed.filter((_, i) => hasObjects[i]);
  const without = alarmed.filter((_, i) => !hasObjects[i]);
  return {
    auc: aucOf(scores, hasObjects),
    sensitivity: proportionOf(withObjects.filter(Boolean).length, withObjects.length),
    specificity: proportionOf(without.filter((one) => !one).length, without.length),
  };
}
