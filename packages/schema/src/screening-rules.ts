/**
 * The words by which radiology reports are screened: data of a protocol, in every language in which
 * its hospitals report.
 *
 * A term is one or more words, compared without regard to case, accents, hyphens and full stops.
 * `*` stands for any letters at the beginning or end of a word (`*fractuur` finds
 * `fibulafractuur`), `...` for up to three words between two others, and `|` between single words
 * for any of them (`not seen|visible`). Fractures and places are found with one slip of the fingers
 * in a long word, too.
 */
import { z } from "zod";
import { upgradeLanguageRules } from "./version-1.ts";

/** Each side of a `|` is one word. */
const termSchema = z
  .string()
  .regex(/[\p{L}\p{N}#?]/u)
  .refine((term) => !/(?:^|[\s|])\||\|(?:[\s|]|$)|-[^\s|]*\||\|[^\s|]*-/.test(term), {
    error: 'expected single words on both sides of "|"',
  });
const termsSchema = z.array(termSchema).readonly();
/** Lists that protocols written before they were known do without. */
const laterTermsSchema = termsSchema.default([]);
const termsByCodeSchema = z.record(z.string().min(1), termsSchema);

const languageRules = z.strictObject({
  /** Frequent small words by which the language of a report is told. */
  recognizedBy: termsSchema,
  /** Words after which a full stop ends no sentence. */
  abbreviations: termsSchema,
  /** Headings of sections that ask or tell the history, and report no finding. */
  asideHeadings: termsSchema,
  /** Headings of all other sections. */
  reportHeadings: termsSchema,

  fracture: termsSchema,
  /** Where the protocol looks for a fracture. A fracture without a place counts as being there. */
  targetSites: termsSchema,
  /** What joins a fracture to the places after it: "of". */
  prepositions: termsSchema,
  /** Where a fracture excludes, by exclusion code. */
  otherSites: termsByCodeSchema,
  /** What says, when it is negated, that there is no fracture: "osseous abnormality". */
  abnormality: termsSchema,
  /** What says by itself that there is no fracture: "bones are intact". */
  normal: termsSchema,
  /** What excludes where it is not negated, by exclusion code. */
  exclusions: termsByCodeSchema,
  /** Words that look like one of the above and mean nothing: "fracture clinic". */
  ignored: termsSchema,

  negationBefore: termsSchema,
  negationAfter: termsSchema,
  possibleBefore: termsSchema,
  possibleAfter: termsSchema,
  questionBefore: termsSchema,
  questionAfter: termsSchema,
  historicalBefore: termsSchema,
  historicalAfter: termsSchema,
  /** What ends the reach of a word about history: "acute", "new". */
  acute: termsSchema,
  /** What ends the reach of every word before it: "but". */
  terminators: termsSchema,
  /** What joins the last item to a list: a negation reaches over the commas before it. */
  coordinators: termsSchema,

  /** Places that no picture of the protocol's body part shows: a fracture there says nothing. */
  elsewhere: laterTermsSchema,
  /** What is said of a fracture, not that there is one: "no displacement of" leaves it. */
  aspects: laterTermsSchema,
  /** Articles of what is known already: "no callus around the fracture". */
  articles: laterTermsSchema,
  /** Before a name, which means nothing else: "dr" in "Dr Jones". */
  titles: laterTermsSchema,
  /** What begins a condition, up to the end of its sentence: "if". */
  conditional: laterTermsSchema,
  /** What makes a cast or a plate one that is not there yet: "needs", "for comfort". */
  plannedBefore: laterTermsSchema,
  plannedAfter: laterTermsSchema,
  /** After a "not seen": where alone it was not seen, "on the lateral view". */
  partialViews: laterTermsSchema,
  /** Answers behind a colon or a question: "Fracture: no". */
  answerNo: laterTermsSchema,
  answerYes: laterTermsSchema,
});

export const languageRulesSchema = z.preprocess(upgradeLanguageRules, languageRules);
export type LanguageRules = z.infer<typeof languageRulesSchema>;

export const screeningRulesSchema = z.strictObject({
  /** The exclusion code of an old fracture, wherever it is. */
  oldFracture: z.string().min(1),
  /** Where a report lands that calls a fracture possible and nothing more. */
  uncertainFracture: z.enum(["candidate fracture", "excluded by keyword"]),
  languages: z.record(z.string().min(2), languageRulesSchema),
});
export type ScreeningRules = z.infer<typeof screeningRulesSchema>;
