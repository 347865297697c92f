/**
 * The events of a run as they are written, for whoever looks at it while it trains: only what is new is read. A run
 * that resumes cuts its file back; whoever follows begins anew then.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { readJson, shownEventSchema } from "@malleolus/schema";
import type { z } from "zod";

export type ShownEvent = z.infer<typeof shownEventSchema>;

export interface NewEvents {
  /** Whether what was told before does not hold any more. */
  readonly isAnew: boolean;
  readonly events: readonly ShownEvent[];
}

/** Bytes before a place by which it is known again: a line's time is among them. */
const MARK_BYTES = 512;

/** Asks again and again what has come since; null where nothing has. */
export function followEvents(path: string): () => NewEvents | null {
  let [offset, line] = [0, 0];
  let mark: Buffer = Buffer.alloc(0);
  return () => {
    if (!existsSync(path)) return null;
    const file = openSync(path, "r");
    try {
      const size = fstatSync(file).size;
      // Cut back, it may have grown beyond that place again before anybody looked.
      const isAnew = size < offset || !mark.equals(readAt(file, offset - mark.length, mark.length));
      const [from, firstLine] = isAnew ? [0, 0] : [offset, line];
      const bytes = readAt(file, from, size - from);
      // The last line may be about to be written.
      const end = bytes.lastIndexOf("\n") + 1;
      if (end === 0 && !isAnew) return null;
      const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
      const events = lines.map((text, index) =>
        readJson(shownEventSchema, text, `${path}, line ${firstLine + index + 1}`),
      );
      // Behind what can fail: what is damaged is told again, and what follows is not taken for new.
      [offset, line] = [from + end, firstLine + lines.length];
      mark = readAt(file, Math.max(0, offset - MARK_BYTES), Math.min(offset, MARK_BYTES));
      return { isAnew, events };
    } finally {
      closeSync(file);
    }
  };
}

function readAt(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, from));
}
