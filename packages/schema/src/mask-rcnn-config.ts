/**
 * All that defines a Mask R-CNN, in one complete object: it is saved in every checkpoint, and no
 * default hides anywhere else. What a recipe or a checkpoint says must be complete, and a key that is
 * not known is an error. Not here: how it is trained (`recipe.ts`) and how an image is brought to the
 * network's size (`preprocess.ts` says to which, `imaging` does it).
 *
 * It has no version of its own: it stands only in files that have one, recipes, states of checkpoints
 * and detectors.
 */
import { z } from "zod";

const share = z.number().min(0).max(1);
const size = z.int().positive();
const weight = z.number().nonnegative();
/** How many boxes go on, in training and in detection. */
const topK = z.strictObject({ train: size, test: size }).readonly();

/** Of x, y, width and height. */
const boxWeights = z
  .tuple([
    z.number().positive(),
    z.number().positive(),
    z.number().positive(),
    z.number().positive(),
  ])
  .readonly();
export type BoxWeights = z.infer<typeof boxWeights>;

/** Stages of the residual network that can carry norms of their own statistics. */
const stageName = z.enum(["res2", "res3", "res4", "res5"]);
export type StageName = z.infer<typeof stageName>;

const residual = z.strictObject({
  /** Left out before there was a choice. */
  kind: z.literal("resnet").optional(),
  /** Layers; 26 is for what has to be trained in minutes. */
  depth: z.union([z.literal(26), z.literal(50), z.literal(101)]),
  /** Channels of the stem and of res2's bottlenecks; every stage doubles them. */
  width: size,
  /**
   * `frozen`: batch norm whose statistics come from the weights and never move. `group`: group
   * norm with 32 groups, for training without weights.
   */
  norm: z.enum(["frozen", "group"]),
  /**
   * Stages whose frozen norms have statistics measured on the training images instead of the
   * file's, and whose weight and bias train: those whose convolutions the weights lack.
   */
  trainedNorms: z.array(stageName).readonly(),
  /** In a block that halves the resolution: at the first 1x1 (MSRA), or at the 3x3 (torchvision). */
  strideIn1x1: z.boolean(),
  /** How many of stem, res2, … res5 never train. */
  freezeAt: z.int().min(0).max(5),
  /** Channels of every map of the pyramid. */
  fpnChannels: size,
});
export type ResNetConfig = z.infer<typeof residual>;

/** See `backbones/efficientnet-lite.ts` of the networks. */
const efficientNetLite = z.strictObject({
  kind: z.literal("efficientnet-lite2"),
  /** As a ResNet's, but that the scales and shifts of what trains train, too; groups are of eight channels. */
  norm: z.enum(["frozen", "group"]),
  /** How many of the stem and its 21 blocks never train. */
  freezeAt: z.int().min(0).max(22),
  /** As a ResNet's. */
  fpnChannels: size,
});
export type EfficientNetLiteConfig = z.infer<typeof efficientNetLite>;

/** What sees, and the pyramid's width over it. */
const backbone = z.discriminatedUnion("kind", [residual, efficientNetLite], {
  error: ({ code, input }) =>
    code === "invalid_union"
      ? `expected "resnet" or "efficientnet-lite2", got ${kindOf(input)}; leave it out or write "resnet" for a ` +
        'ResNet, or write "efficientnet-lite2"'
      : undefined,
});
export type BackboneConfig = z.infer<typeof backbone>;

function kindOf(backbone: unknown): string {
  const isNamed = typeof backbone === "object" && backbone !== null && "kind" in backbone;
  return isNamed ? `"${backbone.kind}"` : "none";
}

/** p2, p3, … p6. */
export const PYRAMID_LEVELS = 5;

const anchors = z.strictObject({
  /** Side lengths in pixels of the square anchors, level by level (p2 to p6). */
  sizes: z
    .array(z.array(z.number().positive()).min(1).readonly())
    .length(PYRAMID_LEVELS)
    .readonly(),
  /** Height over width; area is kept. */
  aspectRatios: z.array(z.number().positive()).min(1).readonly(),
  /** Of the first anchor's centre from the corner of the image, in cells. */
  offset: z.number().min(0).max(1),
});
export type AnchorConfig = z.infer<typeof anchors>;

const rpn = z.strictObject({
  /** Overlap below the first is background, from the second on object; between them ignored. */
  iouThresholds: z.tuple([share, share]).readonly(),
  /** Also take for every truth the anchors that overlap it most. */
  lowQualityMatches: z.boolean(),
  batchSizePerImage: size,
  positiveFraction: share,
  /** Per level. */
  preNms: topK,
  /** Per image. */
  postNms: topK,
  nmsThreshold: share,
  /** Proposals with a side of at most this many pixels go. */
  minBoxSize: z.number().nonnegative(),
  boxWeights,
  /** Smooth L1; 0 is plain L1. */
  smoothL1Beta: z.number().nonnegative(),
  classLossWeight: weight,
  boxLossWeight: weight,
});
export type RpnConfig = z.infer<typeof rpn>;

