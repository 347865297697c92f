/** What our own files of networks say that they are, and where in them a MobileNetV2 stands. */

/** As `writeSegmenter` writes it. */
export const SEGMENTER_FORMAT = "malleolus-segmenter-1";
/** As `writeClassifier` writes it. */
export const CLASSIFIER_FORMAT = "malleolus-classifier-1";

/** Where a network of ours has its parts, in the names of a file. */
export interface OwnPlaces {
  /** What stands before all but a classifier's own layers. */
  readonly network: string;
  /** What stands before `features`. */
  readonly mobileNet: string;
}

/** Of a file in this format and with these names; null where it has no MobileNetV2. */
export function ownPlaces(format: unknown, names: Iterable<string>): OwnPlaces | null {
  if (format === SEGMENTER_FORMAT) return { network: "", mobileNet: "backbone." };
  if (format !== CLASSIFIER_FORMAT) return null;
  // A classifier looks at whole radiographs, or where a segmentation finds something.
  const network = [...names].some((name) => name.startsWith("segmentation."))
    ? "segmentation."
    : "";
  return { network, mobileNet: network === "" ? "" : "segmentation.backbone." };
}

/** Whether a file says that it is ours. */
export function isOwnFormat(format: unknown): format is string {
  return typeof format === "string" && format.startsWith("malleolus-");
}
