/**
 * A language's rules, made ready for reading sentences, and which language a report is in.
 */
import type { LanguageRules } from "@malleolus/schema";
import { tokenize } from "./sentences.ts";
import { findTerms, indexTerms, type TermIndex } from "./terms.ts";

/** What changes the meaning of the words around it. */
export type Trigger =
  | "negationBefore"
  | "negationAfter"
  | "possibleBefore"
  | "possibleAfter"
  | "questionBefore"
  | "questionAfter"
  | "historicalBefore"
  | "historicalAfter"
  | "acute"
  | "terminators"
  | "coordinators"
  | "ignored";

const TRIGGERS: readonly Trigger[] = [
  "ignored",
  "terminators",
  "negationBefore",
  "negationAfter",
  "possibleBefore",
  "possibleAfter",
  "questionBefore",
  "questionAfter",
  "historicalBefore",
  "historicalAfter",
  "acute",
  "coordinators",
];

export type Subject =
  | { readonly kind: "fracture" | "abnormality" | "normal" }
  | { readonly kind: "exclusion"; readonly code: string };

/** A place: the protocol's own (no code), or one that excludes. */
export interface Site {
  readonly code: string | null;
}

export interface Language {
  readonly name: string;
  readonly rules: LanguageRules;
  readonly triggers: TermIndex<Trigger>;
  readonly subjects: TermIndex<Subject>;
  readonly sites: TermIndex<Site>;
  readonly prepositions: TermIndex<true>;
  readonly recognisedBy: TermIndex<true>;
}

export function prepareLanguage(name: string, rules: LanguageRules): Language {
  return {
    name,
    rules,
    triggers: indexTerms(TRIGGERS.map((trigger) => [trigger, rules[trigger]])),
    subjects: indexTerms<Subject>([
      [{ kind: "fracture" }, rules.fracture, "forgiving"],
      [{ kind: "abnormality" }, rules.abnormality],
      [{ kind: "normal" }, rules.normal],
      ...Object.entries(rules.exclusions).map(
        ([code, terms]) => [{ kind: "exclusion", code }, terms] as const,
      ),
    ]),
    sites: indexTerms<Site>([
      [{ code: null }, rules.targetSites, "forgiving"],
      ...Object.entries(rules.otherSites).map(
        ([code, terms]) => [{ code }, terms, "forgiving"] as const,
      ),
    ]),
    prepositions: indexTerms([[true, rules.prepositions]]),
    recognisedBy: indexTerms([[true, rules.recognisedBy]]),
  };
}

/** The language whose terms cover most of the text's words; at a tie, the first. */
export function recogniseLanguage(text: string, languages: readonly Language[]): Language {
  const [first, ...others] = languages;
  if (others.length === 0) return first;
  const tokens = tokenize(text);
  const count = ({ recognisedBy, triggers, subjects, sites }: Language) => {
    const covered = new Set<number>();
    for (const index of [recognisedBy, triggers, subjects, sites]) {
      for (const { from, to } of findTerms<unknown>(tokens, index)) {
        for (let at = from; at < to; at++) covered.add(at);
      }
    }
    return covered.size;
  };
  let best = { language: first, count: count(first) };
  for (const language of others) {
    const found = count(language);
    if (found > best.count) best = { language, count: found };
  }
  return best.language;
}
