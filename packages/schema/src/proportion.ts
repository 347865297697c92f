/** A share of things that were counted, and a figure, each with its 95 % interval. */
import { z } from "zod";

/** Low and high end. */
export const intervalSchema = z.tuple([z.number(), z.number()]).readonly();

/** `count` of `total`; share and interval are null for a count of nothing. */
export const proportionSchema = z.strictObject({
  count: z.number().nonnegative(),
  total: z.number().nonnegative(),
  share: z.number().min(0).max(1).nullable(),
  interval: intervalSchema.nullable(),
});
export type Proportion = z.infer<typeof proportionSchema>;

/** Null without the data to compute it. */
export const estimateSchema = z.strictObject({
  value: z.number().nullable(),
  interval: intervalSchema.nullable(),
});
export type Estimate = z.infer<typeof estimateSchema>;
