/**
 * Screening: from a radiology report to candidate fracture, candidate no fracture, or excluded by
 * keyword, with the words that decided. It finds studies worth a reader's time; it never labels one.
 */
import type { Mention, ReportWords, ScreeningDecision, ScreeningRules } from "@malleolus/schema";
import { type Language, prepareLanguage, recognizeLanguage } from "./language.ts";
import { type ReadMention, readMentions } from "./mentions.ts";
import { readSentences } from "./sentences.ts";

export interface ReportScreener {
  /** Decides on one report; `language` as the rules name it, or null to tell it by its words. */
  screen(report: string, language?: string | null): ScreeningDecision;
}

/** The code of a report in which no keyword says anything. */
export const NOT_STATED = "not-stated";

/** Makes a protocol's rules ready. They must hold at least one language. */
export function createReportScreener(rules: ScreeningRules): ReportScreener {
  const languages = Object.entries(rules.languages).map(([name, words]) =>
    prepareLanguage(name, words),
  );
  return {
    screen(report, name = null) {
      const known = languages.find((language) => language.name === name);
      const language = known ?? recognizeLanguage(report, languages);
      return decide(readReport(report, language), rules, language.name);
    },
  };
}

function readReport(report: string, language: Language): ReadMention[] {
  return readSentences(report, language.layout)
    .flatMap((sentence) => readMentions(sentence, language))
    .map((mention) => ({
      ...mention,
      words: asWritten(report, mention.words),
      sites: mention.sites.map((words) => asWritten(report, words)),
      modifiers: mention.modifiers.map((words) => asWritten(report, words)),
    }));
}

function asWritten(report: string, { start, end }: ReportWords): ReportWords {
  return { start, end, text: report.slice(start, end) };
}

function decide(
  read: readonly ReadMention[],
  rules: ScreeningRules,
  language: string,
): ScreeningDecision {
  const mentions = read.map(({ asked: _, ...mention }): Mention => mention);
  const fractures = mentions.filter(({ kind }) => kind === "fracture");
  const excluding = mentions.flatMap((mention) => {
    const codes = exclusionCodes(mention, rules);
    return codes.length === 0 ? [] : [{ ...mention, codes }];
  });
  if (excluding.length > 0) {
    const codes = [...new Set(excluding.flatMap((mention) => mention.codes))];
    return {
      state: "excluded by keyword",
      codes,
      uncertain: false,
      language,
      evidence: excluding,
    };
  }
  const affirmed = fractures.filter(({ status }) => status === "affirmed");
  if (affirmed.length > 0) {
    return {
      state: "candidate fracture",
      codes: [],
      uncertain: false,
      language,
      evidence: affirmed,
    };
  }
  const possible = fractures.filter(({ status, atTarget }) => status === "possible" && atTarget);
  if (possible.length > 0) return possibleFracture(possible, rules, language);
  const denied = mentions.filter(deniesFracture);
  if (denied.length > 0) {
    return {
      state: "candidate no fracture",
      codes: [],
      uncertain: false,
      language,
      evidence: denied,
    };
  }
  // "?undisplaced fracture lateral malleolus", and nothing else: a doubt and not a request.
  const asked = read
    .filter((mention) => mention.asked && mention.kind === "fracture" && mention.atTarget)
    .map(({ asked: _, ...mention }): Mention => ({ ...mention, status: "possible" }));
  if (asked.length > 0) return possibleFracture(asked, rules, language);
  return {
    state: "excluded by keyword",
    codes: [NOT_STATED],
    uncertain: false,
    language,
    evidence: [],
  };
}

function possibleFracture(
  evidence: readonly Mention[],
  { uncertainFracture }: ScreeningRules,
  language: string,
): ScreeningDecision {
  return {
    state: uncertainFracture,
    codes: uncertainFracture === "excluded by keyword" ? ["uncertain"] : [],
    uncertain: true,
    language,
    evidence,
  };
}

/** The codes by which a mention excludes; none where it does not. */
function exclusionCodes(mention: Mention, rules: ScreeningRules): readonly string[] {
  const { kind, status, codes } = mention;
  if (kind === "exclusion") return status === "affirmed" || status === "historical" ? codes : [];
  if (kind !== "fracture") return [];
  if (status === "historical") return [rules.oldFracture];
  return status === "affirmed" ? codes : [];
}

function deniesFracture({ kind, status, atTarget }: Mention): boolean {
  if (kind === "normal") return status === "affirmed";
  if (kind === "exclusion") return false;
  return status === "negated" && atTarget;
}
