/**
 * A case as its reader sees it, and what the reader says of it. No pseudonym, hospital, date, report,
 * other reading or finding is in it.
 */
import { z } from "zod";
import { imageIdSchema } from "../annotation.ts";
import { polygonSchema } from "../finding.ts";
import { calibrationSchema, sideSchema, viewSchema } from "../image.ts";
import { readingContentSchema } from "../reading-content.ts";
import { caseCodeSchema, queueKeySchema } from "./worklist.ts";

/** Opaque, and for this case code only: a repeat's radiographs have other ids. */
export const imageKeySchema = z.string().regex(/^[0-9a-f]{32}$/, {
  error: "expected a radiograph's id of 32 hexadecimal digits; GET the case lists them",
});

export const caseImageSchema = z.strictObject({
  id: imageKeySchema,
  view: viewSchema.nullable(),
  side: sideSchema.nullable(),
  /** Of the full size, in pixels. */
  width: z.int().positive(),
  height: z.int().positive(),
  /** Millimetres from row to row and from column to column; null when unknown. */
  pixelSpacingMm: z.tuple([z.number().positive(), z.number().positive()]).readonly().nullable(),
  spacingSource: calibrationSchema,
});
export type CaseImage = z.infer<typeof caseImageSchema>;

/** What a model found on a radiograph, in a round that shows it. */
export const modelFindingSchema = z.strictObject({
  image: imageKeySchema.or(imageIdSchema),
  structure: z.string(),
  polygons: z.array(polygonSchema),
  score: z.number().min(0).max(1).nullable(),
});
export type ModelFinding = z.infer<typeof modelFindingSchema>;

/** The answer to a case of a qualification. */
export const feedbackSchema = z.strictObject({
  right: z.boolean(),
  /** The class that holds. */
  class: z.string(),
});
export type Feedback = z.infer<typeof feedbackSchema>;

/** A reading while it is made; what is not decided is left out. */
export const draftSchema = z.strictObject({
  /** Raised by one with every save; 0 before the first. */
  version: z.int().nonnegative(),
  content: readingContentSchema,
  savedAt: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;

/** `GET /api/cases/:code` */
export const caseSchema = z.strictObject({
  code: caseCodeSchema,
  label: z.string(),
  queue: queueKeySchema,
  /** `12 of 60`: the case's place in the reader's own order, and their number. */
  place: z.int().positive(),
  of: z.int().positive(),
  /** In the order of hanging; views that the protocol has and the case has not are `missing`. */
  images: z.array(caseImageSchema),
  missing: z.array(viewSchema),
  /** Null where the reading is without a model. */
  findings: z.array(modelFindingSchema).nullable(),
  state: z.enum(["new", "draft", "submitted"]),
  /** Null while it is new, and once it is submitted. */
  draft: draftSchema.nullable(),
  /** What this reader submitted; null before. */
  submitted: z
    .strictObject({
      content: readingContentSchema,
      at: z.string(),
      /** Until when it can be withdrawn; afterwards a reopening can be asked for. */
      withdrawUntil: z.string(),
      /** When the reader asked for a reopening; null where it was not asked. */
      reopeningAskedAt: z.string().nullable(),
      /** Of a qualification; null in other queues. */
      feedback: feedbackSchema.nullable(),
    })
    .nullable(),
  /** Neighbours in the worklist of what is left; null at its ends. */
  previous: caseCodeSchema.nullable(),
  next: caseCodeSchema.nullable(),
});
export type CaseDetail = z.infer<typeof caseSchema>;

/** Made by the client once an act, sent again with every try of it: the act then happens once. */
export const requestIdSchema = z.uuid({ error: "expected a UUID made for this act" });

/** `PUT /api/cases/:code/draft` */
export const draftRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  /** The version that it was made from, 0 for the first; `stale` where another was saved since. */
  version: z.int().nonnegative(),
  content: readingContentSchema,
});
export type DraftRequest = z.infer<typeof draftRequestSchema>;

/** The answer comes after the database has it on the disk. */
export const savedDraftSchema = z.strictObject({
  version: z.int().positive(),
  savedAt: z.string(),
});
export type SavedDraft = z.infer<typeof savedDraftSchema>;

/** `POST /api/cases/:code/reading`: submits; needs a decision and, with a class, a certainty. */
export const submitRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  content: readingContentSchema,
});
export type SubmitRequest = z.infer<typeof submitRequestSchema>;

export const submittedSchema = z.strictObject({
  at: z.string(),
  withdrawUntil: z.string(),
  /** Of a qualification: to be looked at before the next case opens. */
  feedback: feedbackSchema.nullable().default(null),
  /** What is to be read next; null where nothing is left. */
  next: caseCodeSchema.nullable(),
});
export type Submitted = z.infer<typeof submittedSchema>;

/** `POST /api/cases/:code/withdraw`: what was submitted becomes the draft again. */
export const withdrawRequestSchema = z.strictObject({ requestId: requestIdSchema });

/** `POST /api/cases/:code/reopening` */
export const reopeningRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  reason: z.string().trim().min(1).max(500),
});

/** `POST /api/display-checks`: the patches of 5 % and 95 % at the beginning of a day. */
export const displayCheckSchema = z.strictObject({
  requestId: requestIdSchema,
  darkSeen: z.boolean(),
  brightSeen: z.boolean(),
  screenWidth: z.int().positive(),
  screenHeight: z.int().positive(),
  pixelRatio: z.number().positive(),
});
export type DisplayCheck = z.infer<typeof displayCheckSchema>;

/** Answer of acts that say no more than that they are on the disk. */
export const recordedSchema = z.strictObject({ at: z.string() });

/** `size` of `GET /api/cases/:code/images/:image/:size`. */
export const imageSizeSchema = z.enum(["full", "half"]);
export type ImageSize = z.infer<typeof imageSizeSchema>;
