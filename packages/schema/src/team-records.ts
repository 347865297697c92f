/** What the processes of one training tell one another, beside numbers and tensors. Never in a file. */
import { z } from "zod";
import { checkpointStateSchema } from "./checkpoint-state.ts";
import { recipeSchema } from "./recipe.ts";
import { endReasonSchema } from "./run-event.ts";

const validated = checkpointStateSchema.shape.validated;

/** Where a run stands when its processes begin. */
export const runStandingSchema = z.strictObject({
  /** Steps that are done. */
  step: z.int().nonnegative(),
  validated,
  /** Why it is over; null where it goes on. */
  ended: endReasonSchema.nullable(),
  recipe: recipeSchema,
  /** File names of the radiographs that are learned from, in their order. */
  images: z.array(z.string()).readonly(),
});
export type RunStanding = Readonly<z.infer<typeof runStandingSchema>>;

/** Where its validations stand after one more. */
export const validatedRecordSchema = validated;

/** The latest checkpoint, when a run ends. */
export const checkpointRecordSchema = z.strictObject({
  path: z.string(),
  step: z.int().nonnegative(),
});

/** An optimiser's moments: their names and shapes. */
export const momentShapesSchema = z
  .array(z.tuple([z.string(), z.array(z.int().nonnegative())]))
  .readonly();
