/** From truths and findings to everything `malleolus evaluate` says. */
import {
  type AveragePrecision,
  averagePrecision,
  type ImageMeasures,
  type LabelledImage,
  measureImages,
  runsOfOutlines,
} from "@malleolus/evaluation";
import { boxArea } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import type { TruthImage, TruthSet } from "./truth-set.ts";

/** The object that `--json` prints; `evaluation.json`. */
export interface CocoEvaluation {
  readonly format: "malleolus-evaluation-1";
  /** The `model.safetensors` that was evaluated. */
  readonly detector: string;
  readonly detectorSha256: string;
  readonly annotations: string;
  readonly annotationsSha256: string;
  readonly dtype: string;
  readonly scoreThreshold: number;
  readonly images: number;
  readonly imagesWithObjects: number;
  readonly box: AveragePrecision;
  readonly mask: AveragePrecision;
  readonly imageLevel: ImageMeasures;
}

/** `findings` by image. */
export function measure(
  { images, classes }: TruthSet,
  findings: ReadonlyMap<number, readonly Finding[]>,
  scoreThreshold: number,
): Pick<CocoEvaluation, "images" | "imagesWithObjects" | "box" | "mask" | "imageLevel"> {
  const labelled = images.map((image) => labelledImage(image, findings.get(image.id) ?? []));
  return {
    images: images.length,
    imagesWithObjects: images.filter(({ truths }) => truths.length > 0).length,
    box: averagePrecision(labelled, classes, "box"),
    mask: averagePrecision(labelled, classes, "mask"),
    imageLevel: measureImages(labelled, scoreThreshold),
  };
}

function labelledImage(
  { truths, width, height }: TruthImage,
  findings: readonly Finding[],
): LabelledImage {
  const detections = findings.map(({ class: name, score, box, polygons }) => ({
    class: name,
    score,
    box,
    boxArea: boxArea(box),
    mask: runsOfOutlines(polygons, width, height),
  }));
  return { truths, detections };
}
