/**
 * Checklists of what a paper has to report, and how an item stands: filled from what the study knows,
 * answered by its author, still to be answered, or not applicable.
 *
 * An item is never filled without evidence: `evidence.ts` gives the words and where in the report they
 * come from, or nothing. What only an author can know is asked, whatever the study knows beside it.
 */
import type { ReportContent } from "../content.ts";
import { evidenceOf, type KnownTopics, type Topic } from "./evidence.ts";
import type { Evidence } from "./evidence-words.ts";

export type StudyDesign =
  | "retrospective evaluation"
  | "randomised trial"
  | "trial protocol"
  | "early clinical evaluation";

export interface Checklist {
  readonly name: string;
  /** Where it was published, and how sure its items are. */
  readonly source: string;
  /** The design that its items on a study's conduct are for; null for those that suit any. */
  readonly design: StudyDesign | null;
  readonly items: readonly ChecklistItem[];
}

export interface ChecklistItem {
  readonly id: string;
  /** What has to be reported, briefly and in our own words. */
  readonly asks: string;
  /** What the study may know of it; null for what it cannot know. */
  readonly topic: Topic | null;
  /** What only the author can say, without which the item is not answered. */
  readonly author?: string;
  /** About the conduct of a study of the checklist's design, and of no other. */
  readonly conduct?: true;
}

/** What an author wrote in the study's file. */
export interface AuthorAnswer {
  readonly checklist: string;
  readonly item: string;
  readonly status: "answered" | "not applicable";
  readonly text: string;
}

export type ItemStatus =
  | "filled"
  | "answered by the author"
  | "needs the author"
  | "not applicable";

export interface FilledItem {
  readonly id: string;
  readonly asks: string;
  readonly status: ItemStatus;
  /** Null where nothing is known. */
  readonly answer: string | null;
  /** What the author has to add; null where nothing is missing. */
  readonly missing: string | null;
  readonly where: Evidence["where"] | null;
}

export interface FilledChecklist {
  readonly name: string;
  readonly source: string;
  readonly items: readonly FilledItem[];
}

export function fillChecklists(
  checklists: readonly Checklist[],
  content: ReportContent,
  answers: readonly AuthorAnswer[],
  design: StudyDesign,
): FilledChecklist[] {
  const evidence = evidenceOf(content);
  return checklists.map((checklist) => ({
    name: checklist.name,
    source: checklist.source,
    items: checklist.items.map((item) => {
      const answer = answers.find(
        (one) => one.checklist === checklist.name && one.item === item.id,
      );
      return fillItem(item, checklist, evidence, answer, design);
    }),
  }));
}

function fillItem(
  item: ChecklistItem,
  checklist: Checklist,
  evidence: KnownTopics,
  answer: AuthorAnswer | undefined,
  design: StudyDesign,
): FilledItem {
  const { id, asks } = item;
  const known = item.topic === null ? null : (evidence.get(item.topic) ?? null);
  const base = { id, asks, answer: known?.text ?? null, where: known?.where ?? null };
  if (answer !== undefined) {
    const status = answer.status === "answered" ? "answered by the author" : "not applicable";
    const text = known === null ? answer.text : `${answer.text} The study: ${known.text}`;
    return { ...base, status, answer: text, missing: null };
  }
  if (item.conduct === true && checklist.design !== design) {
    const reason = `This is a ${design}, for which the item does not ask.`;
    return { ...base, status: "not applicable", answer: reason, missing: null, where: null };
  }
  if (known === null) {
    return { ...base, status: "needs the author", missing: item.author ?? "all of it" };
  }
  if (item.author !== undefined) {
    return { ...base, status: "needs the author", missing: item.author };
  }
  return { ...base, status: "filled", missing: null };
}

/** How many items stand how. */
export function countStatuses({ items }: FilledChecklist): Readonly<Record<ItemStatus, number>> {
  const count = (status: ItemStatus) => items.filter((item) => item.status === status).length;
  return {
    filled: count("filled"),
    "answered by the author": count("answered by the author"),
    "needs the author": count("needs the author"),
    "not applicable": count("not applicable"),
  };
}
