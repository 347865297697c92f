/**
 * Does choosing radiographs help? What is compared stands in a file before anything is trained: growing
 * sets of two strategies, each with the same seeds, and the outcomes that count.
 */
import { z } from "zod";
import { estimateSchema } from "./proportion.ts";

export const selectionOutcomeSchema = z.enum(["macro AUC", "fracture Dice"]);
export type SelectionOutcomeName = z.infer<typeof selectionOutcomeSchema>;

export const selectionAuditPlanSchema = z.strictObject({
  format: z.literal("malleolus-selection-audit-1"),
  /** ISO 8601, UTC: before the first training. */
  fixedAt: z.iso.datetime(),
  /** The strategy in question, and what it is compared with. */
  strategy: z.string().min(1),
  control: z.string().min(1),
  /** Radiographs, ascending. */
  sizes: z
    .array(z.int().positive())
    .min(2)
    .refine((sizes) => sizes.every((size, i) => i === 0 || size > sizes[i - 1]), {
      error: "expected sizes that grow",
    }),
  /** Each trains every size of both strategies. */
  seeds: z
    .array(z.int().nonnegative())
    .min(2)
    .refine((seeds) => new Set(seeds).size === seeds.length, { error: "expected every seed once" }),
  /** The first is the one that decides. */
  outcomes: z
    .array(selectionOutcomeSchema)
    .min(1)
    .refine((all) => new Set(all).size === all.length, { error: "expected every outcome once" }),
  recipe: z.string().min(1),
  bootstrap: z.strictObject({ seed: z.int().nonnegative(), resamples: z.int().positive() }),
});
export type SelectionAuditPlan = z.infer<typeof selectionAuditPlanSchema>;

/** One training, measured on the patients that all trainings are measured on. */
export const selectionAuditRunSchema = z.strictObject({
  strategy: z.string().min(1),
  size: z.int().positive(),
  seed: z.int().nonnegative(),
  patients: z
    .array(
      z.strictObject({
        patient: z.string().min(1),
        class: z.string().min(1),
        scores: z.record(z.string(), z.number()).readonly(),
        /** Mean over the patient's radiographs with a fracture to outline; null without any. */
        fractureDice: z.number().min(0).max(1).nullable(),
      }),
    )
    .readonly(),
});
export type SelectionAuditRun = z.infer<typeof selectionAuditRunSchema>;

const curveSchema = z
  .array(z.strictObject({ size: z.int().positive(), mean: z.number().nullable() }))
  .readonly();

export const selectionAuditSchema = z.strictObject({
  /** Of the plan's file. */
  planSha256: z.string().regex(/^[0-9a-f]{64}$/),
  patients: z.int().nonnegative(),
  outcomes: z
    .array(
      z.strictObject({
        outcome: selectionOutcomeSchema,
        /** Means over the seeds at each size. */
        strategy: curveSchema,
        control: curveSchema,
        /** Area under the learning curve: its mean height over the logarithm of the size. */
        strategyArea: estimateSchema,
        controlArea: estimateSchema,
        /** Of the strategy less the control, by patient. */
        difference: estimateSchema,
        /** The same with each seed alone, in the plan's order. */
        differenceBySeed: z.array(z.number().nullable()).readonly(),
        /** What the interval of the difference says, in words. */
        verdict: z.enum(["better", "worse", "no difference shown", "not measurable"]),
      }),
    )
    .readonly(),
});
export type SelectionAudit = z.infer<typeof selectionAuditSchema>;
