/**
 * The journal of what somebody draws: what is drawn and not yet acknowledged, what is on its way, and the steps that
 * can be undone, so that they survive a crash of the tab. Written with every change, before anything is sent; where
 * it is kept is `open-journal.ts`'s.
 */
import { annotationContentSchema, parkedDrawingSchema } from "@malleolus/schema";
import { z } from "zod";
import type { History, HistoryEntry } from "./history.ts";

/** What a case's journal says besides its steps. */
export const headSchema = z.object({
  content: annotationContentSchema,
  /** What the server had when this was drawn, and its version. */
  base: annotationContentSchema,
  version: z.int().nonnegative(),
  /** Whether there is something that the server has not acknowledged. */
  dirty: z.boolean(),
  /** Drawings that were in hand. */
  unfinished: z.array(parkedDrawingSchema),
  /** The number of the first step: the oldest ones go, and the others keep theirs. */
  first: z.int().nonnegative().default(0),
  /** How many steps there are, and how many of them are done. */
  steps: z.int().nonnegative(),
  done: z.int().nonnegative(),
});
export type JournalHead = z.infer<typeof headSchema>;

export interface Journalled {
  readonly head: JournalHead;
  readonly history: History;
}

/** Steps as they are kept, under their numbers from `first` on. */
export interface NumberedSteps {
  readonly first: number;
  readonly entries: readonly HistoryEntry[];
}

/** What changes of the steps that are kept: written under their numbers; what is behind the last is not read. */
export interface StepWrites {
  readonly first: number;
  readonly from: number;
  readonly entries: readonly HistoryEntry[];
}

/** Steps that are kept as they are need no second writing, also where the oldest of two hundred goes. */
export function stepWrites(
  before: NumberedSteps,
  { entries }: Pick<History, "entries">,
): StepWrites {
  const gone = entries.length === 0 ? 0 : Math.max(before.entries.indexOf(entries[0]), 0);
  let same = 0;
  while (same < entries.length && before.entries[gone + same] === entries[same]) same++;
  const first = before.first + gone;
  return { first, from: first + same, entries: entries.slice(same) };
}

export interface Journal {
  readonly read: (code: string) => Promise<Journalled | null>;
  readonly write: (code: string, head: JournalHead, steps: StepWrites) => Promise<void>;
  readonly forget: (code: string) => Promise<void>;
}
