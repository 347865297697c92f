/**
 * The decision of a patient's class from a detector's analyses of the views: a multinomial model that
 * was fitted on tuning patients. It lies in the detector's file, with what it was fitted on.
 *
 * The arithmetic is `evaluation/src/decision`.
 */
import { z } from "zod";
import { proportionSchema } from "./proportion.ts";

/** What is asked of an operating point: at least so much of one, and then as much as possible of the other. */
export const pointWantedSchema = z.strictObject({
  atLeast: z.enum(["sensitivity", "specificity"]),
  share: z.number().gt(0).max(1),
});
export type PointWanted = z.infer<typeof pointWantedSchema>;

/** A probability from which a patient is called a fracture, chosen on the patients of `fittedOn`. */
export const decisionPointSchema = z.strictObject({
  wanted: pointWantedSchema,
  /** Null where nobody may be called one. */
  probability: z.number().min(0).max(1).nullable(),
  /** Where it was chosen, each patient decided by a model that was fitted without them. */
  sensitivity: proportionSchema,
  specificity: proportionSchema,
});
export type DecisionPoint = z.infer<typeof decisionPointSchema>;

/** What the model looks at, of one class, over all views of a patient. */
export const EVIDENCE = [
  /** The log odds of the class's best object on a view: their mean over the views. */
  "objectMean",
  /** Their maximum: a fracture may show on one view alone. */
  "objectMax",
  /** The same two of the image head's probability. */
  "imageMean",
  "imageMax",
] as const;
export type Evidence = (typeof EVIDENCE)[number];

const weights = z.record(z.enum(EVIDENCE), z.number());

export const patientDecisionSchema = z.strictObject({
  format: z.literal("malleolus-decision-1"),
  /** All that a patient can have, and which of them is no fracture. */
  classes: z.array(z.string().min(1)).min(2).readonly(),
  noFractureClass: z.string().min(1),
  /** Whether the detector's image head has a say; one without cannot be decided by it. */
  usesImageHead: z.boolean(),
  /** Of the evidence for a class: fracture classes share theirs. */
  weights: z.strictObject({ fracture: weights, noFracture: weights }),
  /** What a class has before any evidence. */
  bias: z.record(z.string(), z.number()),
  /** The share of patients with a fracture for which the biases were set; without, that of `fittedOn`. */
  prevalence: z.number().gt(0).lt(1).optional(),
  /** The score from which a patient's fracture findings are shown. */
  findingThreshold: z.number().min(0).max(1),
  /** Beside the one that decides, which is a half; none of decisions that were fitted before there were any. */
  operatingPoints: z.array(decisionPointSchema).readonly().optional(),
  /**
   * Of each class's tuning patients, what probability their own class had, each decided by a model that was fitted
   * without them: what conformal sets hold a patient against. None of decisions that were fitted before.
   */
  ownProbabilities: z.record(z.string(), z.array(z.number().min(0).max(1)).readonly()).optional(),
  fittedOn: z.strictObject({
    /** Of each class. */
    patients: z.record(z.string(), z.int().nonnegative()),
    radiographs: z.int().positive(),
    /** SHA-256 of the patients, their classes and the evidence, in hexadecimal. */
    sha256: z.string(),
    /** Of the squared weights and biases. */
    penalty: z.number().positive(),
    /** Each patient decided by a model that was fitted without them. */
    leaveOneOut: z.strictObject({ logLoss: z.number(), accuracy: z.number() }),
  }),
});
export type PatientDecision = z.infer<typeof patientDecisionSchema>;

/** A patient's class as it was decided, with its probabilities. */
export const patientAnswerSchema = z.strictObject({
  class: z.string().min(1),
  /** Of every class, summing to 1. */
  probabilities: z.record(z.string(), z.number().min(0).max(1)).readonly(),
  /** That there is a fracture of any class: a sum, which may exceed 1 by a last bit. */
  fractureProbability: z.number().nonnegative(),
});
export type PatientAnswer = z.infer<typeof patientAnswerSchema>;
