/**
 * A patient's radiographs that a detector looks at once, for those who run the study. They belong to no study: nothing
 * of them is kept beyond the page that shows them.
 */
import { z } from "zod";
import { caseImageSchema } from "./case.ts";
import { shownFindingSchema } from "./report.ts";

const count = z.int().nonnegative();

/** Made by the page; nobody else's page can ask for it. */
export const predictionIdSchema = z.uuid({ error: "expected a UUID made for this prediction" });

/** Radiographs of one patient: three views, and some that were taken again. */
export const MOST_PREDICTED_FILES = 6;

export const predictedFileSchema = z.strictObject({
  place: z.coerce
    .number()
    .int()
    .min(0)
    .max(MOST_PREDICTED_FILES - 1),
  id: predictionIdSchema,
});

/** `GET /api/predictions`: whether there is a detector here, and how large a file may be. */
export const predictingSchema = z.strictObject({
  canPredict: z.boolean(),
  largestBytes: count,
});

/**
 * `waiting`: for others', or for the detector, which is loaded when it is first wanted. `refused`: these radiographs
 * cannot be looked at, or the detector cannot be had; `problem` says why.
 */
export const predictionStateSchema = z.enum([
  "receiving",
  "waiting",
  "analysing",
  "done",
  "refused",
]);

export const predictedSchema = z.strictObject({
  images: z.array(caseImageSchema),
  findings: z.array(shownFindingSchema),
  /** The class that is called; null where the detector was not taught to decide. */
  called: z.string().nullable(),
  /** Of the classes: the patient's probabilities, else the highest score of any radiograph. */
  scores: z.record(z.string(), z.number()),
  /** What a person should know who relies on the pictures; in English, as the commands say it. */
  notes: z.array(z.string()),
  model: z.strictObject({ sha256: z.string(), version: z.string(), scoreThreshold: z.number() }),
});
export type Predicted = z.infer<typeof predictedSchema>;

/** `GET /api/predictions/:id` */
export const shownPredictionSchema = z.strictObject({
  id: predictionIdSchema,
  state: predictionStateSchema,
  /** Names of the files, in their order. */
  files: z.array(z.string()),
  /** Radiographs that were looked at. */
  done: count,
  problem: z.string().nullable(),
  result: predictedSchema.nullable(),
});
export type ShownPrediction = z.infer<typeof shownPredictionSchema>;
