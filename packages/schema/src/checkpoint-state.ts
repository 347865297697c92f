/** The state of a run at a checkpoint: `state.json` beside the tensors. */
import { z } from "zod";
import { recipeSchema } from "./recipe.ts";

/** Where the validations of a run stand, so that a resumed run knows. */
const validatedSchema = z.strictObject({
  /** Of the last validation. */
  step: z.int().positive(),
  /** Null before the first number. */
  best: z.strictObject({ step: z.int().positive(), value: z.number() }).nullable(),
  /** Validations after the best one. */
  sinceBest: z.int().nonnegative(),
});
export type Validated = Readonly<z.infer<typeof validatedSchema>>;

export const checkpointStateSchema = z.strictObject({
  format: z.literal("malleolus-checkpoint-1"),
  /** Steps that are done. */
  step: z.int().nonnegative(),
  /** Size of `events.jsonl` up to here. */
  eventsBytes: z.int().nonnegative(),
  /** Null before the first validation. */
  validated: validatedSchema.nullable(),
  recipe: recipeSchema,
});
export type CheckpointState = z.infer<typeof checkpointStateSchema>;

/** What of a state says which checkpoint is the best one, in other versions' states as well. */
export const bestCheckpointSchema = z.object({
  validated: z.object({ best: z.object({ step: z.int() }).nullable() }).nullable(),
});
