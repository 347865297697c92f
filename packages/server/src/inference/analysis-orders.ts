/**
 * What the service and the process that analyses for it tell one another. Radiographs go by the pipe between them,
 * and never to the disk in the clear.
 */
import { z } from "zod";
import { liveResultSchema } from "./inbox/live-study.ts";

const bytesSchema = z.instanceof(Uint8Array);

export const analysisOrderSchema = z.strictObject({
  order: z.literal("analyse"),
  id: z.string(),
  /** Of one study, in its order. */
  images: z.array(z.strictObject({ sopInstance: z.string(), bytes: bytesSchema })).min(1),
  /** Instances of an earlier analysis whose report this one stands in for; null where there is none. */
  predecessor: z.array(z.string()).nullable(),
});
export type AnalysisOrder = z.infer<typeof analysisOrderSchema>;

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
  /** The radiographs cannot be analysed, now or later. */
  z.strictObject({ news: z.literal("refused"), id: z.string(), reason: z.string() }),
]);
export type AnalysisNews = z.infer<typeof analysisNewsSchema>;
