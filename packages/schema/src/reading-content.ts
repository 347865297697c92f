/**
 * What a reader says of a case in the reading room: decision, certainty, visibility, measurements.
 * Parts that are not decided are left out; a submitted reading has its decision, and its certainty where
 * the decision is a class.
 */
import { z } from "zod";
import { visibilitySchema } from "./annotation.ts";
import { viewSchema } from "./image.ts";
import { saidLabelsSchema } from "./labels.ts";
import { decisionSchema } from "./reading.ts";

/** 1 possible to 5 certain: how sure the reader is of the class. */
export const certaintySchema = z.int().min(1).max(5);
export type Certainty = z.infer<typeof certaintySchema>;

/** The five steps, in words. */
export const CERTAINTY_NAMES = [
  "possible",
  "rather",
  "probable",
  "very probable",
  "certain",
] as const;

/**
 * What is measured between points: a `length` (2 points); an `angle` at the second of 3 points; the
 * angle `between lines` (4 points: two lines of two); the `perpendicular` distance of the third point
 * from the line through the first two.
 */
export const measurementFormSchema = z.enum(["length", "angle", "between lines", "perpendicular"]);
export type MeasurementForm = z.infer<typeof measurementFormSchema>;

/** How many points a form has. */
export const MEASUREMENT_POINTS: Readonly<Record<MeasurementForm, number>> = {
  length: 2,
  angle: 3,
  "between lines": 4,
  perpendicular: 3,
};

/** A measurement with a meaning: part of a protocol. */
export const measurementRuleSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9_-]*$/, {
      error: "expected small letters, digits, - and _, a letter first",
    }),
    name: z.string().min(1),
    form: measurementFormSchema,
    /** What to click, in order: the status line names the next. */
    landmarks: z.array(z.string().min(1)),
    /** Where it can be measured; everywhere without it. */
    views: z.array(viewSchema).optional(),
  })
  .refine(({ form, landmarks }) => landmarks.length === MEASUREMENT_POINTS[form], {
    error: "expected a landmark for every point of the form",
    path: ["landmarks"],
  });
export type MeasurementRule = z.infer<typeof measurementRuleSchema>;

const pointSchema = z.tuple([z.number(), z.number()]).readonly();

/** One measurement on one radiograph. What it comes to follows from it and the radiograph's spacing. */
export const measurementSchema = z
  .strictObject({
    /** The radiograph: in the API its key there, in the study its SHA-256. */
    image: z.string().regex(/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/),
    /** Of the protocol; null for a free one. */
    rule: z.string().nullable(),
    form: measurementFormSchema,
    /** In pixels of the full size. */
    points: z.array(pointSchema),
  })
  .refine(({ form, points }) => points.length === MEASUREMENT_POINTS[form], {
    error: "expected as many points as the form has",
    path: ["points"],
  });
export type Measurement = z.infer<typeof measurementSchema>;

/** Under what the case was read. */
export const readingConditionsSchema = z.strictObject({
  screenWidth: z.int().positive(),
  screenHeight: z.int().positive(),
  pixelRatio: z.number().positive(),
  /** Screen pixels a radiograph's pixel, at most. */
  greatestZoom: z.number().positive().optional(),
  inverted: z.boolean().optional(),
  /** How often a model's findings were hidden or shown again, where there were any. */
  modelToggles: z.int().nonnegative().optional(),
});
export type ReadingConditions = z.infer<typeof readingConditionsSchema>;

/** How well the fracture shows, by radiograph. */
export const visibilityByImageSchema = z.record(
  z.string().regex(/^[0-9a-f]{32}$|^[0-9a-f]{64}$/),
  visibilitySchema,
);
export type VisibilityByImage = z.infer<typeof visibilityByImageSchema>;

export const readingContentSchema = z.strictObject({
  decision: decisionSchema.optional(),
  certainty: certaintySchema.optional(),
  visibility: visibilityByImageSchema.optional(),
  /** Of the protocol, by label. */
  labels: saidLabelsSchema.optional(),
  note: z.string().max(500).optional(),
  measurements: z.array(measurementSchema).max(100).optional(),
  /** Time spent on it, without pauses. */
  seconds: z.number().nonnegative().optional(),
  conditions: readingConditionsSchema.optional(),
});
export type ReadingContent = z.infer<typeof readingContentSchema>;
