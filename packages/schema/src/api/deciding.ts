/**
 * Cases on whose class their readers differ, for whoever decides: a senior whose own view is kept before the
 * readings are shown, or the reference panel in its meeting. Readings come without names, in an order of the case's.
 */
import { z } from "zod";
import { decisionSchema } from "../reading.ts";
import { certaintySchema } from "../reading-content.ts";
import { caseSchema, requestIdSchema } from "./case.ts";
import { worklistEntrySchema } from "./worklist.ts";

/** A senior's decision on what observers read, and the panel's talk on a test case. */
const decidingKindSchema = z.enum(["adjudication", "consensus"]);
export type DecidingKind = z.infer<typeof decidingKindSchema>;

export const decidingEntrySchema = worklistEntrySchema
  .pick({ code: true, label: true, views: true })
  .extend({ kind: decidingKindSchema });
export type DecidingEntry = z.infer<typeof decidingEntrySchema>;

/** `GET /api/deciding` */
export const decidingListSchema = z.strictObject({ entries: z.array(decidingEntrySchema) });

export const decidingReadingSchema = z.strictObject({
  decision: decisionSchema,
  certainty: certaintySchema.nullable(),
  note: z.string().nullable(),
});
export type DecidingReading = z.infer<typeof decidingReadingSchema>;

/** `GET /api/deciding/:code` */
export const decidingCaseSchema = z.strictObject({
  kind: decidingKindSchema,
  /** As a reader begins with it: no finding, and nothing said. */
  case: caseSchema,
  /** What the senior saw before the readings were shown; null before, and in a panel's meeting. */
  ownView: decisionSchema.nullable(),
  /** Null as long as the own view is not recorded. */
  readings: z.array(decidingReadingSchema).nullable(),
});
export type DecidingCase = z.infer<typeof decidingCaseSchema>;

/** `POST /api/deciding/:code/own-view`: once; the readings are shown afterwards. */
export const ownViewRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  decision: decisionSchema,
  seconds: z.number().nonnegative(),
});
export type OwnViewRequest = z.infer<typeof ownViewRequestSchema>;

/** `POST /api/deciding/:code/decision`: what holds, and why; of a meeting, its minutes. */
export const decidingRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  decision: decisionSchema,
  reason: z.string().trim().min(1).max(500),
});
