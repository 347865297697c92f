/**
 * What a job writes down of itself while it works for a study, in `record.json` of its folder: how far it is, and how
 * it ended. Trainings have events instead (`run-event.ts`).
 */
import { z } from "zod";

const count = z.int().nonnegative();

export const jobRecordSchema = z.strictObject({
  format: z.literal("malleolus-job-record-1"),
  /** When it was written, in ISO 8601. */
  time: z.string(),
  /** Radiographs; null before the first, and of a job that counts none. */
  progress: z.strictObject({ done: count, of: count }).nullable(),
  /** Null while it works, and of one that was cut off. */
  end: z
    .strictObject({
      /** `stopped`: it was told to, and goes on where it is. */
      reason: z.enum(["done", "stopped"]),
      /** What it has to say of its result, in lines. */
      said: z.string(),
      /** The report that it wrote, by its folder's name. */
      report: z.string().nullable(),
    })
    .nullable(),
});
export type JobRecord = z.infer<typeof jobRecordSchema>;
