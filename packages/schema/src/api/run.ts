/**
 * Trainings that those who run a study start in the browser, and what is seen of each while it learns. A run is its
 * folder: the server finds it again, also one that a terminal started.
 */
import { z } from "zod";
import { requestIdSchema } from "./case.ts";
import { frozenIdSchema } from "./dashboard.ts";

const count = z.int().nonnegative();

/** The name of its folder. */
export const runIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, {
  error: "expected a run's name of small letters, digits and -, 60 at most",
});

/**
 * `stalled`: at work, but nothing was heard of it for a minute. `stopped`: a person ended it, and it can go on.
 * `failed`: it ended with an error, or without a word.
 */
export const runStateSchema = z.enum(["running", "stalled", "stopped", "failed", "finished"]);
export type RunState = z.infer<typeof runStateSchema>;

export const runRowSchema = z.strictObject({
  id: runIdSchema,
  state: runStateSchema,
  /** Null before it has written any. */
  recipe: z.string().nullable(),
  /** The kind of its network, where a checkpoint is there to be asked. */
  model: z.enum(["mask-rcnn", "segmentation", "classification"]).nullable(),
  /** The frozen data set that it learns from; null where a terminal started it. */
  dataset: frozenIdSchema.nullable(),
  who: z.string().nullable(),
  steps: count,
  stepsPlanned: count.nullable(),
  /** Mean of the last 50 steps; null before the first. */
  loss: z.number().nullable(),
  best: z.strictObject({ metric: z.string(), value: z.number(), step: count }).nullable(),
  imagesPerSecond: z.number().nonnegative().nullable(),
  /** When something was last heard of it. */
  last: z.string().nullable(),
  /** Of a failed one: its first line that says why. */
  failure: z.string().nullable(),
  /** Whether it can go on where it ended. */
  canResume: z.boolean(),
});
export type RunRow = z.infer<typeof runRowSchema>;

/** `GET /api/runs`: the one last heard of first. */
export const runsSchema = z.strictObject({
  runs: z.array(runRowSchema),
  recipes: z.array(z.strictObject({ name: z.string(), summary: z.string() })),
  /** Whether this server can start any. */
  canStart: z.boolean(),
});

/** `POST /api/runs` */
export const runRequestSchema = z.strictObject({
  requestId: requestIdSchema,
  id: runIdSchema,
  dataset: frozenIdSchema,
  recipe: z.string(),
  /** The recipe's unless given. */
  steps: z.int().positive().optional(),
  seed: z.int().nonnegative().optional(),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

/** `POST /api/runs/:id/stop` and `/resume` */
export const runActSchema = z.strictObject({ requestId: requestIdSchema });

const lossSchema = z.strictObject({ step: count, loss: z.number() });
const validationSchema = z.strictObject({
  step: count,
  measures: z.record(z.string(), z.number().nullable()),
});

/** `GET /api/runs/:id` */
export const runDetailSchema = z.strictObject({
  run: runRowSchema,
  losses: z.array(lossSchema),
  validations: z.array(validationSchema),
  /** The whole recipe as JSON; null before it is written. */
  recipe: z.string().nullable(),
  /** The last lines of what it said. */
  log: z.array(z.string()),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** An event of `GET /api/runs/:id/live`: what has come since the one before. */
export const runNewsSchema = z.strictObject({
  /** What was told before does not hold any more: the run went back to a checkpoint. */
  isAnew: z.boolean(),
  run: runRowSchema,
  losses: z.array(lossSchema),
  validations: z.array(validationSchema),
});
export type RunNews = z.infer<typeof runNewsSchema>;
