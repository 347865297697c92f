/** The networks that can be trained, told apart by `kind`: `model` of a recipe. */
import { z } from "zod";
import { maskRcnnConfigSchema } from "./mask-rcnn-config.ts";

export const modelConfigSchema = z.discriminatedUnion("kind", [maskRcnnConfigSchema]);
export type ModelConfig = z.infer<typeof modelConfigSchema>;
