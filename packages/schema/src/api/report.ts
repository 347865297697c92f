/** Reports of a study's tests, and the cases behind their figures, for those who run the study. */
import { z } from "zod";
import { findingSchema, polygonSchema } from "../finding.ts";
import { viewSchema } from "../image.ts";
import { caseImageSchema, imageKeySchema } from "./case.ts";

/** The name of its folder in the study's `reports/`. */
export const reportIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/, {
  error: "expected the name of a report's folder; GET /api/reports lists them",
});

const count = z.int().nonnegative();

/** `GET /api/reports`: the newest first. */
export const reportsSchema = z.strictObject({
  reports: z.array(
    z.strictObject({
      id: reportIdSchema,
      title: z.string(),
      subtitle: z.string(),
      generatedAt: z.string(),
      tests: z.array(z.strictObject({ name: z.string(), patients: count, right: count })),
    }),
  ),
});
export type Reports = z.infer<typeof reportsSchema>;

/** `GET /api/reports/:id`: whom its page speaks of, by test and place. */
export const reportSchema = z.strictObject({
  title: z.string(),
  tests: z.array(z.strictObject({ id: z.string(), patients: z.array(z.string()) })),
});
export type Report = z.infer<typeof reportSchema>;

/** The patient's name in the study. */
export const reportPatientSchema = z.string().min(1).max(200);

/** What a detector says of a case, on its radiographs. */
export const shownFindingSchema = findingSchema.extend({
  image: imageKeySchema,
  /** Null where the model gives none. */
  score: findingSchema.shape.score.nullable(),
});
export type ShownFinding = z.infer<typeof shownFindingSchema>;

/** `GET /api/reports/:id/cases/:patient` */
export const reportCaseSchema = z.strictObject({
  patient: z.string(),
  /** The end of the patient's name, by which the report speaks of it. */
  label: z.string(),
  /** Among the patients of the report. */
  place: z.int().positive(),
  of: z.int().positive(),
  previous: z.string().nullable(),
  next: z.string().nullable(),
  truth: z.string(),
  called: z.string(),
  scores: z.record(z.string(), z.number()),
  images: z.array(caseImageSchema),
  missing: z.array(viewSchema),
  truths: z.array(
    z.strictObject({ image: imageKeySchema, class: z.string(), polygons: z.array(polygonSchema) }),
  ),
  findings: z.array(shownFindingSchema),
});
export type ReportCase = z.infer<typeof reportCaseSchema>;
