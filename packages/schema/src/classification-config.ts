/**
 * All that defines a MobileNetV2 as a classifier and what it is trained for, in one complete object: the
 * paper's preliminary network that says which fracture, if any, a radiograph shows.
 */
import { z } from "zod";
import { mobileNetV2ConfigSchema } from "./mobilenet-v2-config.ts";
import { networkInput, publishedInput } from "./network-input.ts";
import { segmentationLayers } from "./segmentation-config.ts";

/** How a radiograph's map becomes one list of features. */
const pooling = z.discriminatedUnion("kind", [
  /** The mean over the radiograph, as torchvision's. */
  z.strictObject({ kind: z.literal("mean") }),
  /**
   * Of each structure the mean over where a segmentation finds it. The segmentation is trained before, and
   * stays as it is: one pass then serves both.
   */
  z.strictObject({ kind: z.literal("structures"), ...segmentationLayers }),
]);
export type StructurePooling = Readonly<Extract<z.infer<typeof pooling>, { kind: "structures" }>>;

export const classificationConfigSchema = z.strictObject({
  kind: z.literal("classification"),
  /** Of which a radiograph is one. Empty in a recipe whose data say which. */
  classes: z.array(z.string().min(1)).readonly(),
  ...networkInput,
  backbone: mobileNetV2ConfigSchema,
  pooling,
  /** The share of an image's features that training leaves out. */
  dropout: z.number().min(0).lt(1),
  /** From how often a class occurs in the training set to its weight: see `weightsByPrevalence`; 0 weighs all alike. */
  prevalencePower: z.number().min(0).max(1),
  /** Of the cross-entropy, one a class. A recipe's are filled in by its data. */
  classWeights: z.array(z.number().positive()).readonly(),
});
export type ClassificationConfig = z.infer<typeof classificationConfigSchema>;

/** torchvision's, for weights in its form. */
export function classifierConfig(classes: readonly string[]): ClassificationConfig {
  return {
    kind: "classification",
    classes,
    ...publishedInput,
    backbone: { norm: "fixed", outputStride: 32, firstExpansion: false, freezeAt: 0 },
    pooling: { kind: "mean" },
    dropout: 0.2,
    prevalencePower: 0,
    classWeights: classes.map(() => 1),
  };
}
