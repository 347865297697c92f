/** Readings of a case, and the verdicts that came of them. */
import { z } from "zod";

/**
 * Who reads: observers classify and exclude every screened case; surgeons set the reference of the
 * tests.
 */
export const panelSchema = z.enum(["curation", "reference"]);
export type Panel = z.infer<typeof panelSchema>;

/** A class of the protocol, or the exclusion code for which the case is to be left out. */
export const decisionSchema = z.strictObject({
  kind: z.enum(["class", "exclusion"]),
  id: z.string().min(1),
});
export type Decision = z.infer<typeof decisionSchema>;

const noteSchema = z.string().max(500);
/** Time spent on it, without pauses. */
const secondsSchema = z.number().nonnegative();

export const readingSchema = z.strictObject({
  caseId: z.string().min(1),
  panel: panelSchema,
  reader: z.string().min(1),
  decision: decisionSchema,
  note: noteSchema.optional(),
  seconds: secondsSchema.optional(),
});
export type Reading = z.infer<typeof readingSchema>;

/** The decision of a senior or of a panel's talk, on a case whose readers did not agree. */
export const adjudicationSchema = z.strictObject({
  caseId: z.string().min(1),
  who: z.string().min(1),
  decision: decisionSchema,
  why: z.string().min(1).max(500),
  /** What the senior saw before seeing the readings; kept beside them. */
  ownView: decisionSchema.optional(),
  seconds: secondsSchema.optional(),
});
export type Adjudication = z.infer<typeof adjudicationSchema>;

/** How a panel's verdict came about. */
export const verdictHowSchema = z.enum(["agreed", "majority", "adjudicated", "consensus"]);
export type VerdictHow = z.infer<typeof verdictHowSchema>;
