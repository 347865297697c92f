/**
 * Two files are one image where they have one UID and the same stored values, whatever their syntax. To know the values a
 * file is decoded, which takes long: in threads, before the transaction that records.
 */
import { imagePath } from "../image-store.ts";
import type { Study } from "../study.ts";
import type { DecidedFile } from "./decide-import.ts";
import { findByUid } from "./import-rows.ts";
import type { FileWorkers } from "./worker/pool.ts";

/**
 * Adds to `known` the hashes of stored values with which `recordImport` compares these files, by the hashes of images: of
 * those that the study has under the same UIDs, and of the files themselves, which may be each other's twins.
 *
 * @throws the system's error where an image of the study cannot be read.
 */
export async function hashTwins(
  study: Study,
  workers: FileWorkers,
  files: readonly DecidedFile[],
  known: Map<string, string>,
): Promise<void> {
  const images = files.flatMap((file) => (file.kind === "new" ? [file.image] : []));
  for (const { storedSha256, written } of images) {
    if (storedSha256 !== null) known.set(written.sha256, storedSha256);
  }
  // Files of several patients may come under one UID.
  const byUid = Map.groupBy(images, ({ sopInstanceUid }) => sopInstanceUid);
  const twins = (await findByUid(study, [...byUid.keys()])).filter(({ sha256, ...twin }) => {
    const own = byUid.get(twin.sopInstanceUid) ?? [];
    return own.some((image) => image.case.patientId === twin.patientId) && !known.has(sha256);
  });
  await Promise.all(
    twins.map(async ({ sha256 }) => {
      const path = imagePath(study.images, sha256);
      known.set(sha256, await workers.lend((one) => one.storedHash(path)));
    }),
  );
}