const boxHead = z.strictObject({
  pooledSize: size,
  /** Samples per cell and direction; 0 adapts to the region's size. */
  samplingRatio: z.int().nonnegative(),
  fullyConnectedLayers: size,
  fullyConnectedChannels: size,
  boxWeights,
  smoothL1Beta: z.number().nonnegative(),
  classLossWeight: weight,
  boxLossWeight: weight,
});
export type BoxHeadConfig = z.infer<typeof boxHead>;

/** See `regions/mask-fine-head.ts` of the networks. */
const fineMaskHead = z.strictObject({
  kind: z.literal("fine"),
  /** Channels on the fine grid. */
  detailChannels: size,
  /** 3x3 convolutions on the fine grid. */
  refinements: z.int().min(0),
});
export type FineMaskHeadConfig = z.infer<typeof fineMaskHead>;

const maskHead = z.strictObject({
  pooledSize: size,
  samplingRatio: z.int().nonnegative(),
  convolutions: z.int().nonnegative(),
  channels: size,
  /**
   * How fine the masks are: a grid of twice the pooled size (Detectron2's), or of four times.
   */
  head: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("detectron2") }),
    fineMaskHead,
  ]),
  lossWeight: weight,
});
export type MaskHeadConfig = z.infer<typeof maskHead>;

/** See `regions/second-box-head.ts` of the networks. */
const secondBoxHead = z.strictObject({
  /** Overlap from which what the first head has made of a region is an object. */
  iouThreshold: share,
  boxWeights,
  lossWeight: weight,
});

const roi = z.strictObject({
  /** Overlap from which a proposal is an object. */
  iouThreshold: share,
  batchSizePerImage: size,
  positiveFraction: share,
  /** Add the true boxes to the proposals of training. */
  appendTruth: z.boolean(),
  /** A box of this side in pixels is pooled from the canonical level. */
  canonicalBoxSize: z.number().positive(),
  canonicalLevel: z.int(),
  box: boxHead,
  mask: maskHead,
  /** Detections with a lower score are dropped. */
  scoreThreshold: share,
  /** Within a class. */
  nmsThreshold: share,
  detectionsPerImage: size,
  /**
   * How often a detection's box goes through the box head: once in Detectron2, and before there was a
   * choice; more often is iterative regression. In detection alone. Nothing is suppressed again after it.
   */
  boxRegressions: z.int().min(1).max(4).default(1),
  /**
   * A head of its own, through which every detection's box goes at the end; null in Detectron2's Mask R-CNN, and
   * before there was a choice. It learns from boxes that went through the first head once, whatever `boxRegressions` says.
   */
  secondBoxHead: secondBoxHead.nullable().default(null),
});
export type RoiConfig = z.infer<typeof roi>;

/** See `image-head.ts` of the networks. */
const imageHead = z.strictObject({
  hiddenChannels: size,
  lossWeight: weight,
  /**
   * Whether scores are multiplied by the probability that the image shows their class; they were not
   * before there was a choice.
   */
  weighsScores: z.boolean().default(false),
});

export const maskRcnnConfigSchema = z.strictObject({
  kind: z.literal("mask-rcnn"),
  /** Names of the K object classes; background is index K. */
  classes: z.array(z.string().min(1)).min(1).readonly(),
  /** Of blue, green and red, on a scale of 0 to 255. */
  pixelMean: z.tuple([z.number(), z.number(), z.number()]).readonly(),
  /**
   * What the three channels hold: three times the radiograph, as published weights want it, or the
   * radiograph and two bands of its detail, for training without weights.
   */
  channels: z.enum(["gray", "detail"]),
  /** Height and width of a batch are multiples of this. */
  sizeDivisibility: z.int().positive().multipleOf(32),
  backbone,
  anchors,
  rpn,
  roi,
  /** Null in Detectron2's network, which says nothing of an image as a whole. */
  imageHead: imageHead.nullable(),
  /**
   * The class that stands for a sound bone: an object that is learned, and compared with the others,
   * but never a finding. Null if sound means a radiograph without objects.
   */
  soundClass: z.string().min(1).nullable(),
});
export type MaskRcnnConfig = z.infer<typeof maskRcnnConfigSchema>;
/** One that is known to stand on a ResNet. */
export type ResNetMaskRcnnConfig = MaskRcnnConfig & { readonly backbone: ResNetConfig };

/** How many cells a mask has along a side. */
export function maskSide({ roi: { mask } }: MaskRcnnConfig): number {
  return mask.pooledSize * (mask.head.kind === "fine" ? 4 : 2);
}
