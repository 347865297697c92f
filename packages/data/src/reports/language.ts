/**
 * A language's rules, made ready for reading sentences, and which language a report is in.
 */
import type { LanguageRules } from "@malleolus/schema";
import { type Layout, readLayout } from "./sentences.ts";
import { findTerms, indexTerms, type TermIndex } from "./terms.ts";
import { joinWords, type Token, tokenize } from "./tokens.ts";

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
  | "conditional"
  | "plannedBefore"
  | "plannedAfter"
  | "partialViews"
  | "answerNo"
  | "answerYes"
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
  "conditional",
  "plannedBefore",
  "plannedAfter",
  "partialViews",
  "answerNo",
  "answerYes",
];

export type Subject =
  | { readonly kind: "fracture" | "abnormality" | "normal" }
  | { readonly kind: "exclusion"; readonly code: string };

/** A place: the protocol's own (no code), one that excludes, or one that no ankle's picture shows. */
export interface Site {
  readonly code: string | null;
  readonly elsewhere: boolean;
}

export interface Language {
  readonly name: string;
  readonly layout: Layout;
  readonly triggers: TermIndex<Trigger>;
  readonly subjects: TermIndex<Subject>;
  readonly sites: TermIndex<Site>;
  readonly prepositions: TermIndex<true>;
  readonly coordinators: TermIndex<true>;
  /** What is said of a fracture: its displacement, its healing. */
  readonly aspects: TermIndex<true>;
  readonly articles: TermIndex<true>;
  readonly titles: TermIndex<true>;
  /** A denial and a fracture, written as one word: its first part is the denial. */
  readonly glued: RegExp;
  readonly recognizedBy: TermIndex<true>;
}

export function prepareLanguage(name: string, rules: LanguageRules): Language {
  return {
    name,
    layout: readLayout(rules),
    triggers: indexTerms(TRIGGERS.map((trigger) => [trigger, rules[trigger]])),
    subjects: indexTerms<Subject>([
      [{ kind: "fracture" }, rules.fracture, "forgiving"],
      [{ kind: "abnormality" }, rules.abnormality, "forgiving"],
      [{ kind: "normal" }, rules.normal],
      ...Object.entries(rules.exclusions).map(
        ([code, terms]) => [{ kind: "exclusion", code }, terms] as const,
      ),
    ]),
    sites: indexTerms<Site>([
      [{ code: null, elsewhere: false }, rules.targetSites, "forgiving"],
      ...Object.entries(rules.otherSites).map(
        ([code, terms]) => [{ code, elsewhere: false }, terms, "forgiving"] as const,
      ),
      [{ code: null, elsewhere: true }, rules.elsewhere],
    ]),
    prepositions: indexTerms([[true, rules.prepositions]]),
    coordinators: indexTerms([[true, rules.coordinators]]),
    aspects: indexTerms([[true, rules.aspects]]),
    articles: indexTerms([[true, rules.articles]]),
    titles: indexTerms([[true, rules.titles]]),
    glued: readGlued(rules),
    recognizedBy: indexTerms([[true, rules.recognizedBy]]),
  };
}

/** The language whose terms cover most of the text's words; at a tie, the first. */
export function recognizeLanguage(text: string, languages: readonly Language[]): Language {
  const [first, ...others] = languages;
  if (others.length === 0) return first;
  const words = tokenize(text);
  const count = ({ recognizedBy, triggers, subjects, sites, glued }: Language) => {
    const tokens = splitGlued(words, glued);
    const covered = new Set<number>();
    for (const index of [recognizedBy, triggers, subjects, sites]) {
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

/** "Nofracture" as two words, which dictation and haste make one. */
export function splitGlued(tokens: readonly Token[], glued: RegExp): Token[] {
  return tokens.flatMap((token) => {
    const first = glued.exec(token.word)?.[1];
    if (first === undefined || token.text.length !== token.word.length) return [token];
    const { start, end, text, word } = token;
    const at = first.length;
    return [
      { start, end: start + at, text: text.slice(0, at), word: first },
      { start: start + at, end, text: text.slice(at), word: word.slice(at) },
    ];
  });
}

/** Shorter words begin too many others. */
const SHORTEST_STEM = 5;

function readGlued({ negationBefore, fracture }: LanguageRules): RegExp {
  const isWord = (term: string) => /^\p{L}+$/u.test(term);
  const stems = fracture.map((term) => joinWords(term.replaceAll("*", "")));
  const long = stems.filter((stem) => isWord(stem) && stem.length >= SHORTEST_STEM);
  const denials = negationBefore.filter(isWord).map(joinWords);
  return new RegExp(`^(${denials.join("|")})(?=(?:${long.join("|")}))`, "u");
}
