/**
 * What a server and the process that analyses for it tell one another. Of the inference service radiographs go by the
 * pipe between them, and never to the disk in the clear; of the reading room, where they are on it for as long as
 * somebody looks at them, the process is told where.
 */
import { imageSchema } from "@malleolus/schema";
import { z } from "zod";
import { liveResultSchema } from "./inbox/live-study.ts";

const bytesSchema = z.instanceof(Uint8Array);

const analyseSchema = z.strictObject({
  order: z.literal("analyse"),
  id: z.string(),
  /** Of one study, in its order. */
  images: z.array(z.strictObject({ sopInstance: z.string(), bytes: bytesSchema })).min(1),
  /** Instances of an earlier analysis whose report this one stands in for; null where there is none. */
  predecessor: z.array(z.string()).nullable(),
});

const lookSchema = z.strictObject({
  order: z.literal("look"),
  id: z.string(),
  /** Files of one patient, in their order. */
  paths: z.array(z.string()).min(1),
});

export const analysisOrderSchema = z.discriminatedUnion("order", [analyseSchema, lookSchema]);
export type AnalysisOrder = z.infer<typeof analysisOrderSchema>;
export type OrderToAnalyse = z.infer<typeof analyseSchema>;
export type OrderToLook = z.infer<typeof lookSchema>;

const analysedObjectSchema = z.strictObject({
  kind: z.enum(["segmentation", "presentation", "picture", "report"]),
  sopInstance: z.string(),
  bytes: bytesSchema,
});

export const analysisNewsSchema = z.discriminatedUnion("news", [
  /** The model is in memory, and has run once. */
  z.strictObject({
    news: z.literal("ready"),
    modelSha256: z.string(),
  }),
  z.strictObject({
    news: z.literal("progress"),
    id: z.string(),
    done: z.number(),
    total: z.number(),
  }),
  z.strictObject({
    news: z.literal("analysed"),
    id: z.string(),
    result: liveResultSchema,
    objects: z.array(analysedObjectSchema),
  }),
  z.strictObject({
    news: z.literal("looked"),
    id: z.string(),
    result: liveResultSchema,
    /** What the files say of each radiograph. */
    facts: z.array(
      imageSchema
        .pick({ side: true, pixelSpacingMm: true, spacingSource: true })
        .extend({ notes: z.array(z.string()) }),
    ),
  }),
  /** The radiographs cannot be analysed, now or later. */
  z.strictObject({ news: z.literal("refused"), id: z.string(), reason: z.string() }),
]);
export type AnalysisNews = z.infer<typeof analysisNewsSchema>;
