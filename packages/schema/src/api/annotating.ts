/**
 * A case as its annotator sees it, and what the annotator draws of it. No pseudonym, hospital, date, report,
 * reading or other annotation is in it; a model's proposals are, where the study lets this annotator see
 * them now.
 */
import { z } from "zod";
import { annotationContentSchema } from "../annotation-draft.ts";
import { viewSchema } from "../image.ts";
import { proposedShapeSchema } from "../prelabel.ts";
import { caseImageSchema, imageKeySchema, requestIdSchema } from "./case.ts";
import { caseCodeSchema } from "./worklist.ts";

/** One structure that a model proposes on one radiograph. */
export const offerSchema = proposedShapeSchema.extend({
  /** `offerKey` of its prelabel and structure. */
  key: z.string(),
  image: imageKeySchema,
});
export type Offer = z.infer<typeof offerSchema>;

/** When proposals are shown; `never` also where the case is drawn without. */
export const proposalTimeSchema = z.enum(["at once", "after the first shape", "never"]);
export type ProposalTime = z.infer<typeof proposalTimeSchema>;

export const offersSchema = z.strictObject({
  shown: proposalTimeSchema,
  offers: z.array(offerSchema),
});

export const commentSchema = z.strictObject({
  /** As it is shown: a name, or "Senior". */
  author: z.enum(["annotator", "senior"]),
  isOwn: z.boolean(),
  text: z.string(),
  at: z.string(),
});

/** What was said at a place of a radiograph; resolved ones stay. */
export const threadSchema = z.strictObject({
  /** Its number among the threads of this drawing. */
  id: z.int().positive(),
  image: imageKeySchema,
  /** In pixels of the full size. */
  x: z.number(),
  y: z.number(),
  comments: z.array(commentSchema),
  /** When it was resolved; null while it is open. */
  resolvedAt: z.string().nullable(),
});
export type Thread = z.infer<typeof threadSchema>;

/** `GET /api/annotating/:code` */
export const annotatingCaseSchema = z.strictObject({
  code: caseCodeSchema,
  label: z.string(),
  place: z.int().positive(),
  of: z.int().positive(),
  images: z.array(caseImageSchema),
  missing: z.array(viewSchema),
  state: z.enum(["new", "draft", "submitted"]),
  /** Whether there is a fracture to outline; its class is nobody's business here. */
  hasFracture: z.boolean(),
  /** What is drawn, the first in hand at the beginning. */
  structures: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** Width of a fracture's line, in millimetres. */
  fractureLineMm: z.number().positive(),
  proposals: offersSchema,
  /** What is drawn so far; stays once it is submitted. */
  draft: z
    .strictObject({
      version: z.int().nonnegative(),
      content: annotationContentSchema,
      savedAt: z.string(),
    })
    .nullable(),
  /** When it was submitted last; `revisable` as long as no radiograph of it has its truth. */
  submitted: z.strictObject({ at: z.string(), revisable: z.boolean() }).nullable(),
  /** A senior gave it back; null after it was submitted again. */
  returned: z.strictObject({ reason: z.string(), at: z.string() }).nullable(),
  threads: z.array(threadSchema),
  previous: caseCodeSchema.nullable(),
  next: caseCodeSchema.nullable(),
});
export type AnnotatingCase = z.infer<typeof annotatingCaseSchema>;

/**
 * `PUT /api/annotating/:code/draft` and `POST /api/annotating/:code/submission`: `stale` where another was saved
 * since `version`.
 */
export const annotationDraftRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  version: z.int().nonnegative(),
  content: annotationContentSchema,
});

export const annotationSubmittedSchema = z.strictObject({
  at: z.string(),
  version: z.int().nonnegative(),
  /** What is to be drawn next; null where nothing is left. */
  next: caseCodeSchema.nullable(),
});
export type AnnotationSubmitted = z.infer<typeof annotationSubmittedSchema>;

const commentTextSchema = z.string().trim().min(1).max(1000);

/** `POST /api/annotating/:code/threads` */
export const threadRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  image: imageKeySchema,
  x: z.number(),
  y: z.number(),
  text: commentTextSchema,
});

/** `POST /api/annotating/:code/threads/:id/comments` */
export const commentRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  text: commentTextSchema,
});

/** `PATCH /api/annotating/:code/threads/:id` */
export const threadChangeSchema = z.strictObject({
  requestId: requestIdSchema,
  resolved: z.boolean(),
});

/** Answer of all that is done to threads: how they stand now. */
export const threadsSchema = z.strictObject({ threads: z.array(threadSchema) });

/** `POST /api/reviews/:code/return`: a senior gives a submitted case back. */
export const returnRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  reason: z.string().trim().min(1).max(500),
});
