/**
 * The events of a run, one a line of `events.jsonl`. The first one, `start`, says in which version the
 * file is written; those of earlier versions do not.
 *
 * Each event is defined once. Who writes or repeats a run takes `runEventSchema`, which wants all of
 * it; who looks at runs of any version takes `shownEventSchema`, a part of the same.
 */
import { z } from "zod";
import { validationMeasuresSchema } from "./validation-measures.ts";

/** JSON writes null for NaN, the loss of a training that diverged. */
const figure = z.number().or(z.null().transform(() => Number.NaN));

/**
 * `rpnClass rpnBox boxClass boxRegression mask`; `secondBox` of a network with a second box head, and `image` of one
 * with an image head.
 */
const lossPartsSchema = z.record(z.string(), figure).readonly();
export type LossParts = z.infer<typeof lossPartsSchema>;

/** ISO 8601, in UTC. */
const time = z.string();
const step = z.int().nonnegative();
const names = z.array(z.string()).readonly();
/** Mean absolute activation of every stage on training radiographs. */
const activations = z.record(z.string(), figure).readonly();

/** How the initial weights fitted, by the names of parameters. */
const weightsFitSchema = z.object({
  found: names,
  missing: names,
  leftOver: names,
  /** Of heads that are for other classes or anchors: they begin anew. */
  fresh: names,
  /** Stages whose norms have statistics measured on training radiographs. */
  trainedNorms: names,
});
export type WeightsFit = z.infer<typeof weightsFitSchema>;

const startSchema = z.object({
  event: z.literal("start"),
  format: z.literal("malleolus-events-1").optional(),
  time,
  images: z.int().nonnegative(),
  imagesWithObjects: z.int().nonnegative(),
  classes: names,
  /** File names of the radiographs that are held out of the training; null without. */
  tuning: names.nullable(),
  device: z.string(),
  dtype: z.string(),
  /** Of each process. */
  threads: z.int().positive(),
  /** Those that train together; absent in files of earlier versions, which knew one. */
  processes: z.int().positive().optional(),
  libtorch: z.string(),
  weights: weightsFitSchema.nullable(),
  activations,
});

const resumeSchema = z.object({
  event: z.literal("resume"),
  time,
  step,
  checkpoint: z.string(),
  processes: z.int().positive().optional(),
});

const stepSchema = z.object({
  event: z.literal("step"),
  /** Counted from 1: after the first step, it is 1. */
  step: z.int().positive(),
  loss: figure,
  losses: lossPartsSchema,
  learningRate: z.number(),
  /** Before clipping. */
  gradientNorm: figure,
  /** The whole step, with its waiting. */
  seconds: z.number().nonnegative(),
  imagesPerSecond: z.number().nonnegative(),
  /** Of the step, the time spent waiting for radiographs. */
  waitedMs: z.number().nonnegative(),
  time,
});

const validationSchema = z.object({
  event: z.literal("validation"),
  step: z.int().positive(),
  measures: validationMeasuresSchema,
  /** Means over the tuning set. */
  losses: lossPartsSchema,
  /** Of all so far, by the metric that the recipe names. */
  isBest: z.boolean(),
  seconds: z.number().nonnegative(),
  time,
});

const checkpointSchema = z.object({
  event: z.literal("checkpoint"),
  time,
  step,
  checkpoint: z.string(),
  activations,
});

/** All steps were made; a person ended it, and it can go on; validations did not get better any more. */
export const endReasonSchema = z.enum(["done", "stopped", "stopped early"]);
export type EndReason = z.infer<typeof endReasonSchema>;

const endSchema = z.object({
  event: z.literal("end"),
  time,
  step,
  reason: endReasonSchema,
});

export const runEventSchema = z.discriminatedUnion("event", [
  startSchema,
  resumeSchema,
  stepSchema,
  validationSchema,
  checkpointSchema,
  endSchema,
]);
export type RunEvent = z.infer<typeof runEventSchema>;

const shown = { event: true, time: true } as const;

/** What is shown of a run; an event that this version does not know has only its name and its time. */
export const shownEventSchema = z.union([
  stepSchema.pick({ ...shown, step: true, loss: true, seconds: true, imagesPerSecond: true }),
  validationSchema
    .pick({ ...shown, step: true, isBest: true })
    .extend({ measures: z.record(z.string(), z.number().nullable()).readonly() }),
  endSchema.pick({ ...shown, reason: true }),
  z.object({ event: z.string(), time }),
]);
