/**
 * The journal of what somebody draws, in the browser's database: what is drawn and not yet acknowledged, what is
 * on its way, and the steps that can be undone, so that they survive a crash of the tab. Written with every
 * change, before anything is sent.
 */
import { annotationContentSchema, parkedDrawingSchema } from "@malleolus/schema";
import { z } from "zod";
import type { History, HistoryEntry } from "./history.ts";

/** What a case's journal says besides its steps. */
const headSchema = z.object({
  content: annotationContentSchema,
  /** What the server had when this was drawn, and its version. */
  base: annotationContentSchema,
  version: z.int().nonnegative(),
  /** Whether there is something that the server has not acknowledged. */
  dirty: z.boolean(),
  /** Drawings that were in hand. */
  unfinished: z.array(parkedDrawingSchema),
  /** How many steps there are, and how many of them are done. */
  steps: z.int().nonnegative(),
  done: z.int().nonnegative(),
});
export type JournalHead = z.infer<typeof headSchema>;

export interface Journalled {
  readonly head: JournalHead;
  readonly history: History;
}

/** What changes of the steps that are kept: written under their numbers; what is behind `steps` is not read. */
export interface StepWrites {
  readonly from: number;
  readonly entries: readonly HistoryEntry[];
}

/** Steps that are kept as they are need no second writing. */
export function stepWrites(before: History, after: History): StepWrites {
  let from = 0;
  const both = Math.min(before.entries.length, after.entries.length);
  while (from < both && before.entries[from] === after.entries[from]) from++;
  return { from, entries: after.entries.slice(from) };
}

export interface Journal {
  readonly read: (code: string) => Promise<Journalled | null>;
  readonly write: (code: string, head: JournalHead, steps: StepWrites) => Promise<void>;
  readonly forget: (code: string) => Promise<void>;
}

const NAME = "malleolus-annotating";
const HEADS = "heads";
const STEPS = "steps";

/** Null where the browser has no database, or keeps none. */
export async function openJournal(login: string): Promise<Journal | null> {
  const database = await openDatabase().catch(() => null);
  if (database === null) return null;
  const key = (code: string) => [login, code];
  const stepsOf = (code: string) =>
    IDBKeyRange.bound([login, code, 0], [login, code, Number.MAX_SAFE_INTEGER]);
  return {
    async read(code) {
      const reads = database.transaction([HEADS, STEPS]);
      const found = await answerOf(reads.objectStore(HEADS).get(key(code)));
      const head = headSchema.safeParse(found);
      if (!head.success) return null;
      const kept: unknown = await answerOf(reads.objectStore(STEPS).getAll(stepsOf(code)));
      const entries = Array.isArray(kept) ? kept.filter(isEntry) : [];
      const { steps, done } = head.data;
      const isWhole = entries.length >= steps;
      const history = isWhole
        ? { entries: entries.slice(0, steps), done }
        : { entries: [], done: 0 };
      return { head: head.data, history };
    },
    async write(code, head, { from, entries }) {
      const writes = database.transaction([HEADS, STEPS], "readwrite", { durability: "strict" });
      writes.objectStore(HEADS).put(head, key(code));
      const steps = writes.objectStore(STEPS);
      for (const [i, entry] of entries.entries()) steps.put(entry, [login, code, from + i]);
      await endOf(writes);
    },
    async forget(code) {
      const writes = database.transaction([HEADS, STEPS], "readwrite");
      writes.objectStore(HEADS).delete(key(code));
      writes.objectStore(STEPS).delete(stepsOf(code));
      await endOf(writes);
    },
  };
}

/** Written by this page or one of the same version; another's is not undone. */
function isEntry(value: unknown): value is HistoryEntry {
  return (
    typeof value === "object" &&
    value !== null &&
    "what" in value &&
    "change" in value &&
    typeof value.change === "object" &&
    value.change !== null &&
    "shapes" in value.change &&
    Array.isArray(value.change.shapes)
  );
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore(HEADS);
    request.result.createObjectStore(STEPS);
  });
  return answerOf(request);
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("error", () => reject(transaction.error));
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}
