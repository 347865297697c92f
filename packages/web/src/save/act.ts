/**
 * What a reader or an annotator does that the server must come to know: kept on this computer from the moment it is
 * done until the server has acknowledged it.
 */
import { annotationContentSchema, readingContentSchema, requestIdSchema } from "@malleolus/schema";
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
  z.strictObject({
    ...base,
    kind: z.literal("drawing"),
    content: annotationContentSchema,
    version: z.int().nonnegative().nullable(),
    /** How many changes it holds that no other act has sent. */
    changes: z.int().positive(),
  }),
  z.strictObject({
    ...base,
    kind: z.literal("submit drawing"),
    content: annotationContentSchema,
    version: z.int().nonnegative().nullable(),
  }),
]);
export type Act = z.infer<typeof actSchema>;

/** What is saved while it is made, over the version before: a newer one takes its place. */
export type DraftAct = Extract<Act, { kind: "draft" | "drawing" }>;

export function isDraft(act: Act): act is DraftAct {
  return act.kind === "draft" || act.kind === "drawing";
}

/** What is made from a version of its case, and says which with every try. */
export function isVersioned(act: Act): act is Extract<Act, { version: number | null }> {
  return isDraft(act) || act.kind === "submit drawing";
}

/** What ends the work on a case: no draft is needed besides. */
export function isSubmission({ kind }: Pick<Act, "kind">): boolean {
  return kind === "submit" || kind === "submit drawing";
}
