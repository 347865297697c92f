/** Annotations of a radiograph, and what annotators make of a model's proposals (`prelabel.ts`). */
import { z } from "zod";
import { polygonSchema } from "./finding.ts";

/** The structure that every protocol has beside its own: the line of the fracture. */
export const FRACTURE = "fracture";

/** How well the fracture shows on one radiograph: the grades of the study that is followed. */
export const visibilitySchema = z.enum(["easy", "difficult", "impossible"]);
export type Visibility = z.infer<typeof visibilitySchema>;

/** The grades of 0.1.0, which are in its exports and in files of others who graded by them. */
const EARLIER_GRADES: ReadonlyMap<string, Visibility> = new Map([
  ["obvious", "easy"],
  ["visible", "easy"],
  ["subtle", "difficult"],
]);

/** A grade as a file of annotations has it, in any letters; null for a word that is none. */
export function readVisibility(written: string): Visibility | null {
  const word = written.trim().toLowerCase();
  return visibilitySchema.safeParse(word).data ?? EARLIER_GRADES.get(word) ?? null;
}

/** An open line with the width to which it is drawn. */
export const widenedLineSchema = z.strictObject({
  /** `[x0, y0, x1, y1, …]` in pixels of the image, at least two points. */
  points: z
    .array(z.number())
    .min(4, { error: "expected a line of at least 2 points (4 numbers)" })
    .refine((numbers) => numbers.length % 2 === 0, {
      error: "expected a line with as many y as x, got an odd number of coordinates",
    }),
  widthMm: z.number().positive(),
});
export type WidenedLine = z.infer<typeof widenedLineSchema>;

/** One structure on one radiograph: the union of its rings and widened lines. */
export const outlineSchema = z
  .strictObject({
    /** `fracture`, a structure of the protocol, or its class of no fracture. */
    structure: z.string().min(1),
    polygons: z.array(polygonSchema),
    lines: z.array(widenedLineSchema).optional(),
  })
  .refine(({ polygons, lines }) => polygons.length + (lines?.length ?? 0) > 0, {
    error: "expected at least one polygon or line",
  });
export type Outline = z.infer<typeof outlineSchema>;

/** Each structure at most once: its parts stand together. */
const outlinesSchema = z
  .array(outlineSchema)
  .refine((all) => new Set(all.map(({ structure }) => structure)).size === all.length, {
    error: "expected every structure once, with all its parts",
  });

export const imageIdSchema = z.string().regex(/^[0-9a-f]{64}$/, {
  error: "expected the SHA-256 of an image, 64 hexadecimal digits",
});

const prelabelIdSchema = z.int().positive();
const acceptanceSchema = z.enum(["accepted", "mended", "rejected"]);
export type Acceptance = z.infer<typeof acceptanceSchema>;

/** Why a shape was rejected: it is elsewhere, it is something else, or there is nothing. */
export const rejectionSchema = z.enum(["place", "structure", "nothing there"]);
export type Rejection = z.infer<typeof rejectionSchema>;

/** What an annotator made of one of a model's proposals. */
export const proposalDecisionSchema = z.discriminatedUnion("of", [
  z.strictObject({
    of: z.literal("shape"),
    prelabel: prelabelIdSchema,
    structure: z.string().min(1),
    /** Drawn as proposed, drawn otherwise beginning with it, or drawn without it or not at all. */
    is: acceptanceSchema,
    why: rejectionSchema.optional(),
  }),
  z.strictObject({
    of: z.literal("class"),
    prelabel: prelabelIdSchema,
    is: acceptanceSchema,
    /** The class in the annotator's eyes; null where a rejection names none. */
    class: z.string().min(1).nullable(),
  }),
]);
export type ProposalDecision = z.infer<typeof proposalDecisionSchema>;

export const annotationSchema = z.strictObject({
  image: imageIdSchema,
  annotator: z.string().min(1),
  /** Null on a radiograph of a case without fracture. */
  visibility: visibilitySchema.nullable(),
  outlines: outlinesSchema,
  /** The prelabel that it began with, by its number. */
  startedFrom: z.int().positive().optional(),
  /** When the annotator was shown a model's proposals. */
  proposals: z.enum(["at once", "after the first shape", "never"]).optional(),
  /** One a proposal that was shown. */
  decisions: z.array(proposalDecisionSchema).optional(),
  seconds: z.number().nonnegative().optional(),
});
export type Annotation = z.infer<typeof annotationSchema>;

/** What holds of an image whose annotators did not agree, and why. */
export const annotationAdjudicationSchema = z.strictObject({
  image: imageIdSchema,
  who: z.string().min(1),
  visibility: visibilitySchema.nullable(),
  outlines: outlinesSchema,
  why: z.string().min(1).max(500),
});
export type AnnotationAdjudication = z.infer<typeof annotationAdjudicationSchema>;

/** One structure as two annotators drew it. */
export const structureAgreementSchema = z.strictObject({
  structure: z.string().min(1),
  /** Of their masks; 0 where only one of them drew it. */
  iou: z.number().min(0).max(1),
});
export type StructureAgreement = z.infer<typeof structureAgreementSchema>;

export const truthHowSchema = z.enum(["agreed", "adjudicated", "single annotator"]);
export type TruthHow = z.infer<typeof truthHowSchema>;
