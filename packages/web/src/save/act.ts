/**
 * What a reader does that the server must come to know: kept on this computer from the moment it is
 * done until the server has acknowledged it.
 */
import { readingContentSchema, requestIdSchema } from "@malleolus/schema";
import { z } from "zod";

const base = {
  requestId: requestIdSchema,
  /** The case's code, and how people say it. */
  code: z.string(),
  label: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
};

export const actSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...base,
    kind: z.literal("draft"),
    content: readingContentSchema,
    /** The version it was sent with, from the first try on; null before. */
    version: z.int().nonnegative().nullable(),
  }),
  z.strictObject({ ...base, kind: z.literal("submit"), content: readingContentSchema }),
  z.strictObject({ ...base, kind: z.literal("withdraw") }),
  z.strictObject({ ...base, kind: z.literal("reopening"), reason: z.string() }),
]);
export type Act = z.infer<typeof actSchema>;
