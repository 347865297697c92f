/**
 * The assignment of a radiograph, and the part of the study to which its patient belongs for ever.
 */
import { z } from "zod";

export const assignmentSchema = z.enum([
  "preliminary training",
  "training",
  "tuning",
  "internal test",
  "external test",
]);
export type Assignment = z.infer<typeof assignmentSchema>;

/** A patient is in one: both trainings share theirs, tuning and tests share them with nothing. */
export const partitionSchema = z.enum(["training", "tuning", "internal test", "external test"]);
export type Partition = z.infer<typeof partitionSchema>;

export function partitionOf(assignment: Assignment): Partition {
  return assignment === "preliminary training" ? "training" : assignment;
}

/** A radiograph that serves for something. */
export const assignedImageSchema = z.strictObject({
  image: z.string().min(1),
  caseId: z.string().min(1),
  patient: z.string().min(1),
  assignment: assignmentSchema,
});
export type AssignedImage = z.infer<typeof assignedImageSchema>;
