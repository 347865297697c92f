/**
 * Several COCO files as one data set: more radiographs without a fracture beside those of a first file, for one.
 *
 * Categories are matched by their names, since files number them as they like. Where two files give one id to two
 * images or two annotations, those of the later file get new ones: an id means something within its file alone, and
 * each keeps the one of its file as its origin.
 */
import { createHash } from "node:crypto";
import { DataError } from "../errors.ts";
import { type CocoCategory, type CocoFile, readCocoFile } from "./read-coco.ts";

/**
 * Images in the order of the files. One file is the data set that `readCocoFile` reads; of several, `sha256` is the
 * SHA-256 of theirs, one a line.
 *
 * @throws DataError as `readCocoFile`, and `invalid-annotations` for files of other categories than the first, or one
 *   that is named twice.
 */
export async function readCocoFiles(paths: readonly [string, ...string[]]): Promise<CocoFile> {
  const [first, ...others] = paths;
  const only = await readCocoFile(first);
  if (others.length === 0) return only;
  let joined = withOrigin(only, first);
  const hashes = [joined.sha256];
  for (const path of others) {
    const next = await readCocoFile(path);
    const same = hashes.indexOf(next.sha256);
    if (same !== -1) {
      throw new DataError(
        "invalid-annotations",
        `${path}: expected another file than ${paths[same]}, got the same; name it once`,
      );
    }
    checkCategories(next.categories, joined.categories, path, first);
    hashes.push(next.sha256);
    joined = joinTwo(joined, withOrigin(next, path));
  }
  return { ...joined, sha256: createHash("sha256").update(hashes.join("\n")).digest("hex") };
}

function checkCategories(
  found: readonly CocoCategory[],
  wanted: readonly CocoCategory[],
  path: string,
  first: string,
): void {
  const names = (categories: readonly CocoCategory[]) => categories.map(({ name }) => name);
  if (names(found).toSorted().join("\n") === names(wanted).toSorted().join("\n")) return;
  throw new DataError(
    "invalid-annotations",
    `${path}: expected the categories of ${first} (${names(wanted).join(", ")}), got ` +
      `${names(found).join(", ")}; files that are used together need the same ones`,
  );
}

function withOrigin(file: CocoFile, path: string): CocoFile {
  const from = <T extends Numbered>(record: T) => ({
    ...record,
    origin: { file: path, id: record.id },
  });
  return {
    ...file,
    images: file.images.map(from),
    annotations: file.annotations.map(from),
    annotationsByImage: new Map(
      [...file.annotationsByImage].map(([id, annotations]) => [id, annotations.map(from)]),
    ),
  };
}

function joinTwo(first: CocoFile, second: CocoFile): CocoFile {
  const imageId = renumbering(first.images, second.images);
  const annotationId = renumbering(first.annotations, second.annotations);
  const categoryIds = new Map(first.categories.map(({ id, name }) => [name, id]));
  const categoryId = new Map(
    second.categories.map(({ id, name }) => [id, categoryIds.get(name) ?? id]),
  );
  const images = second.images.map((image) => ({ ...image, id: imageId(image.id) }));
  const annotations = second.annotations.map((annotation) => ({
    ...annotation,
    id: annotationId(annotation.id),
    imageId: imageId(annotation.imageId),
    categoryId: categoryId.get(annotation.categoryId) ?? annotation.categoryId,
  }));
  const ofImage = Map.groupBy(annotations, (annotation) => annotation.imageId);
  return {
    ...first,
    images: [...first.images, ...images],
    annotations: [...first.annotations, ...annotations],
    annotationsByImage: new Map([
      ...first.annotationsByImage,
      ...images.map(({ id }) => [id, ofImage.get(id) ?? []] as const),
    ]),
  };
}

interface Numbered {
  readonly id: number;
}

/** Ids stay where none of them is taken; else all go behind the greatest one that is. */
function renumbering(
  taken: readonly Numbered[],
  added: readonly Numbered[],
): (id: number) => number {
  const known = new Set(taken.map(({ id }) => id));
  if (!added.some(({ id }) => known.has(id))) return (id) => id;
  const offset =
    greatestOf(taken) + 1 - added.reduce((least, { id }) => Math.min(least, id), Infinity);
  return (id) => id + offset;
}

function greatestOf(numbered: readonly Numbered[]): number {
  return numbered.reduce((greatest, { id }) => Math.max(greatest, id), -Infinity);
}
