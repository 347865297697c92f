/** Radiographs are named by keys in the API and by hashes in the study: an annotation's content both ways. */
import type { AnnotationContent } from "@malleolus/schema";
import { StudyError } from "../../errors.ts";
import type { ReaderImage } from "../../reading/reader-case.ts";

/**
 * With the study's names of radiographs.
 *
 * @throws StudyError `record` for one that is not this case's.
 */
export function storedAnnotation(
  content: AnnotationContent,
  images: readonly ReaderImage[],
): AnnotationContent {
  return renamed(content, new Map(images.map(({ key, sha256 }) => [key, sha256])));
}

/** With the names of the API. */
export function shownAnnotation(
  content: AnnotationContent,
  images: readonly ReaderImage[],
): AnnotationContent {
  return renamed(content, new Map(images.map(({ key, sha256 }) => [sha256, key])));
}

function renamed(
  content: AnnotationContent,
  names: ReadonlyMap<string, string>,
): AnnotationContent {
  const rename = (name: string) => {
    const found = names.get(name);
    if (found !== undefined) return found;
    throw new StudyError("record", "A radiograph is named that is not this case's. Open it again.");
  };
  const keyed = <T>(values: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [rename(name), value]));
  const on = <T extends { readonly image: string }>(one: T): T => ({
    ...one,
    image: rename(one.image),
  });
  return {
    ...content,
    shapes: content.shapes.map(on),
    parked: content.parked.map(on),
    setAside: content.setAside.map(({ shape, at }) => ({ shape: on(shape), at })),
    visibility: keyed(content.visibility),
    seconds: keyed(content.seconds),
  };
}
