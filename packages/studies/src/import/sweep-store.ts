/** Removes the leftovers of an interrupted import: images without a record. */
import { removeOrphans } from "../image-store.ts";
import type { Study } from "../study.ts";

/** Removes them and says how many; only the holder of the import's lock may. */
export async function sweepStore({ database, images }: Study): Promise<number> {
  const rows = await database.selectFrom("images").select("sha256").execute();
  const known = new Set(rows.map(({ sha256 }) => sha256));
  return removeOrphans(images, (sha256) => known.has(sha256));
}
