/** What our own files of networks say that they are, and where in them a MobileNetV2 stands. */

/** As `writeSegmenter` writes it. */
export const SEGMENTER_FORMAT = "malleolus-segmenter-1";
/** As `writeClassifier` writes it. */
export const CLASSIFIER_FORMAT = "malleolus-classifier-1";

/** What stands before `features` in the names of a file of this format; undefined where there are none. */
export const MOBILE_NET_PLACES: Readonly<Record<string, string>> = {
  [SEGMENTER_FORMAT]: "backbone.",
  [CLASSIFIER_FORMAT]: "",
};

/** Whether a file says that it is ours. */
export function isOwnFormat(format: unknown): format is string {
  return typeof format === "string" && format.startsWith("malleolus-");
}
