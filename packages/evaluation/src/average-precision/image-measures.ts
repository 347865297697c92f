/**
 * Measures of whole images: does a detector see an object at all? Two kinds of images are told apart by an image head
 * where all of them were seen by one, otherwise by the highest score; what is shown is what is found, so that
 * the operating point is one of scores.
 */
import type { ImageMeasures } from "@malleolus/schema";
import { clusterCounts, clusteredProportionOf } from "../clustered-proportion.ts";
import { aucOf } from "../roc.ts";
import type { LabeledImage } from "./labeled-image.ts";

export interface ImageMeasureOptions {
  /** The operating score: the lowest of a finding. */
  readonly threshold: number;
  /** Classes that are no object: an intact bone that says "no fracture". */
  readonly notObjects: readonly string[];
  /** Each image's: near-duplicates or a patient's, for the intervals; null where each is its own. */
  readonly groups: readonly string[] | null;
}

/** A crowd is objects too. */
export function measureImages(
  images: readonly LabeledImage[],
  { threshold, notObjects, groups }: ImageMeasureOptions,
): ImageMeasures {
  const isObject = (one: { readonly class: string }) => !notObjects.includes(one.class);
  const isByHead = images.length > 0 && images.every(({ shown }) => shown != null);
  const seen = images.map(({ truths, detections, shown }, i) => ({
    group: groups?.[i] ?? `${i}`,
    hasObjects: truths.some(isObject),
    // An image without detections scores below all others.
    score: detections.filter(isObject).reduce((best, { score }) => Math.max(best, score), 0),
    shown: Object.entries(shown ?? {})
      .filter(([name]) => isObject({ class: name }))
      .reduce((most, [, probability]) => Math.max(most, probability), 0),
  }));
  const isAlarmed = ({ score }: { readonly score: number }) => score > 0 && score >= threshold;
  const share = (hasObjects: boolean) =>
    clusteredProportionOf(
      clusterCounts(
        seen.filter((image) => image.hasObjects === hasObjects),
        ({ group }) => group,
        (image) => isAlarmed(image) === hasObjects,
      ),
    );
  const aucBy = (part: "score" | "shown") =>
    aucOf(
      seen.map((image) => image[part]),
      seen.map(({ hasObjects }) => hasObjects),
      seen.map(({ group }) => group),
    );
  return {
    auc: aucBy(isByHead ? "shown" : "score"),
    scoredBy: isByHead ? "image head" : "highest score",
    highestScoreAuc: isByHead ? aucBy("score") : null,
    sensitivity: share(true),
    specificity: share(false),
  };
}
