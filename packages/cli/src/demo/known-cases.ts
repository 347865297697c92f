/**
 * Which of the study's radiographs is which of the phantom's. Nobody but a simulation can know that:
 * the study holds pseudonyms, and its key file only who they are.
 */
import type { PhantomImage, PhantomRecord } from "@malleolus/phantom";

export interface KnownImage {
  readonly record: PhantomRecord;
  readonly image: PhantomImage;
}

/** By the SHA-256 of a radiograph in the study. */
export type KnownImages = ReadonlyMap<string, KnownImage>;

/** The phantom behind any of a case's radiographs. */
export function recordOf(
  known: KnownImages,
  images: readonly { readonly image: string }[],
): PhantomRecord {
  for (const { image } of images) {
    const found = known.get(image);
    if (found !== undefined) return found.record;
  }
  throw new Error("internal: a case of the demonstration is not from its archive");
}
