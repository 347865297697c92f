/**
 * Work besides trainings that those who run a study have done for it, by processes that outlive the server: a model
 * looks at all radiographs, a training set is chosen, a report is written. A job is its folder, as a run is.
 */
import { z } from "zod";
import { jobRecordSchema } from "../job-record.ts";
import { requestIdSchema } from "./case.ts";
import { runIdSchema, runStateSchema } from "./run.ts";

export const jobKindSchema = z.enum(["prelabel", "select", "report"]);
export type JobKind = z.infer<typeof jobKindSchema>;

/** How radiographs are chosen to train on. */
export const selectionStrategySchema = z.enum([
  "hard",
  "uncertainty",
  "disagreement",
  "class-balanced",
  "random",
]);
export type SelectionStrategy = z.infer<typeof selectionStrategySchema>;

/** `POST /api/jobs` */
export const jobRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    requestId: requestIdSchema,
    kind: z.literal("prelabel"),
    /** Runs of the study; without one that outlines, the networks that come with the project look. */
    segmentation: runIdSchema.optional(),
    classification: runIdSchema.optional(),
  }),
  z.strictObject({
    requestId: requestIdSchema,
    kind: z.literal("select"),
    strategy: selectionStrategySchema,
    /** The protocol's unless given. */
    count: z.int().positive().optional(),
    seed: z.int().nonnegative().optional(),
  }),
  z.strictObject({
    requestId: requestIdSchema,
    kind: z.literal("report"),
    /** A run of the study; without one, the detector that comes with the project. */
    run: runIdSchema.optional(),
    /** The study's name unless given. */
    title: z.string().trim().min(1).max(200).optional(),
  }),
]);
export type JobRequest = z.infer<typeof jobRequestSchema>;

export const jobRowSchema = z.strictObject({
  id: runIdSchema,
  /** Null where what was asked cannot be read. */
  kind: jobKindSchema.nullable(),
  state: runStateSchema,
  who: z.string().nullable(),
  /** When it was started, or started again. */
  at: z.string().nullable(),
  progress: jobRecordSchema.shape.progress,
  /** What it said of its result; null before the end. */
  said: z.string().nullable(),
  /** The report that it wrote; null for none. */
  report: z.string().nullable(),
  /** Of a failed one: its first line that says why. */
  failure: z.string().nullable(),
  /** Whether it can go on where it ended. */
  canResume: z.boolean(),
});
export type JobRow = z.infer<typeof jobRowSchema>;

/** `GET /api/jobs`: the one started last first. */
export const jobsSchema = z.strictObject({
  jobs: z.array(jobRowSchema),
  /** Whether this server can start any. */
  canStart: z.boolean(),
});

/** `GET /api/jobs/:id` */
export const jobDetailSchema = z.strictObject({
  job: jobRowSchema,
  /** The last lines of what it said. */
  log: z.array(z.string()),
});
export type JobDetail = z.infer<typeof jobDetailSchema>;
