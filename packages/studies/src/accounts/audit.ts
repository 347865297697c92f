/** The audit log: who saw or did what, and how it was answered. It is added to, and never changed. */
import type { AuditEntry } from "@malleolus/schema";
import type { Study } from "../study.ts";

export type NewAuditEntry = Omit<AuditEntry, "id">;

/** Entries written in one statement: SQLite takes 32,766 values. */
const BATCH = 1000;

export async function recordAudit(
  { database }: Study,
  entries: readonly NewAuditEntry[],
): Promise<void> {
  for (let start = 0; start < entries.length; start += BATCH) {
    await database
      .insertInto("audit")
      .values(entries.slice(start, start + BATCH))
      .execute();
  }
}

/** Newest first; `before` is the id of the last entry of the page before. */
export async function readAudit(
  { database }: Study,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<AuditEntry[]> {
  return database
    .selectFrom("audit")
    .selectAll()
    .$if(before !== undefined, (all) => all.where("id", "<", before ?? 0))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
