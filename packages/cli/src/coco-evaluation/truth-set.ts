/** The truths to evaluate against: a COCO file and its radiographs, with every object's mask. */
import {
  type CocoAnnotation,
  checkImages,
  connected,
  readCocoFile,
  throwFaults,
} from "@malleolus/data";
import { type TrueObject, trueObject } from "@malleolus/evaluation";
import { CliError } from "../errors.ts";

export interface TruthImage {
  /** The COCO file's. */
  readonly id: number;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** The same for images that are as good as the same radiograph, or of the same patient. */
  readonly group: string;
  /** What else the file says of it, as text: `region`, `hardware` and the like. */
  readonly fields: Readonly<Record<string, string>>;
  readonly truths: readonly TrueObject[];
}

export interface TruthSet {
  /** By ascending id, as pycocotools takes them: where scores are equal, the order decides. */
  readonly images: readonly TruthImage[];
  /** Names of the categories, by ascending id. */
  readonly classes: readonly string[];
  /** SHA-256 of the COCO file, in hexadecimal. */
  readonly annotationsSha256: string;
  /** What a person ought to know of it, sentences without their full stops. */
  readonly remarks: readonly string[];
}

/**
 * `limit` takes the first images of the file only.
 *
 * @throws DataError where the file is not COCO's, or images are missing, cut or of another size,
 *   and CliError `evaluation` for an object without an outline.
 */
export async function readTruthSet(
  annotationsPath: string,
  imageFolder: string,
  limit: number | null,
): Promise<TruthSet> {
  const coco = await readCocoFile(annotationsPath);
  const nameOf = new Map(coco.categories.map(({ id, name }) => [id, name]));
  const chosen = coco.images.slice(0, limit ?? coco.images.length);
  requireOutlines(
    chosen.flatMap(({ id }) => coco.annotationsByImage.get(id) ?? []),
    annotationsPath,
  );
  const checked = await checkImages(coco, imageFolder, chosen);
  throwFaults([...checked.contradictions, ...checked.faults], annotationsPath);
  const groups = connected(checked.images, ({ keys }) => keys);
  const groupOf = new Map(
    groups.flatMap((group) => group.map((one) => [one, `${group[0].image.id}`] as const)),
  );
  const images = checked.images
    .toSorted((a, b) => a.image.id - b.image.id)
    .map((one) => ({ ...one, ...one.image, group: groupOf.get(one) ?? "" }))
    .map(({ id, group, extra, path, width, height }) => ({
      id,
      group,
      fields: fieldsOf(extra),
      path,
      width,
      height,
      truths: (coco.annotationsByImage.get(id) ?? []).map((annotation) =>
        trueObject(
          { ...annotation, class: nameOf.get(annotation.categoryId) ?? "" },
          { width, height },
        ),
      ),
    }));
  return {
    images,
    classes: coco.categories.map(({ name }) => name),
    annotationsSha256: coco.sha256,
    remarks: checked.remarks,
  };
}

function fieldsOf(extra: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(extra).flatMap(([key, value]) => {
      const parts = Array.isArray(value) ? value : [value];
      const isPlain = parts.every((part) => ["string", "boolean"].includes(typeof part));
      return isPlain && parts.length > 0 ? [[key, parts.join(" and ")]] : [];
    }),
  );
}

function requireOutlines(annotations: readonly CocoAnnotation[], where: string): void {
  const bare = annotations.filter(({ polygons, runs }) => polygons.length === 0 && runs === null);
  if (bare.length === 0) return;
  const named = bare.slice(0, 5).map(({ id }) => id);
  const more = bare.length - named.length;
  throw new CliError(
    "evaluation",
    `${where}: annotation ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}: expected an outline, ` +
      "got only a box; masks are measured too: draw it, or leave the annotation out",
  );
}
