/** The networks that can be trained, told apart by `kind`: `model` of a recipe. */
import { z } from "zod";
import { classificationConfigSchema } from "./classification-config.ts";
import { maskRcnnConfigSchema } from "./mask-rcnn-config.ts";
import { segmentationConfigSchema } from "./segmentation-config.ts";

export const modelConfigSchema = z.discriminatedUnion("kind", [
  maskRcnnConfigSchema,
  segmentationConfigSchema,
  classificationConfigSchema,
]);
export type ModelConfig = z.infer<typeof modelConfigSchema>;
