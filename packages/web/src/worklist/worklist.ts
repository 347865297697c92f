/** What the worklist shows of a queue: its filters, their counts, and where to go on. */
import type { CaseEntry, ReaderQueue } from "@malleolus/schema";

export const statuses = ["left", "new", "draft", "done"] as const;
export type WorklistStatus = (typeof statuses)[number];

/** Of an address; what it does not know shows what is left. */
export function readStatus(written: string | null): WorklistStatus {
  return statuses.find((one) => one === written) ?? "left";
}

export function countOf({ done, left, drafts }: ReaderQueue, status: WorklistStatus): number {
  switch (status) {
    case "left":
      return left;
    case "new":
      return left - drafts;
    case "draft":
      return drafts;
    case "done":
      return done;
  }
}

/** The draft that comes first, else the first that is new. */
export function firstToRead(left: readonly CaseEntry[]): CaseEntry | undefined {
  return left.find(({ state }) => state === "draft") ?? left.find(({ state }) => state === "new");
}

/** The queue of an address, else the first that has something left, else the first. */
export function queueToShow(
  queues: readonly ReaderQueue[],
  key: string | null,
): ReaderQueue | undefined {
  return (
    queues.find((queue) => queue.key === key) ?? queues.find(({ left }) => left > 0) ?? queues.at(0)
  );
}

export type GridMove = "up" | "down" | "page up" | "page down" | "first" | "last";

const MOVES: Readonly<Record<string, GridMove>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  PageUp: "page up",
  PageDown: "page down",
  Home: "first",
  End: "last",
};

export function moveOfKey(key: string): GridMove | undefined {
  return MOVES[key];
}

/** The row that a key goes to, among those that are there. */
export function rowAfter(move: GridMove, row: number, rows: number, rowsAPage: number): number {
  const to = {
    up: row - 1,
    down: row + 1,
    "page up": row - rowsAPage,
    "page down": row + rowsAPage,
    first: 0,
    last: rows - 1,
  }[move];
  return Math.min(Math.max(to, 0), Math.max(rows - 1, 0));
}
