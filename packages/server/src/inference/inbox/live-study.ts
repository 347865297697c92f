/** What the inbox knows of a study that came live: its record, sealed as all of the inbox is. */
import { predictionSchema, viewSchema } from "@malleolus/schema";
import { z } from "zod";

export const LIVE_STATES = [
  /** Objects come in, or may still. */
  "receiving",
  /** Complete, and waits for its analysis. */
  "waiting",
  "analysing",
  /** With a result. */
  "done",
  /** No radiograph of it is of the kind that is looked at. */
  "passed over",
  /** A radiograph of it is none that is looked at, an inverted one say; `problem` says why. */
  "refused",
  /** Could not be analysed; `problem` says why. */
  "failed",
  /** A person has confirmed the result; pixels are gone. */
  "confirmed",
  /** Pixels are gone since their time was over. */
  "expired",
] as const;

const imageSchema = z.strictObject({
  /** Its file in the study's folder. */
  file: z.string(),
  sopInstance: z.string(),
  modality: z.string(),
  bodyPart: z.string().nullable(),
  view: viewSchema.nullable(),
});
export type LiveImage = z.infer<typeof imageSchema>;

const objectSchema = z.strictObject({
  file: z.string(),
  kind: z.enum(["segmentation", "presentation", "picture", "report"]),
  sopInstance: z.string(),
  /** Whether the destination has it. */
  isSent: z.boolean(),
});
export type LiveObject = z.infer<typeof objectSchema>;

/** What is found, without a word on whose it is: files are views' numbers, and there is no patient. */
export const liveResultSchema = z.strictObject({
  analysedAt: z.string(),
  /** Of the detector's file. */
  modelSha256: z.string(),
  modelVersion: z.string(),
  scoreThreshold: z.number(),
  /** Of the radiographs that a rule matches, in the order of their instances' UIDs. */
  predictions: z.array(
    predictionSchema
      .pick({ width: true, height: true, findings: true, classScores: true })
      .extend({ view: viewSchema.nullable() }),
  ),
  answer: predictionSchema.shape.answer,
});
export type LiveResult = z.infer<typeof liveResultSchema>;

export const liveStudySchema = z.strictObject({
  format: z.literal("malleolus-live-study-1"),
  /** Ours: nobody can tell the study's UID from it. */
  id: z.string(),
  state: z.enum(LIVE_STATES),
  receivedAt: z.string(),
  /** Of the last object. */
  lastObjectAt: z.string(),
  images: z.array(imageSchema),
  /** Instances of the analysis that the result is of, and of the one before it. */
  analysedInstances: z.array(z.string()),
  result: liveResultSchema.nullable(),
  objects: z.array(objectSchema),
  problem: z.string().nullable(),
  /** Analysed in a silent study: nobody is told before the follow-up. */
  isSilent: z.boolean(),
  /** What CT or an operation found. */
  followUp: z.strictObject({ class: z.string(), enteredAt: z.string() }).nullable(),
});
export type LiveStudy = z.infer<typeof liveStudySchema>;
