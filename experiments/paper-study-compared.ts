/** One test of the paper's study as its tables need it, and what a finished study says of itself. */
import type {
  DeciderComparison,
  Evaluation,
  PeopleOnTest,
  PublishedSet,
} from "@malleolus/evaluation";
import { selectionAuditPlanSchema, selectionAuditSchema } from "@malleolus/schema";
import { z } from "zod";

/** The two ways to decide that are compared with people: the fitted one, and the paper's literal rule. */
export const DECISIONS: readonly string[] = ["calibrated", "sum"];

export interface ComparedTest {
  readonly name: PublishedSet;
  readonly against: "the panel" | "what was simulated";
  readonly evaluation: Evaluation;
  /** The observers of the curation, who have no part in the panel. */
  readonly observers: PeopleOnTest["readers"];
  readonly annotators: PeopleOnTest["annotators"];
  /** Every rule over views against every later one. */
  readonly rules: readonly DeciderComparison[];
  /** Both decisions against every observer. */
  readonly besideObservers: readonly DeciderComparison[];
}

/** What of its report is asked for. */
export const finishedStudySchema = z.object({
  generatedAt: z.string(),
  simulated: z.object({ version: z.string().nullable(), seed: z.string().nullable() }).nullable(),
  software: z.array(z.object({ name: z.string(), version: z.string() })),
  sets: z.array(z.object({ name: z.string(), patients: z.number(), radiographs: z.number() })),
  provenance: z.object({
    code: z.object({ version: z.string(), sha256: z.string().nullable() }),
    data: z.array(z.object({ set: z.string(), sha256: z.string() })),
    detector: z.object({ sha256: z.string(), dtype: z.string() }),
    training: z.object({
      recipe: z.string(),
      network: z.string().nullable(),
      recipeSha256: z.string(),
      seed: z.number().nullable(),
      steps: z.number(),
      batchSize: z.number().nullable(),
      weightsSha256: z.string().nullable(),
    }),
  }),
  preliminary: z
    .object({
      selectionAudit: z
        .object({
          plan: selectionAuditPlanSchema,
          audit: selectionAuditSchema,
          on: z.string().nullable(),
        })
        .nullable(),
    })
    .nullable(),
  timings: z.array(z.object({ stage: z.string(), seconds: z.number() })),
  tests: z.array(
    z.object({
      id: z.string(),
      evaluation: z.object({
        outcomes: z.array(z.object({ patient: z.string(), truth: z.string() })),
      }),
    }),
  ),
});
export type FinishedStudy = z.infer<typeof finishedStudySchema>;
