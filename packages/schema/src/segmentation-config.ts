/**
 * All that defines a DeepLabV3+ and what it is trained for, in one complete object, as
 * `mask-rcnn-config.ts` has it for Mask R-CNN: the paper's preliminary network that outlines bones and
 * fractures.
 */
import { z } from "zod";
import { mobileNetV2ConfigSchema } from "./mobilenet-v2-config.ts";
import { networkInput, publishedInput } from "./network-input.ts";

const size = z.int().positive();

const structure = z.strictObject({
  /** As a category of the annotations is called. */
  name: z.string().min(1),
  /** The structure, painted before, of which it is a part. */
  within: z.string().nullable(),
});
export type Structure = Readonly<z.infer<typeof structure>>;

const aspp = z.strictObject({
  /** Of every branch, and of the result. */
  channels: size,
  /** How far apart the taps of each 3x3 convolution stand, in cells. */
  rates: z.array(size).readonly(),
  separable: z.boolean(),
});
export type AsppConfig = z.infer<typeof aspp>;

const decoder = z.strictObject({
  /** To which the low map is narrowed. */
  lowChannels: size,
  channels: size,
  convolutions: z.int().nonnegative(),
});
export type DecoderConfig = z.infer<typeof decoder>;

const loss = z.strictObject({
  /** From how often a label occurs in the training set to its weight: see `weightsByPrevalence`; 0 weighs all alike. */
  prevalencePower: z.number().min(0).max(1),
  /** Of the cross-entropy: one for each structure, then the background's. A recipe's are filled in by its data. */
  classWeights: z.array(z.number().positive()).readonly(),
  diceWeight: z.number().nonnegative(),
});
export type SegmentationLossConfig = z.infer<typeof loss>;

/** What follows MobileNetV2 in a DeepLabV3+. */
export const segmentationLayers = {
  /** In the order in which they are painted, each over those before it. */
  structures: z.array(structure).min(1).readonly(),
  aspp,
  decoder,
};

export const segmentationConfigSchema = z.strictObject({
  kind: z.literal("segmentation"),
  ...networkInput,
  backbone: mobileNetV2ConfigSchema,
  ...segmentationLayers,
  /** The share of the pyramid's values that training leaves out. */
  dropout: z.number().min(0).lt(1),
  loss,
});
export type SegmentationConfig = z.infer<typeof segmentationConfigSchema>;

/** The bones that the paper's protocol names, and their fractures. */
export const ankleStructures: readonly Structure[] = [
  { name: "tibia", within: null },
  { name: "fibula", within: null },
  { name: "fracture", within: "fibula" },
];

/** As its authors have it for an output stride of 16, for weights in torchvision's form. */
export function deepLabConfig(
  structures: readonly Structure[] = ankleStructures,
): SegmentationConfig {
  return {
    kind: "segmentation",
    structures,
    ...publishedInput,
    backbone: { norm: "fixed", outputStride: 16, firstExpansion: false, freezeAt: 0 },
    aspp: { channels: 256, rates: [6, 12, 18], separable: true },
    dropout: 0.1,
    decoder: { lowChannels: 48, channels: 256, convolutions: 2 },
    loss: { prevalencePower: 0, classWeights: [...structures, null].map(() => 1), diceWeight: 1 },
  };
}
