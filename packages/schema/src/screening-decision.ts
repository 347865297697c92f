/** A screening decision: the state of a case by its report, with the deciding words. */
import { z } from "zod";

export const screenedStateSchema = z.enum([
  "candidate fracture",
  "candidate no fracture",
  "excluded by keyword",
]);
export type ScreenedState = z.infer<typeof screenedStateSchema>;

/** Words of the report: UTF-16 offsets, `end` exclusive. */
export const reportWordsSchema = z.strictObject({
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  text: z.string(),
});
export type ReportWords = z.infer<typeof reportWordsSchema>;

export const mentionStatusSchema = z.enum([
  "affirmed",
  "possible",
  "historical",
  "negated",
  "question",
]);
export type MentionStatus = z.infer<typeof mentionStatusSchema>;

/** One thing that the report mentions, how it means it, and by which words. */
export const mentionSchema = z.strictObject({
  kind: z.enum(["fracture", "abnormality", "normal", "exclusion"]),
  words: reportWordsSchema,
  status: mentionStatusSchema,
  /** Exclusion codes that it stands for: of its places, or its own. */
  codes: z.array(z.string()).readonly(),
  /** Whether it is at a place that the protocol looks at. */
  atTarget: z.boolean(),
  sites: z.array(reportWordsSchema).readonly(),
  /** The words that made the status what it is; none for a plain statement. */
  modifiers: z.array(reportWordsSchema).readonly(),
});
export type Mention = z.infer<typeof mentionSchema>;

export const screeningDecisionSchema = z.strictObject({
  state: screenedStateSchema,
  /** Exclusion codes, the deciding one first; `not-stated` where no keyword says anything. */
  codes: z.array(z.string()).readonly(),
  /** Whether the report calls its fracture no more than possible. */
  uncertain: z.boolean(),
  language: z.string(),
  /** What decided; empty for `not-stated`. */
  evidence: z.array(mentionSchema).readonly(),
});
export type ScreeningDecision = z.infer<typeof screeningDecisionSchema>;
