/**
 * What an annotator has drawn of a case so far, shape by shape: the draft that the reading room saves. An
 * annotation (`annotation.ts`) is what it comes to when it is submitted, radiograph by radiograph.
 */
import { z } from "zod";
import { rejectionSchema } from "./annotation.ts";
import { visibilityByImageSchema } from "./reading-content.ts";

/** The radiograph: in the API its key there, in the study its SHA-256. */
const imageNameSchema = z.string().regex(/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/);

/** Made by the page; unique within the case. */
const shapeIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** `[x0, y0, x1, y1, …]` in pixels of the full size. */
const pointsSchema = z
  .array(z.number())
  .max(20_000)
  .refine((numbers) => numbers.length % 2 === 0, { error: "expected as many y as x" })
  .readonly();

/** One closed outline, or one open line with a width: a part of a structure. */
export const drawnShapeSchema = z
  .strictObject({
    id: shapeIdSchema,
    image: imageNameSchema,
    structure: z.string().min(1),
    form: z.enum(["polygon", "line"]),
    points: pointsSchema,
    /** Of a line; null for a polygon. */
    widthMm: z.number().positive().nullable(),
    /** Its place among the case's shapes, from below. */
    order: z.number(),
    locked: z.boolean(),
    /** The annotator's own doubt. */
    doubtful: z.boolean(),
    /** Shapes that it was split or joined from. */
    parents: z.array(shapeIdSchema).readonly(),
    /** The proposal that it began with; null for one's own. */
    offer: z.string().max(200).nullable(),
  })
  .readonly()
  .refine(({ form, points }) => points.length >= (form === "polygon" ? 6 : 4), {
    error: "expected at least 3 points of a polygon, 2 of a line",
    path: ["points"],
  })
  .refine(({ form, widthMm }) => (form === "line") === (widthMm !== null), {
    error: "expected a width of a line, and none of a polygon",
    path: ["widthMm"],
  });
export type DrawnShape = z.infer<typeof drawnShapeSchema>;

/** An outline that was begun and put aside: nothing of it counts as drawn. */
export const parkedDrawingSchema = z
  .strictObject({
    id: shapeIdSchema,
    image: imageNameSchema,
    structure: z.string().min(1),
    /** The tool that goes on with it. */
    tool: z.enum(["polygon", "line"]),
    points: pointsSchema,
  })
  .readonly();
export type ParkedDrawing = z.infer<typeof parkedDrawingSchema>;

/** The key of a proposal: its prelabel's number and its structure. */
export function offerKey(prelabel: number, structure: string): string {
  return `${prelabel} ${structure}`;
}

export const offerDecisionSchema = z
  .strictObject({
    /** `offerKey`. */
    offer: z.string().max(200),
    is: z.enum(["accepted", "mended", "rejected"]),
    why: rejectionSchema.optional(),
  })
  .readonly();
export type OfferDecision = z.infer<typeof offerDecisionSchema>;

/** A shape that gave way where the same one was changed in two places. */
export const setAsideSchema = z
  .strictObject({ shape: drawnShapeSchema, at: z.string() })
  .readonly();
export type SetAside = z.infer<typeof setAsideSchema>;

export const annotationContentSchema = z
  .strictObject({
    shapes: z.array(drawnShapeSchema).max(500).readonly(),
    parked: z.array(parkedDrawingSchema).max(100).readonly(),
    decisions: z.array(offerDecisionSchema).max(200).readonly(),
    visibility: visibilityByImageSchema,
    setAside: z.array(setAsideSchema).max(200).readonly(),
    /** Time spent on each radiograph, without pauses. */
    seconds: z.record(imageNameSchema, z.number().nonnegative()),
  })
  .readonly();
export type AnnotationContent = z.infer<typeof annotationContentSchema>;

export const emptyAnnotation: AnnotationContent = {
  shapes: [],
  parked: [],
  decisions: [],
  visibility: {},
  setAside: [],
  seconds: {},
};
