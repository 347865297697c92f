/** Time and effort of drawing, by annotator and arm. For those who run the study, never for annotators. */
import { z } from "zod";
import { assistanceArmSchema } from "../assistance.ts";
import { estimateSchema } from "../proportion.ts";

const count = z.int().nonnegative();

/** One annotator's drawing of one radiograph, as far as anybody measured it. */
export const drawingEffortSchema = z.strictObject({
  image: z.string(),
  patient: z.string(),
  annotator: z.string(),
  /** Null for a case that was given out before there were arms. */
  arm: assistanceArmSchema.nullable(),
  seconds: z.number().nonnegative().nullable(),
  /** Outlines and lines that it ended with. */
  objects: count,
  /** Mean distance that mended proposals were moved; null where none was mended. */
  movedMm: z.number().nonnegative().nullable(),
});
export type DrawingEffort = z.infer<typeof drawingEffortSchema>;

const effortSummarySchema = z.strictObject({
  drawings: count,
  patients: count,
  /** Means of a drawing, with intervals over patients. */
  seconds: estimateSchema,
  objects: estimateSchema,
  movedMm: estimateSchema,
});
export type EffortSummary = z.infer<typeof effortSummarySchema>;

export const drawingTimesSchema = z.strictObject({
  /** In the order of the study's people; an arm without a drawing is left out. */
  rows: z.array(
    effortSummarySchema.extend({
      annotator: z.string(),
      arm: assistanceArmSchema.nullable(),
    }),
  ),
  /** Of all annotators. */
  arms: z.array(effortSummarySchema.extend({ arm: assistanceArmSchema })),
  /** Seconds of a drawing with proposals less those of one without. */
  difference: estimateSchema,
});
export type DrawingTimes = z.infer<typeof drawingTimesSchema>;

/** `GET /api/drawing-times` */
export const namedDrawingTimesSchema = drawingTimesSchema.extend({
  names: z.record(z.string(), z.string()),
});
