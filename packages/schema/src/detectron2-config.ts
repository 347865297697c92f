/**
 * Detectron2's defaults of `COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x` (config/defaults.py,
 * Base-RCNN-FPN.yaml at 02b5c4e295e9), with which every configuration begins.
 */
import type { ResNetMaskRcnnConfig } from "./mask-rcnn-config.ts";

/** Detectron2's Mask R-CNN R50-FPN for some classes. */
export function detectron2Config(classes: readonly string[]): ResNetMaskRcnnConfig {
  return {
    kind: "mask-rcnn",
    classes,
    pixelMean: [103.53, 116.28, 123.675],
    channels: "gray",
    sizeDivisibility: 32,
    backbone: {
      depth: 50,
      width: 64,
      norm: "frozen",
      trainedNorms: [],
      strideIn1x1: true,
      freezeAt: 2,
      fpnChannels: 256,
    },
    anchors: {
      sizes: [[32], [64], [128], [256], [512]],
      aspectRatios: [0.5, 1, 2],
      offset: 0,
    },
    rpn: {
      iouThresholds: [0.3, 0.7],
      lowQualityMatches: true,
      batchSizePerImage: 256,
      positiveFraction: 0.5,
      preNms: { train: 2000, test: 1000 },
      postNms: { train: 1000, test: 1000 },
      nmsThreshold: 0.7,
      minBoxSize: 0,
      boxWeights: [1, 1, 1, 1],
      smoothL1Beta: 0,
      classLossWeight: 1,
      boxLossWeight: 1,
    },
    roi: {
      iouThreshold: 0.5,
      batchSizePerImage: 512,
      positiveFraction: 0.25,
      appendTruth: true,
      canonicalBoxSize: 224,
      canonicalLevel: 4,
      box: {
        pooledSize: 7,
        samplingRatio: 0,
        fullyConnectedLayers: 2,
        fullyConnectedChannels: 1024,
        boxWeights: [10, 10, 5, 5],
        smoothL1Beta: 0,
        classLossWeight: 1,
        boxLossWeight: 1,
      },
      mask: {
        pooledSize: 14,
        samplingRatio: 0,
        convolutions: 4,
        channels: 256,
        head: { kind: "detectron2" },
        lossWeight: 1,
      },
      scoreThreshold: 0.05,
      nmsThreshold: 0.5,
      detectionsPerImage: 100,
      boxRegressions: 1,
      secondBoxHead: null,
    },
    imageHead: null,
    soundClass: null,
  };
}
