/**
 * A COCO annotation file to a typed data set whose parts fit together.
 */
import { readFile } from "node:fs/promises";
import {
  type Box,
  boxArea,
  boxFromXywh,
  boxToXywh,
  clipBox,
  type Polygon,
  type RunLength,
} from "@malleolus/geometry";
import { readJson } from "@malleolus/schema";
import { causeText, DataError } from "../errors.ts";
import { type CocoFile, cocoFileSchema } from "./file-format.ts";
import { readSegmentation } from "./segmentation.ts";

export interface CocoCategory {
  readonly id: number;
  readonly name: string;
}

export interface CocoImage {
  readonly id: number;
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  /** Every other key of the image in the file: `fractured`, `group`, `ankle`, … */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface CocoAnnotation {
  readonly id: number;
  readonly imageId: number;
  readonly categoryId: number;
  /** In pixels of the image and within it, never empty. */
  readonly box: Box;
  /**
   * As the file gives them, which the box's corners do not hold to the last digit: what lies exactly
   * at a limit is told by them. The box's own where it was cut, or the file has none.
   */
  readonly boxSize: readonly [width: number, height: number];
  /** In pixels of the image; empty where only a box was drawn. */
  readonly polygons: readonly Polygon[];
  /** Where the file gives run lengths. */
  readonly runs: RunLength | null;
  /** In square pixels: the file's, else the outline's, else the box's. */
  readonly area: number;
  /** A region with too many objects to draw; neither object nor background. */
  readonly isCrowd: boolean;
}

export interface CocoDataset {
  /** In the file's order. */
  readonly images: readonly CocoImage[];
  /** By ascending id. */
  readonly categories: readonly CocoCategory[];
  /** In the file's order. */
  readonly annotations: readonly CocoAnnotation[];
  /** Annotations of every image by its id; an empty list for an image without. */
  readonly annotationsByImage: ReadonlyMap<number, readonly CocoAnnotation[]>;
}

/** How far a box may reach beyond its image: the rounding of a resampled annotation. */
const BORDER_TOLERANCE = 1;

/** Reads a COCO file. Throws DataError `unreadable` or `invalid-annotations`. */
export async function readCocoFile(path: string): Promise<CocoDataset> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new DataError(
      "unreadable",
      `${path}: expected COCO annotations, got "${causeText(cause)}"; check the path and its rights`,
      { cause },
    );
  }
  return parseCoco(text, path);
}

/**
 * The data set in a COCO file's text. `where` begins the messages, which name the image or
 * annotation by its id. Throws DataError `invalid-annotations`.
 */
export function parseCoco(text: string, where: string): CocoDataset {
  let file: CocoFile;
  try {
    file = readJson(cocoFileSchema, text, where);
  } catch (cause) {
    throw new DataError("invalid-annotations", causeText(cause), { cause });
  }
  if (file.images.length === 0) throw invalid(where, "images", "an empty list of images");
  if (file.categories.length === 0) {
    throw invalid(where, "categories", "an empty list of categories");
  }
  const images = file.images.map(({ id, file_name, width, height, ...extra }) => ({
    id,
    fileName: file_name,
    width,
    height,
    extra,
  }));
  const imageById = byId(images, "image", where);
  const categoryById = byId(file.categories, "category", where);
  byId(file.annotations, "annotation", where);

  const annotations = file.annotations.map((written) => {
    const place = `${where}: annotation ${written.id}`;
    const image = imageById.get(written.image_id);
    if (image === undefined) {
      throw invalid(place, "an image of this file", `image_id ${written.image_id}`);
    }
    if (!categoryById.has(written.category_id)) {
      const known = [...categoryById.keys()].slice(0, 10).join(", ");
      throw invalid(place, `a category id of this file (${known})`, `${written.category_id}`);
    }
    return readAnnotation(written, image, `${place} of ${image.fileName}`);
  });

  const annotationsByImage = new Map<number, CocoAnnotation[]>(images.map(({ id }) => [id, []]));
  for (const annotation of annotations)
    annotationsByImage.get(annotation.imageId)?.push(annotation);
  const categories = file.categories.toSorted((a, b) => a.id - b.id);
  return { images, categories, annotations, annotationsByImage };
}

function readAnnotation(
  written: CocoFile["annotations"][number],
  image: CocoImage,
  where: string,
): CocoAnnotation {
  const segmentation = readSegmentation(written.segmentation, image, where);
  const drawn = written.bbox === undefined ? segmentation?.bounds : boxFromXywh(written.bbox);
  if (drawn === undefined) throw invalid(where, "a bbox or a segmentation", "neither");
  const box = clipBox(drawn, image.width, image.height);
  const moved = Math.max(...box.map((value, i) => Math.abs(value - drawn[i])));
  // A box that was drawn must fit; one taken from a polygon that leaves the image is cut.
  const mustFit = written.bbox !== undefined;
  if ((mustFit && !(moved <= BORDER_TOLERANCE)) || boxArea(box) === 0) {
    const size = `${image.width} x ${image.height}`;
    throw invalid(where, `a box with an area within ${size} pixels`, `[${drawn.join(", ")}]`);
  }
  const [, , width, height] =
    written.bbox !== undefined && moved === 0 ? written.bbox : boxToXywh(box);
  return {
    id: written.id,
    imageId: written.image_id,
    categoryId: written.category_id,
    box,
    boxSize: [width, height],
    polygons: segmentation?.polygons ?? [],
    runs: segmentation?.runs ?? null,
    area: written.area ?? segmentation?.area ?? width * height,
    isCrowd: written.iscrowd === 1 || written.iscrowd === true,
  };
}

function byId<T extends { readonly id: number }>(
  records: readonly T[],
  kind: string,
  where: string,
): Map<number, T> {
  const found = new Map<number, T>();
  for (const record of records) {
    if (found.has(record.id)) {
      throw invalid(where, `every ${kind} id once`, `${kind} id ${record.id} twice`);
    }
    found.set(record.id, record);
  }
  return found;
}

function invalid(where: string, expected: string, got: string): DataError {
  return new DataError("invalid-annotations", `${where}: expected ${expected}, got ${got}`);
}
