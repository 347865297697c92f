/**
 * What both annotators have submitted, for a senior to settle: cases with the worst disagreement first, and of each
 * radiograph both drawings without names, in an order of its own.
 */
import { z } from "zod";
import {
  outlineSchema,
  structureAgreementSchema,
  truthHowSchema,
  visibilitySchema,
} from "../annotation.ts";
import { drawnShapeSchema } from "../annotation-draft.ts";
import { viewSchema } from "../image.ts";
import { annotatingCaseSchema } from "./annotating.ts";
import { imageKeySchema, requestIdSchema } from "./case.ts";
import { caseCodeSchema } from "./worklist.ts";

const count = z.int().nonnegative();

export const settlingEntrySchema = z.strictObject({
  code: caseCodeSchema,
  label: z.string(),
  views: z.array(viewSchema.nullable()),
  /** Radiographs on which the annotators differ, and on which they agree; settled ones are in neither. */
  differing: count,
  agreeing: count,
  /** Of the structure with the least overlap. */
  worstIou: z.number().min(0).max(1).nullable(),
});
export type SettlingEntry = z.infer<typeof settlingEntrySchema>;

/** `GET /api/settling` */
export const settlingListSchema = z.strictObject({ entries: z.array(settlingEntrySchema) });

export const settlingDrawingSchema = z.strictObject({
  visibility: visibilitySchema.nullable(),
  outlines: z.array(outlineSchema),
});
export type SettlingDrawing = z.infer<typeof settlingDrawingSchema>;

export const settlingRadiographSchema = z.strictObject({
  image: imageKeySchema,
  /** How it was settled; null while it is open. */
  settled: truthHowSchema.nullable(),
  /** Whether the overlap is less than the protocol asks for. */
  differs: z.boolean(),
  /** Worst first. */
  agreement: z.array(structureAgreementSchema),
  /** Two while it is open; the truth alone once it is settled. */
  drawings: z.array(settlingDrawingSchema),
});
export type SettlingRadiograph = z.infer<typeof settlingRadiographSchema>;

/** `GET /api/settling/:code` */
export const settlingCaseSchema = z.strictObject({
  /** As an annotator begins with it: no proposal and nothing drawn. */
  case: annotatingCaseSchema,
  radiographs: z.array(settlingRadiographSchema),
});
export type SettlingCase = z.infer<typeof settlingCaseSchema>;

/** `POST /api/settling/:code/decisions`: one of the drawings as it is, by its place, or what a senior made of them. */
export const settlingDecisionSchema = z.strictObject({
  requestId: requestIdSchema,
  image: imageKeySchema,
  reason: z.string().trim().min(1).max(500),
  take: z.discriminatedUnion("what", [
    z.strictObject({ what: z.literal("drawing"), place: z.union([z.literal(0), z.literal(1)]) }),
    z.strictObject({
      what: z.literal("own"),
      visibility: visibilitySchema.nullable(),
      shapes: z.array(drawnShapeSchema).max(500),
    }),
  ]),
});
export type SettlingDecision = z.infer<typeof settlingDecisionSchema>;

/** `POST /api/settling/agreed`: settles every radiograph on which the annotators agree. */
export const settleAgreedSchema = z.strictObject({ requestId: requestIdSchema });
export const settledAgreedSchema = z.strictObject({ settled: count, differing: count });
