/** What the process that analyses is told first: with which detector. */
import { z } from "zod";
import { ENGINES } from "../engine/engine.ts";

export const analysisOptionsSchema = z.strictObject({
  detector: z.string(),
  engine: z.enum(ENGINES),
  dtype: z.enum(["float32", "bfloat16"]).optional(),
  /** Where the measurement by which it is chosen is kept; else beside the addon. */
  measurements: z.string().optional(),
  threads: z.int().min(1).optional(),
  /** Null as the detector decides. */
  threshold: z.number().min(0).max(1).nullable(),
  /** Null for no set of classes. */
  errorRate: z.number().gt(0).lt(1).nullable(),
  prevalence: z.number().gt(0).lt(1).nullable(),
  /** What is no ankle is looked at, too. */
  anyPart: z.boolean(),
  /** Its server answers people meanwhile: it takes what the machine has left. */
  stepsAside: z.boolean(),
});
export type AnalysisOptions = z.infer<typeof analysisOptionsSchema>;
