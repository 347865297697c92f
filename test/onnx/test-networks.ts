/** The small networks on which files of ONNX are tried: a detector of every option, and how it is written. */
import type { ExportOptions } from "@malleolus/onnx";
import {
  type ClassificationConfig,
  classifierConfig,
  deepLabConfig,
  detectron2Config,
  type MaskRcnnConfig,
  type MobileNetV2Config,
  type ResNetMaskRcnnConfig,
  type SegmentationConfig,
} from "@malleolus/schema";

export const PREPROCESS = { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false };

/** A network that is quick and has all parts. */
export function thinConfig(): ResNetMaskRcnnConfig {
  const config = detectron2Config(["fracture", "implant", "bone"]);
  return {
    ...config,
    backbone: { ...config.backbone, depth: 26, width: 32, fpnChannels: 32 },
    rpn: { ...config.rpn, preNms: { train: 100, test: 100 }, postNms: { train: 60, test: 60 } },
    roi: {
      ...config.roi,
      canonicalBoxSize: 32,
      detectionsPerImage: 20,
      box: { ...config.roi.box, fullyConnectedChannels: 32 },
      mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
    },
  };
}

/** With as many channels as go by tiles. */
function wide(config: ResNetMaskRcnnConfig): MaskRcnnConfig {
  return { ...config, backbone: { ...config.backbone, width: 64, fpnChannels: 64 } };
}

interface DetectorOption {
  readonly name: string;
  readonly change: (config: ResNetMaskRcnnConfig) => MaskRcnnConfig;
  /** How the file is written; in float32 unless it says so. */
  readonly written?: Partial<ExportOptions>;
}

export const DETECTOR_OPTIONS: readonly DetectorOption[] = [
  { name: "as it is", change: (config) => config },
  { name: "as it is, for a browser", change: wide, written: { forBrowser: true } },
  {
    name: "group norm and detail channels",
    change: (config) => ({
      ...config,
      channels: "detail",
      backbone: { ...config.backbone, norm: "group" },
    }),
  },
  {
    name: "ResNet-101",
    change: (config) => ({ ...config, backbone: { ...config.backbone, depth: 101 } }),
  },
  {
    name: "EfficientNet-Lite2",
    change: (config) => ({
      ...config,
      backbone: { kind: "efficientnet-lite2", norm: "frozen", freezeAt: 0, fpnChannels: 32 },
    }),
  },
  {
    name: "EfficientNet-Lite2 with group norm",
    change: (config) => ({
      ...config,
      backbone: { kind: "efficientnet-lite2", norm: "group", freezeAt: 0, fpnChannels: 32 },
    }),
  },
  {
    name: "a fine mask head",
    change: (config) => ({
      ...config,
      roi: {
        ...config.roi,
        mask: {
          ...config.roi.mask,
          convolutions: 0,
          head: { kind: "fine", detailChannels: 16, refinements: 1 },
        },
      },
    }),
  },
  {
    name: "boxes through the box head three times",
    change: (config) => ({ ...config, roi: { ...config.roi, boxRegressions: 3 } }),
  },
  {
    name: "a second box head, behind the first one twice",
    change: (config) => ({
      ...config,
      roi: {
        ...config.roi,
        boxRegressions: 2,
        secondBoxHead: { iouThreshold: 0.6, boxWeights: [20, 20, 10, 10], lossWeight: 1 },
      },
    }),
  },
  {
    name: "an image head",
    change: (config) => ({
      ...config,
      imageHead: { hiddenChannels: 8, lossWeight: 1, weighsScores: false },
    }),
  },
  {
    name: "an image head that weighs scores",
    change: (config) => ({
      ...config,
      roi: { ...config.roi, scoreThreshold: 0.01 },
      imageHead: { hiddenChannels: 8, lossWeight: 1, weighsScores: true },
    }),
  },
  {
    name: "torchvision's strides and samples, sizes that 64 divides, shifted anchors",
    change: (config) => ({
      ...config,
      sizeDivisibility: 64,
      backbone: { ...config.backbone, strideIn1x1: false },
      anchors: { ...config.anchors, offset: 0.5, aspectRatios: [0.4, 1, 2.5, 6] },
      rpn: { ...config.rpn, minBoxSize: 2, nmsThreshold: 0.6 },
      roi: {
        ...config.roi,
        nmsThreshold: 0.3,
        box: { ...config.roi.box, samplingRatio: 2 },
        mask: { ...config.roi.mask, samplingRatio: 2 },
      },
    }),
  },
];

/** Both kinds of norms, with all other options of MobileNetV2 turned as well. */
export const BACKBONES: readonly MobileNetV2Config[] = [
  { norm: "fixed", outputStride: 16, firstExpansion: false, freezeAt: 0 },
  { norm: "group", outputStride: 32, firstExpansion: true, freezeAt: 0 },
];

export function thinSegmenter(backbone: MobileNetV2Config): SegmentationConfig {
  const plain = deepLabConfig();
  const separable = backbone.norm === "fixed";
  return {
    ...plain,
    backbone,
    channels: separable ? "gray" : "detail",
    aspp: { ...plain.aspp, channels: 32, separable },
    decoder: { ...plain.decoder, channels: 32 },
  };
}

/** In both its forms. */
export function thinClassifiers(
  backbone: MobileNetV2Config,
): readonly { readonly name: string; readonly config: ClassificationConfig }[] {
  const plain = { ...classifierConfig(["a", "b", "none"]), backbone };
  const { structures, aspp, decoder } = deepLabConfig();
  const pooling: ClassificationConfig["pooling"] = {
    kind: "structures",
    structures,
    aspp: { ...aspp, channels: 32 },
    decoder: { ...decoder, channels: 24 },
  };
  return [
    { name: "a classifier's logits", config: plain },
    { name: "a classifier that looks where structures are found", config: { ...plain, pooling } },
  ];
}
