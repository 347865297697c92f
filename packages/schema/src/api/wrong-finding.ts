/**
 * Findings of a model on the study's own radiographs that somebody marks as wrong, for those who run the study: each
 * mark gives the case to the annotators, in a round. Never of a test.
 */
import { z } from "zod";
import { viewSchema } from "../image.ts";
import { caseImageSchema, imageKeySchema, requestIdSchema } from "./case.ts";
import { shownFindingSchema } from "./report.ts";

const count = z.int().nonnegative();

export const wrongFindingRoundSchema = z.strictObject({
  name: z.string(),
  cases: count,
  /** Which wait for no annotator any more. */
  done: count,
});
export type WrongFindingRound = z.infer<typeof wrongFindingRoundSchema>;

/** `GET /api/wrong-findings` */
export const wrongFindingsSchema = z.strictObject({
  cases: z.array(
    z.strictObject({
      /** The case's id in the study. */
      id: z.string(),
      findings: count,
      marked: count,
      isDecided: z.boolean(),
    }),
  ),
  rounds: z.array(wrongFindingRoundSchema),
});

/** How a finding is wrong. */
export const wrongSchema = z.enum(["nothing there", "another place", "another structure"]);

/** `GET /api/wrong-findings/:case` */
export const wrongFindingCaseSchema = z.strictObject({
  id: z.string(),
  place: z.int().positive(),
  of: z.int().positive(),
  previous: z.string().nullable(),
  next: z.string().nullable(),
  /** The class that holds. */
  class: z.string(),
  images: z.array(caseImageSchema),
  missing: z.array(viewSchema),
  findings: z.array(
    shownFindingSchema.extend({
      /** What was said of it; null as long as nobody has. */
      marked: z.strictObject({ wrong: wrongSchema, round: z.string() }).nullable(),
    }),
  ),
});
export type WrongFindingCase = z.infer<typeof wrongFindingCaseSchema>;

/** `POST /api/wrong-findings/:case` */
export const wrongFindingRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  image: imageKeySchema,
  structure: z.string().min(1).max(100),
  wrong: wrongSchema,
  /** What the annotators are told where they get the case back. */
  note: z.string().trim().min(1).max(500),
  round: z.string().trim().min(1).max(100),
});

/** What becomes of the case. */
export const wrongFindingGivenSchema = z.enum(["given out", "to be drawn already", "given back"]);
export type WrongFindingGiven = z.infer<typeof wrongFindingGivenSchema>;

export const markedWrongSchema = z.strictObject({ given: wrongFindingGivenSchema });
