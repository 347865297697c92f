/**
 * All that defines a Mask R-CNN, in one complete object: it is saved in every checkpoint, and no
 * default hides anywhere else. Not here: how it is trained (the recipe's business) and how an
 * image is brought to the network's size (`preprocess.ts`).
 *
 * The defaults are Detectron2's of `COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x`
 * (config/defaults.py, Base-RCNN-FPN.yaml at 02b5c4e295e9).
 */

/** Stages of the residual network that can carry norms of their own statistics. */
export type StageName = "res2" | "res3" | "res4" | "res5";

export interface BackboneConfig {
  /** Layers; 26 is for what has to be trained in minutes. */
  readonly depth: 26 | 50 | 101;
  /** Channels of the stem and of res2's bottlenecks; every stage doubles them. */
  readonly width: number;
  /**
   * `frozen`: batch norm whose statistics come from the weights and never move. `group`: group
   * norm with 32 groups, for training without weights.
   */
  readonly norm: "frozen" | "group";
  /**
   * Stages whose frozen norms have statistics measured on the training images instead of the
   * file's, and whose weight and bias train: those whose convolutions the weights lack.
   */
  readonly trainedNorms: readonly StageName[];
  /** In a block that halves the resolution: at the first 1x1 (MSRA), or at the 3x3 (torchvision). */
  readonly strideIn1x1: boolean;
  /** How many of stem, res2, … res5 never train. */
  readonly freezeAt: number;
  /** Channels of every map of the pyramid. */
  readonly fpnChannels: number;
}

export interface AnchorConfig {
  /** Side lengths in pixels of the square anchors, level by level (p2 to p6). */
  readonly sizes: readonly (readonly number[])[];
  /** Height over width; area is kept. */
  readonly aspectRatios: readonly number[];
  /** Of the first anchor's centre from the corner of the image, in cells. */
  readonly offset: number;
}

/** How many boxes go on, in training and in detection. */
export interface TopK {
  readonly train: number;
  readonly test: number;
}

export type BoxWeights = readonly [x: number, y: number, width: number, height: number];

export interface RpnConfig {
  /** Overlap below the first is background, from the second on object; between them ignored. */
  readonly iouThresholds: readonly [background: number, object: number];
  /** Also take for every truth the anchors that overlap it most. */
  readonly lowQualityMatches: boolean;
  readonly batchSizePerImage: number;
  readonly positiveFraction: number;
  /** Per level. */
  readonly preNms: TopK;
  /** Per image. */
  readonly postNms: TopK;
  readonly nmsThreshold: number;
  /** Proposals with a side of at most this many pixels go. */
  readonly minBoxSize: number;
  readonly boxWeights: BoxWeights;
  /** Smooth L1; 0 is plain L1. */
  readonly smoothL1Beta: number;
  readonly classLossWeight: number;
  readonly boxLossWeight: number;
}

export interface BoxHeadConfig {
  readonly pooledSize: number;
  /** Samples per cell and direction; 0 adapts to the region's size. */
  readonly samplingRatio: number;
  readonly fullyConnectedLayers: number;
  readonly fullyConnectedChannels: number;
  readonly boxWeights: BoxWeights;
  readonly smoothL1Beta: number;
  readonly classLossWeight: number;
  readonly boxLossWeight: number;
}

export interface MaskHeadConfig {
  readonly pooledSize: number;
  readonly samplingRatio: number;
  readonly convolutions: number;
  readonly channels: number;
  /** How fine the masks are: a grid of twice the pooled size, or of four times. */
  readonly head: { readonly kind: "detectron2" } | FineMaskHeadConfig;
  readonly lossWeight: number;
}

/** See `regions/mask-fine-head.ts`. */
export interface FineMaskHeadConfig {
  readonly kind: "fine";
  /** Channels on the fine grid. */
  readonly detailChannels: number;
  /** 3x3 convolutions on the fine grid. */
  readonly refinements: number;
}

export interface RoiConfig {
  /** Overlap from which a proposal is an object. */
  readonly iouThreshold: number;
  readonly batchSizePerImage: number;
  readonly positiveFraction: number;
  /** Add the true boxes to the proposals of training. */
  readonly appendTruth: boolean;
  /** A box of this side in pixels is pooled from the canonical level. */
  readonly canonicalBoxSize: number;
  readonly canonicalLevel: number;
  readonly box: BoxHeadConfig;
  readonly mask: MaskHeadConfig;
  /** Detections with a lower score are dropped. */
  readonly scoreThreshold: number;
  /** Within a class. */
  readonly nmsThreshold: number;
  readonly detectionsPerImage: number;
}

/** See `image-head.ts`. */
export interface ImageHeadConfig {
  readonly hiddenChannels: number;
  readonly lossWeight: number;
}

export interface MaskRcnnConfig {
  /** Names of the K object classes; background is index K. */
  readonly classes: readonly string[];
  /** Of blue, green and red, on a scale of 0 to 255. */
  readonly pixelMean: readonly [blue: number, green: number, red: number];
  /**
   * What the three channels hold: three times the radiograph, as published weights want it, or the
   * radiograph and two bands of its detail (`detail.ts`), for training without weights.
   */
  readonly channels: "grey" | "detail";
  /** Height and width of a batch are multiples of this. */
  readonly sizeDivisibility: number;
  readonly backbone: BackboneConfig;
  readonly anchors: AnchorConfig;
  readonly rpn: RpnConfig;
  readonly roi: RoiConfig;
  /** Null in Detectron2's network, which says nothing of an image as a whole. */
  readonly imageHead: ImageHeadConfig | null;
  /**
   * The class that stands for a sound bone: an object that is learned, and compared with the others,
   * but never a finding. Null where a radiograph without objects is what is sound.
   */
  readonly soundClass: string | null;
}

/** Detectron2's Mask R-CNN R50-FPN for some classes. */
export function detectron2Config(classes: readonly string[]): MaskRcnnConfig {
  return {
    classes,
    pixelMean: [103.53, 116.28, 123.675],
    channels: "grey",
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
    },
    imageHead: null,
    soundClass: null,
  };
}
