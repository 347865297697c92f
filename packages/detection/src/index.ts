export { activationMeans } from "./backbones/activation-means.ts";
export { type MobileNetV2Config, mobileNetV2 } from "./backbones/mobilenet-v2.ts";
export { measureNormStatistics } from "./backbones/norm-statistics.ts";
export { forgetFoldedIn } from "./backbones/normed-convolution.ts";
export { incompleteStages, initialiseBackbone, requireResNet } from "./backbones/weights.ts";
export {
  type ClassifierConfig,
  type ClassifierLosses,
  classifierConfig,
  type ImageClassifier,
  imageClassifier,
} from "./classifier/classifier.ts";
export {
  ankleStructures,
  type DeepLab,
  type DeepLabConfig,
  deepLab,
  deepLabConfig,
  type Segmentation,
} from "./deeplab/deeplab.ts";
export type { SegmentationLosses } from "./deeplab/segmentation-loss.ts";
export {
  type LabelMap,
  paintLabels,
  type Structure,
  structureMask,
} from "./deeplab/structures.ts";
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
export { weightsByPrevalence } from "./prevalence-weights.ts";
export { type BoxedImage, bestOverlaps, proposeAnchors } from "./proposals/anchor-choice.ts";
export type { Draw } from "./random.ts";
export { shippedDetector, shrinkDetector } from "./shipped-detector.ts";
export type { Target } from "./targets.ts";
export { examineInViews } from "./views.ts";
export { initialiseNetwork, type NetworkWeightsReport } from "./weights/initialise-network.ts";
export {
  initialiseMobileNetV2,
  type MobileNetV2Report,
  type MobileNetV2Weights,
  mobileNetV2Weights,
} from "./weights/mobilenet-weights.ts";
export { type PublishedWeights, publishedWeights } from "./weights/published-weights.ts";
