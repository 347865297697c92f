/** The journal in the browser's database. */
import type { HistoryEntry } from "./history.ts";
import { headSchema, type Journal } from "./journal.ts";

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
      const { first, steps, done } = head.data;
      // Both ends belong to it: a range without a number in it is none to the browser.
      const range = IDBKeyRange.bound([login, code, first], [login, code, first + steps]);
      const kept: unknown = await answerOf(reads.objectStore(STEPS).getAll(range));
      const entries = Array.isArray(kept) ? kept.filter(isEntry) : [];
      const isWhole = entries.length >= steps;
      const history = isWhole
        ? { entries: entries.slice(0, steps), done }
        : { entries: [], done: 0 };
      return { head: head.data, history };
    },
    async write(code, head, { first, from, entries }) {
      const writes = database.transaction([HEADS, STEPS], "readwrite", { durability: "strict" });
      writes.objectStore(HEADS).put(head, key(code));
      const steps = writes.objectStore(STEPS);
      for (const [i, entry] of entries.entries()) steps.put(entry, [login, code, from + i]);
      // The oldest have no use any more.
      if (first > 0)
        steps.delete(IDBKeyRange.bound([login, code, 0], [login, code, first], false, true));
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
