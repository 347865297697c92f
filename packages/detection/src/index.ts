export { activationMeans } from "./backbones/activation-means.ts";
export { measureNormStatistics } from "./backbones/norm-statistics.ts";
export { incompleteStages, initialiseBackbone, requireResNet } from "./backbones/weights.ts";
export type { Detection } from "./detection.ts";
export {
  type DetectableImage,
  type Detector,
  type DetectorOptions,
  openDetector,
  type Precision,
  writeDecision,
  writeDetector,
} from "./detector.ts";
export { DetectionError, type DetectionErrorCode } from "./errors.ts";
export { toFinding } from "./findings.ts";
export { batchImages, type GrayImage, type ImageBatch } from "./images.ts";
export { type Losses, type MaskRcnn, maskRcnn } from "./mask-rcnn.ts";
export { freeModel, placeModel } from "./placement.ts";
export { pasteMask, toRadiograph } from "./postprocess.ts";
export { prepareImage } from "./preprocess.ts";
export { type BoxedImage, bestOverlaps, proposeAnchors } from "./proposals/anchor-choice.ts";
export type { Draw } from "./random.ts";
export { shippedDetector, shrinkDetector } from "./shipped-detector.ts";
export type { Target } from "./targets.ts";
export { examineInViews } from "./views.ts";
export { initialiseNetwork, type NetworkWeightsReport } from "./weights/initialise-network.ts";
export { type PublishedWeights, publishedWeights } from "./weights/published-weights.ts";
