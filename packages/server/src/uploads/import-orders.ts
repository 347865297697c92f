/** What the server and the process that imports for it tell one another. */
import { z } from "zod";

export const orderSchema = z.discriminatedUnion("order", [
  z.strictObject({
    order: z.literal("open"),
    folder: z.string(),
    hospital: z.string(),
    passphrase: z.string(),
    who: z.string(),
  }),
  z.strictObject({ order: z.literal("import"), paths: z.array(z.string()) }),
]);
export type Order = z.infer<typeof orderSchema>;

export const newsSchema = z.discriminatedUnion("news", [
  z.strictObject({ news: z.literal("opened") }),
  /** The study's words for what is wrong with the order. */
  z.strictObject({ news: z.literal("refused"), code: z.string(), message: z.string() }),
  z.strictObject({
    news: z.literal("file"),
    file: z.string(),
    outcome: z.enum(["imported", "known", "refused"]),
    reason: z.string().nullable(),
    notes: z.array(z.string()),
  }),
  /** All files of an order are done. */
  z.strictObject({ news: z.literal("imported") }),
]);
export type News = z.infer<typeof newsSchema>;
