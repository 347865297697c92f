/**
 * What a sentence mentions (fractures, abnormalities, reasons to exclude), where, and whether it
 * affirms, denies, doubts, asks or remembers it.
 */
import type { Mention, MentionStatus, ReportWords } from "@malleolus/schema";
import { type Language, type Site, type Subject, splitGlued, type Trigger } from "./language.ts";
import { findPresupposed } from "./presupposed.ts";
import { findScopes, type Scope } from "./scopes.ts";
import type { Sentence } from "./sentences.ts";
import { findTerms, keepLongest, overlaps, type TermMatch } from "./terms.ts";
import type { Token } from "./tokens.ts";

/** A mention, and whether the report's own text asks for it: not its request, nor a doubt about age. */
export interface ReadMention extends Mention {
  readonly asked: boolean;
}

/** The stronger first: "no old fracture" denies, "old fracture?" asks. */
const STRENGTH: readonly MentionStatus[] = ["negated", "question", "historical", "possible"];

export function readMentions(sentence: Sentence, language: Language): ReadMention[] {
  const { aside } = sentence;
  const tokens = splitGlued(sentence.tokens, language.glued);
  const names = namesIn(tokens, language);
  const triggers = keepLongest(findTerms(tokens, language.triggers));
  const ignored = triggers.filter(({ label }) => label === "ignored");
  // "Growth plate" means no plate, but "open growth plate" means what it says.
  const counts = (match: TermMatch<unknown>) =>
    !names.some((name) => overlaps(match, name)) &&
    !ignored.some((other) => overlaps(match, other) && lengthOf(other) >= lengthOf(match));
  const subjects = longestByKind(findTerms(tokens, language.subjects).filter(counts));
  const sites = keepLongest(findTerms(tokens, language.sites).filter(counts));
  const isPresupposed = findPresupposed(tokens, language);
  const fractures = subjects.filter(({ label }) => label.kind === "fracture");
  const scopes = findScopes(tokens, triggers, fractures);
  const siteOwners = sites.map((site) => ({
    site,
    owner: ownerOf(site, fractures, tokens, triggers, language),
  }));

  return subjects.flatMap((subject) => {
    const reaching = scopes.filter(
      (scope) =>
        reaches(scope, subject, subjects) &&
        !(scope.status === "negated" && isBehind(scope) && isPresupposed(subject, scope.from)),
    );
    const status = aside ? "question" : statusOf(reaching);
    const places = siteOwners.filter(({ owner }) => owner === subject).map(({ site }) => site);
    const own = places.filter(({ label }) => !label.elsewhere);
    // "Rib fractures": none that this picture could show.
    if (own.length < places.length && own.length === 0) return [];
    return {
      kind: subject.label.kind,
      words: wordsOf(subject, tokens),
      status,
      codes: codesOf(subject.label, own),
      atTarget: own.length === 0 || own.some(({ label }) => label.code === null),
      sites: own.map((site) => wordsOf(site, tokens)),
      modifiers: reaching
        .filter((scope) => scope.status === status || status === "question")
        .map(({ trigger }) => wordsOf(trigger, tokens)),
      asked: !aside && status === "question" && reaching.some((scope) => scope.status === status),
    };
  });
}

function statusOf(reaching: readonly Scope[]): MentionStatus {
  const has = (status: MentionStatus) => reaching.some((scope) => scope.status === status);
  const strongest = STRENGTH.find(has) ?? "affirmed";
  // "Os subfibulare, dd oud avulsiefragment": whether there is anything old is the question.
  return strongest === "historical" && has("possible") ? "question" : strongest;
}

/** Overlapping terms of one kind are one mention; of two kinds ("Weber B fracture") they are two. */
function longestByKind(matches: readonly TermMatch<Subject>[]): TermMatch<Subject>[] {
  const kinds = Map.groupBy(matches, ({ label }) => label.kind);
  return [...kinds.values()].flatMap(keepLongest).sort((a, b) => a.from - b.from);
}

function reaches(
  scope: Scope,
  subject: TermMatch<Subject>,
  subjects: readonly TermMatch<Subject>[],
): boolean {
  const inside = (other: TermMatch<Subject>) => other.from >= scope.from && other.to <= scope.to;
  if (!inside(subject) || (scope.onlyExclusions && subject.label.kind !== "exclusion"))
    return false;
  if (!scope.nearestOnly) return true;
  const within = subjects.filter(inside);
  return isBehind(scope)
    ? subject.from === within[0].from
    : subject.to === within[within.length - 1].to;
}

/** Whether what the scope means stands behind its trigger. */
function isBehind({ trigger, from }: Scope): boolean {
  return from >= trigger.to;
}

/** What follows a title is a name, whatever else it means: "Dr Jones", "Mr. J. Foot", "dr. Weber". */
function namesIn(tokens: readonly Token[], { titles }: Language): TermMatch<null>[] {
  return findTerms(tokens, titles).map(({ to }) => {
    let end = to;
    while (/^\p{L}$/u.test(tokens[end]?.word ?? "")) end++;
    return { label: null, from: to, to: end + 1 };
  });
}

/**
 * The fracture that a place belongs to: the nearest in the same clause, where a fracture with a
 * preposition ("fracture of the …") keeps the places that follow it.
 */
function ownerOf(
  site: TermMatch<Site>,
  fractures: readonly TermMatch<Subject>[],
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  { prepositions }: Language,
): TermMatch<Subject> | undefined {
  const within = fractures.find((fracture) => overlaps(fracture, site));
  if (within !== undefined) return within;
  const joined = (from: number, to: number) =>
    !triggers.some((other) => CUTS.has(other.label) && other.from < to && other.to > from) &&
    !commaCuts(tokens, triggers, from, to);
  const before = fractures.findLast(({ to }) => to <= site.from);
  const after = fractures.find(({ from }) => from >= site.to);
  const previous = before !== undefined && joined(before.to, site.from) ? before : undefined;
  const next = after !== undefined && joined(site.to, after.from) ? after : undefined;
  if (previous === undefined || next === undefined) return previous ?? next;
  const follows = findTerms(tokens.slice(previous.to, previous.to + 1), prepositions).length > 0;
  const distance = { previous: site.from - previous.to, next: next.from - site.to };
  return follows || distance.previous < distance.next ? previous : next;
}

const CUTS: ReadonlySet<Trigger> = new Set<Trigger>([
  "negationBefore",
  "negationAfter",
  "historicalBefore",
  "terminators",
]);

/** Whether a comma separates, which it does unless it stands in a list that ends with "or", "and". */
function commaCuts(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  from: number,
  to: number,
): boolean {
  const comma = tokens.findIndex(({ word }, at) => at >= from && at < to && word === ",");
  if (comma < 0) return false;
  return !triggers.some(({ label, from: at }) => label === "coordinators" && at > comma && at < to);
}

function codesOf(subject: Subject, sites: readonly TermMatch<Site>[]): string[] {
  if (subject.kind === "exclusion") return [subject.code];
  const codes = sites.flatMap(({ label }) => (label.code === null ? [] : [label.code]));
  return [...new Set(codes)];
}

function lengthOf({ from, to }: TermMatch<unknown>): number {
  return to - from;
}

function wordsOf({ from, to }: TermMatch<unknown>, tokens: readonly Token[]): ReportWords {
  const words = tokens.slice(from, to);
  const { start } = words[0];
  const { end } = words[words.length - 1];
  return { start, end, text: words.map(({ text }) => text).join(" ") };
}
