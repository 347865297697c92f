/**
 * `MaskRcnnConfig` from outside: what a recipe or a checkpoint says must be complete, and a key
 * that is not known is an error.
 */
import { z } from "zod";
import type { MaskRcnnConfig } from "./config.ts";

const share = z.number().min(0).max(1);
const size = z.int().positive();
const weight = z.number().nonnegative();
const topK = z.strictObject({ train: size, test: size }).readonly();
const boxWeights = z
  .tuple([
    z.number().positive(),
    z.number().positive(),
    z.number().positive(),
    z.number().positive(),
  ])
  .readonly();

const backbone = z.strictObject({
  depth: z.union([z.literal(26), z.literal(50), z.literal(101)]),
  width: size,
  norm: z.enum(["frozen", "group"]),
  trainedNorms: z.array(z.enum(["res2", "res3", "res4", "res5"])).readonly(),
  strideIn1x1: z.boolean(),
  freezeAt: z.int().min(0).max(5),
  fpnChannels: size,
});

const anchors = z.strictObject({
  sizes: z.array(z.array(z.number().positive()).min(1).readonly()).length(5).readonly(),
  aspectRatios: z.array(z.number().positive()).min(1).readonly(),
  offset: z.number().min(0).max(1),
});

const rpn = z.strictObject({
  iouThresholds: z.tuple([share, share]).readonly(),
  lowQualityMatches: z.boolean(),
  batchSizePerImage: size,
  positiveFraction: share,
  preNms: topK,
  postNms: topK,
  nmsThreshold: share,
  minBoxSize: z.number().nonnegative(),
  boxWeights,
  smoothL1Beta: z.number().nonnegative(),
  classLossWeight: weight,
  boxLossWeight: weight,
});

const maskHead = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("detectron2") }),
  z.strictObject({ kind: z.literal("fine"), detailChannels: size, refinements: z.int().min(0) }),
]);

const roi = z.strictObject({
  iouThreshold: share,
  batchSizePerImage: size,
  positiveFraction: share,
  appendTruth: z.boolean(),
  canonicalBoxSize: z.number().positive(),
  canonicalLevel: z.int(),
  box: z.strictObject({
    pooledSize: size,
    samplingRatio: z.int().nonnegative(),
    fullyConnectedLayers: size,
    fullyConnectedChannels: size,
    boxWeights,
    smoothL1Beta: z.number().nonnegative(),
    classLossWeight: weight,
    boxLossWeight: weight,
  }),
  mask: z.strictObject({
    pooledSize: size,
    samplingRatio: z.int().nonnegative(),
    convolutions: z.int().nonnegative(),
    channels: size,
    // Recipes and checkpoints from before there was a choice have none, and hold Detectron2's.
    head: maskHead.default({ kind: "detectron2" }),
    lossWeight: weight,
  }),
  scoreThreshold: share,
  nmsThreshold: share,
  detectionsPerImage: size,
});

const imageHead = z.strictObject({ hiddenChannels: size, lossWeight: weight });

export const maskRcnnConfigSchema: z.ZodType<MaskRcnnConfig> = z.strictObject({
  classes: z.array(z.string().min(1)).min(1).readonly(),
  pixelMean: z.tuple([z.number(), z.number(), z.number()]).readonly(),
  channels: z.enum(["grey", "detail"]),
  sizeDivisibility: z.int().positive().multipleOf(32),
  backbone,
  anchors,
  rpn,
  roi,
  // Recipes and checkpoints from before there were these have neither.
  imageHead: imageHead.nullable().default(null),
  soundClass: z.string().min(1).nullable().default(null),
});
