export { activationMeans } from "./backbones/activation-means.ts";
export {
  efficientNetLite2,
  LITE_PIXEL_MEAN,
} from "./backbones/efficientnet-lite.ts";
export { resNetOf } from "./backbones/fpn.ts";
export { mobileNetMeans } from "./backbones/mobilenet-means.ts";
export { mobileNetV2 } from "./backbones/mobilenet-v2.ts";
export { measureNormStatistics } from "./backbones/norm-statistics.ts";
export { clearFoldedWeightsIn } from "./backbones/normed-convolution.ts";
export {
  type ClassifierLosses,
  type ImageClassifier,
  imageClassifier,
} from "./classifier/classifier.ts";
export { initializeClassifier } from "./classifier/initialize-classifier.ts";
export {
  isClassifier,
  logitsOf,
  openClassifier,
  type RadiographClassifier,
  softmax,
  writeCalibration,
  writeClassifier,
} from "./classifier/radiograph-classifier.ts";
export {
  openRadiographCheck,
  RADIOGRAPH_CHECK_CLASSES,
  type RadiographCheck,
  type RadiographLook,
} from "./classifier/shipped-radiograph-check.ts";
export { type DeepLab, deepLab } from "./deeplab/deeplab.ts";
export { type DeepLabReport, initializeDeepLab } from "./deeplab/initialize-deeplab.ts";
export type { SegmentationLosses } from "./deeplab/segmentation-loss.ts";
export {
  meanWithMirrored,
  openSegmenter,
  type SegmentedRadiograph,
  type Segmenter,
  segmentImage,
  writeSegmenter,
} from "./deeplab/segmenter.ts";
export { type ShippedPreliminary, shippedPreliminary } from "./deeplab/shipped-preliminary.ts";
export { writeAveragedDetector } from "./detector/averaged-detectors.ts";
export {
  type DetectableImage,
  type Detector,
  type DetectorOptions,
  isOnEfficientNetLite,
  openDetector,
  type Precision,
  type SeenRadiograph,
  writeDecision,
  writeDetector,
} from "./detector/detector.ts";
export { writeFusedDetectors } from "./detector/fused-detectors.ts";
export { shippedDetector } from "./detector/shipped-detector.ts";
export { shrinkDetector } from "./detector/shrink-detector.ts";
export { ModelError, type ModelErrorCode } from "./errors.ts";
export { batchImages, type ImageBatch } from "./input/image-batch.ts";
export { examineWithFlip } from "./mask-rcnn/flip-at-test-time.ts";
export { type Losses, type MaskRcnn, maskRcnn } from "./mask-rcnn/mask-rcnn.ts";
export {
  type BoxedImage,
  bestOverlaps,
  proposeAnchors,
} from "./mask-rcnn/proposals/anchor-choice.ts";
export type {
  BoxHead,
  BoxPredictions,
  BoxPredictor,
} from "./mask-rcnn/regions/box-head.ts";
export { detectBoxes } from "./mask-rcnn/regions/box-inference.ts";
export { boxLosses } from "./mask-rcnn/regions/box-losses.ts";
export { detectMasks } from "./mask-rcnn/regions/mask-inference.ts";
export {
  arrangeRegions,
  poolRegions,
  type Regions,
} from "./mask-rcnn/regions/region-pooling.ts";
export { sampleRegions } from "./mask-rcnn/regions/region-sampling.ts";
export { withMasks } from "./mask-rcnn/regions/roi-heads.ts";
export { freeModel, placeModel } from "./placement.ts";
export { weightsByPrevalence } from "./prevalence-weights.ts";
export {
  type EfficientNetLiteWeights,
  efficientNetLiteWeights,
  initializeEfficientNetLite,
  isEfficientNetLite,
} from "./weights/efficientnet-lite-weights.ts";
export {
  incompleteStages,
  initializeBackbone,
  requireResNet,
} from "./weights/initialize-backbone.ts";
export { isLitePyramid } from "./weights/initialize-lite-pyramid.ts";
export { initializeNetwork, type NetworkWeightsReport } from "./weights/initialize-network.ts";
export {
  initializeMobileNetV2,
  isMobileNetV2,
  type MobileNetV2Report,
  type MobileNetV2Weights,
  mobileNetV2Weights,
} from "./weights/mobilenet-weights.ts";
export { type PublishedWeights, publishedWeights } from "./weights/published-weights.ts";
export { undividedBatch, type WholeBatch } from "./whole-batch.ts";
