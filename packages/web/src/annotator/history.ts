/**
 * Undo and redo: differences of the document, one a finished gesture. What is looked at (zoom, window,
 * selection, hiding) is no part of it and clears no redo.
 */
import type { StringKey } from "../strings/english.ts";
import {
  type AnnotationDocument,
  applyChange,
  type DocumentChange,
  diffDocuments,
  isNoChange,
} from "./document.ts";

/** What was done, as the string that says it. */
export type EditName = Extract<StringKey, `edit.${string}`>;

export interface HistoryEntry {
  readonly what: EditName;
  /** Where; null for what is nowhere. */
  readonly image: string | null;
  readonly change: DocumentChange;
  /** Entries of the same gesture follow one another as one: nudges of a point. */
  readonly gesture: string | null;
}

export interface History {
  readonly entries: readonly HistoryEntry[];
  /** How many of them are done; the others can be done again. */
  readonly done: number;
}

export const emptyHistory: History = { entries: [], done: 0 };

/** Steps that are kept. */
export const MOST_STEPS = 200;

/** The history after a change, which takes the place of what could be done again. */
export function record(
  history: History,
  before: AnnotationDocument,
  after: AnnotationDocument,
  made: Omit<HistoryEntry, "change">,
): History {
  const change = diffDocuments(before, after);
  if (isNoChange(change)) return history;
  const done = history.entries.slice(0, history.done);
  const last = done.at(-1);
  if (last !== undefined && made.gesture !== null && last.gesture === made.gesture) {
    const start = applyChange(before, last.change, "back");
    const joined = { ...made, change: diffDocuments(start, after) };
    const entries = [...done.slice(0, -1), ...(isNoChange(joined.change) ? [] : [joined])];
    return { entries, done: entries.length };
  }
  const entries = [...done, { ...made, change }].slice(-MOST_STEPS);
  return { entries, done: entries.length };
}

export interface Stepped {
  readonly document: AnnotationDocument;
  readonly history: History;
  readonly entry: HistoryEntry;
}

/** One step back; null at the beginning. */
export function stepBack(document: AnnotationDocument, history: History): Stepped | null {
  const entry = history.entries[history.done - 1];
  if (history.done === 0 || entry === undefined) return null;
  return {
    document: applyChange(document, entry.change, "back"),
    history: { ...history, done: history.done - 1 },
    entry,
  };
}

/** One step forward again; null at the end. */
export function stepForward(document: AnnotationDocument, history: History): Stepped | null {
  const entry = history.entries[history.done];
  if (history.done === history.entries.length || entry === undefined) return null;
  return {
    document: applyChange(document, entry.change, "forward"),
    history: { ...history, done: history.done + 1 },
    entry,
  };
}
