/** Removes the leftovers of an interrupted import: images without a record. */
import { rmSync } from "node:fs";
import { anyOf } from "../database/any-of.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import { findOrphans } from "../image-store.ts";
import type { Study } from "../study.ts";
import type { ImportLock } from "./import-lock.ts";

/** Removes them and says how many; nothing is recorded while they go. */
export async function sweepStore({ database, images }: Study, lock: ImportLock): Promise<number> {
  const recorded = await recordedImages(database, null);
  const found = findOrphans(images, (sha256) => recorded.has(sha256));
  if (found.length === 0) return 0;
  await inTransaction(database, async (transaction) => {
    await lock.holdAlone(transaction);
    const names = found.flatMap(({ sha256 }) => sha256 ?? []);
    const since = await recordedImages(transaction, names);
    for (const { sha256, path } of found) {
      if (sha256 === null || !since.has(sha256)) rmSync(path, { force: true });
    }
  });
  return found.length;
}

/** Removes what killed workers have left beside its place in a store, and nothing that anybody may still be at. */
export function discardOldStaged(store: string): void {
  for (const { path } of findOrphans(store, () => true)) rmSync(path, { force: true });
}

/** Of these, or of all. */
async function recordedImages(
  database: StudyDatabase,
  names: readonly string[] | null,
): Promise<Set<string>> {
  const all = database.selectFrom("images").select("sha256");
  const asked = names === null ? all : all.where("sha256", "in", anyOf(database, names));
  return new Set((await asked.execute()).map(({ sha256 }) => sha256));
}
