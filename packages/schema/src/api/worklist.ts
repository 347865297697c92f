/**
 * A reader's own work, as the API tells of it. Cases have codes here that are the reader's own: the
 * same case has another code for another reader, in another round, and as a repeat. Nothing tells how
 * far others are.
 */
import { z } from "zod";
import { viewSchema } from "../image.ts";

/** `curation` (observers), `reference` (surgeons), `round-3`, `annotation`: the key of a queue. */
export const queueKeySchema = z
  .string()
  .regex(/^(?:curation|reference|annotation|round-[1-9][0-9]*)$/, {
    error:
      "expected a queue (curation, reference, round-1, annotation, …); GET /api/queues lists them",
  });

/** Opaque, in addresses: twelve characters. */
export const caseCodeSchema = z.string().regex(/^[0-9a-hjkmnp-tv-z]{12}$/, {
  error: "expected a case's code of 12 characters; open the case from the worklist",
});

const count = z.int().nonnegative();

export const readerQueueSchema = z.strictObject({
  key: queueKeySchema,
  /** `Reading`, `Reference reading`, or a round's name. */
  title: z.string(),
  done: count,
  /** To do now. */
  left: count,
  /** To do later: a round may give out some of its cases after some days. */
  later: count,
  /** Of `left`, those with a draft. */
  drafts: count,
  /** Of a round by which readers qualify; null for all others. */
  qualification: z
    .strictObject({
      /** Of its cases, how many must be right. */
      needed: count,
      right: count,
      passed: z.boolean(),
    })
    .nullable(),
});
export type ReaderQueue = z.infer<typeof readerQueueSchema>;

/** `GET /api/queues`: the first is where the role begins. */
export const queuesSchema = z.strictObject({ queues: z.array(readerQueueSchema) });

export const worklistStatusSchema = z.enum(["left", "new", "draft", "done"]);

/** `GET /api/worklist` */
export const worklistQuestionSchema = z.strictObject({
  queue: queueKeySchema,
  status: worklistStatusSchema.default("left"),
  /** The beginning of a code, with or without dashes. */
  search: z
    .string()
    .max(20)
    .optional()
    .transform((text) => text?.toLowerCase().replaceAll("-", "")),
  /** The code of the last entry of the page before. */
  after: caseCodeSchema.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type WorklistQuery = z.infer<typeof worklistQuestionSchema>;

export const worklistEntrySchema = z.strictObject({
  code: caseCodeSchema,
  /** As people say it: `7KQ2-M41X`. */
  label: z.string(),
  state: z.enum(["new", "draft", "submitted"]),
  /** Null for a radiograph that does not say. */
  views: z.array(viewSchema.nullable()),
  /** When this reader last saved or submitted it; null while it is new. */
  editedAt: z.string().nullable(),
});
export type CaseEntry = z.infer<typeof worklistEntrySchema>;

export const worklistSchema = z.strictObject({
  entries: z.array(worklistEntrySchema),
  /** Whether there are more behind the last entry. */
  more: z.boolean(),
});
export type CaseWorklist = z.infer<typeof worklistSchema>;
