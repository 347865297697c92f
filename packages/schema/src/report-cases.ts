/**
 * The cases behind a report, beside its page: `cases.jsonl`, the report itself in the first line, then a patient a
 * line. The reading room lists a report by it, and opens its cases with what holds and what was found.
 */
import { z } from "zod";
import { imageIdSchema } from "./annotation.ts";
import { findingSchema, polygonSchema } from "./finding.ts";

const count = z.int().nonnegative();

export const reportHeadSchema = z.strictObject({
  format: z.literal("malleolus-report-cases-1"),
  title: z.string(),
  subtitle: z.string(),
  generatedAt: z.string(),
  tests: z.array(
    z.strictObject({
      /** As the page calls it in its anchors. */
      id: z.string(),
      name: z.string(),
      /** In the order in which the page has them. */
      patients: z.array(z.string()),
      /** Whose class is right. */
      right: count,
    }),
  ),
});
export type ReportHead = z.infer<typeof reportHeadSchema>;

export const reportedPatientSchema = z.strictObject({
  patient: z.string().min(1),
  /** Classes: the one that holds, and the one that was called. */
  truth: z.string(),
  called: z.string(),
  scores: z.record(z.string(), z.number()),
  images: z.array(
    z.strictObject({
      image: imageIdSchema,
      /** What holds of it; null where nobody has outlined it. */
      truths: z
        .array(z.strictObject({ class: z.string(), polygons: z.array(polygonSchema) }))
        .nullable(),
      /** Those that are shown beside the patient's answer. */
      findings: z.array(findingSchema),
    }),
  ),
});
export type ReportedPatient = z.infer<typeof reportedPatientSchema>;
