/**
 * A COCO annotation file to a typed data set whose parts fit together. All that does not is named at
 * once.
 */

import { causeText } from "@malleolus/errors";
import {
  type Box,
  boxArea,
  boxFromXywh,
  boxToXywh,
  clipBox,
  type Polygon,
  type RunLength,
} from "@malleolus/geometry";
import { readRecord } from "@malleolus/schema";
import type { z } from "zod";
import { DataError } from "../errors.ts";
import { annotationJson, readAnnotationFile } from "./annotation-file.ts";
import { collectFaults, Fault, type Faults } from "./faults.ts";
import {
  annotationSchema,
  categorySchema,
  cocoFileSchema,
  imageSchema,
  type WrittenAnnotation,
} from "./file-format.ts";
import { readSegmentation } from "./segmentation.ts";
import { findMisunderstanding } from "./units.ts";

export interface CocoCategory {
  readonly id: number;
  readonly name: string;
}

/** Whose record it is where files were joined: ids are given anew there. */
export interface CocoOrigin {
  readonly file: string;
  /** In that file. */
  readonly id: number;
}

export interface CocoImage {
  readonly id: number;
  /** Of a file by itself there is none. */
  readonly origin?: CocoOrigin;
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  /** Every other key of the image in the file: `fractured`, `group`, `ankle`, … */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface CocoAnnotation {
  readonly id: number;
  /** Of a file by itself there is none. */
  readonly origin?: CocoOrigin;
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

/** How far a box may reach beyond its image or its outline: the rounding of a resampled annotation. */
const BORDER_TOLERANCE = 1;

/** A data set, and the SHA-256 of its file in hexadecimal. */
export interface CocoFile extends CocoDataset {
  readonly sha256: string;
}

/** The id that stands in the file, with what it is `of`, and the file where there are several: for messages. */
export function idInFile(
  { id, origin }: { readonly id: number; readonly origin?: CocoOrigin },
  of = "",
): string {
  return origin === undefined ? `${id}${of}` : `${origin.id}${of} in ${origin.file}`;
}

/**
 * Reads a COCO file.
 *
 * @throws DataError `unreadable` or `invalid-annotations`.
 */
export async function readCocoFile(path: string): Promise<CocoFile> {
  const { json, sha256 } = await readAnnotationFile(path);
  return { ...cocoDataset(json, path), sha256 };
}

/**
 * The data set in a COCO file's text. `where` begins the messages, which name the image or
 * annotation by its id.
 *
 * @throws DataError `invalid-annotations`.
 */
export function parseCoco(text: string, where: string): CocoDataset {
  return parseCocoBytes(Buffer.from(text), where);
}

/** As `parseCoco`, of the file's bytes. */
export function parseCocoBytes(bytes: Buffer, where: string): CocoDataset {
  return cocoDataset(annotationJson(bytes, where), where);
}

function cocoDataset(json: unknown, where: string): CocoDataset {
  const faults = collectFaults(where);
  const file = readLists(json, where);
  const written = {
    images: readRecords(file.images, imageSchema, "image", faults),
    categories: readRecords(file.categories, categorySchema, "category", faults),
    annotations: readRecords(file.annotations, annotationSchema, "annotation", faults),
  };
  // Records that were not read would make those that speak of them look wrong.
  faults.throwAny();
  if (written.images.length === 0) faults.add("", "images", "an empty list of images");
  if (written.categories.length === 0) {
    faults.add("", "categories", "an empty list of categories");
  }
  const images = written.images.map(({ id, file_name, width, height, ...extra }) => ({
    id,
    fileName: file_name,
    width,
    height,
    extra,
  }));
  const imageById = byId(images, "image", faults);
  const categoryById = byId(written.categories, "category", faults);
  byId(written.annotations, "annotation", faults);
  requireOwnNames(written.categories, faults);
  faults.throwAny();

  const misunderstood = findMisunderstanding(written.annotations, imageById);
  if (misunderstood !== null) faults.addText(misunderstood);
  faults.throwAny();

  const annotations = written.annotations.flatMap((annotation) => {
    const image = imageById.get(annotation.image_id);
    const place = `annotation ${annotation.id}`;
    if (image === undefined) {
      faults.add(place, "an image of this file", `image_id ${annotation.image_id}`);
      return [];
    }
    if (!categoryById.has(annotation.category_id)) {
      const known = [...categoryById.keys()].slice(0, 10).join(", ");
      faults.add(place, `a category id of this file (${known})`, annotation.category_id);
      return [];
    }
    try {
      return [readAnnotation(annotation, image)];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.add(`${place} of ${image.fileName}`, error.expected, error.got);
      return [];
    }
  });
  faults.throwAny();

  const annotationsByImage = new Map<number, CocoAnnotation[]>(images.map(({ id }) => [id, []]));
  for (const annotation of annotations)
    annotationsByImage.get(annotation.imageId)?.push(annotation);
  const categories = written.categories.toSorted((a, b) => a.id - b.id);
  return { images, categories, annotations, annotationsByImage };
}

function readLists(json: unknown, where: string): z.infer<typeof cocoFileSchema> {
  try {
    return readRecord(cocoFileSchema, json, where);
  } catch (cause) {
    throw new DataError("invalid-annotations", `${causeText(cause)}${hintFor(json)}`, { cause });
  }
}

/** Whose export it is instead, where that can be told. */
function hintFor(json: unknown): string {
  const record: unknown = Array.isArray(json) ? json[0] : json;
  if (typeof record !== "object" || record === null) return "";
  if ("data_row" in record) return "; this is Labelbox's export: export the annotations as COCO";
  if (Array.isArray(json)) {
    return "; a list is the own format of Label Studio and others: export the annotations as COCO";
  }
  return "shapes" in record ? "; this is labelme's file of one image: convert them to COCO" : "";
}

function readRecords<T>(
  list: readonly unknown[],
  schema: z.ZodType<T>,
  kind: string,
  faults: Faults,
): T[] {
  const plural = kind === "category" ? "categories" : `${kind}s`;
  return list.flatMap((value, index) => {
    const read = schema.safeParse(value);
    if (read.success) return [read.data];
    const [issue] = read.error.issues;
    const key = issue.path.length === 0 ? "" : `.${issue.path.join(".")}`;
    const id =
      typeof value === "object" && value !== null && "id" in value && Number.isSafeInteger(value.id)
        ? ` (${kind} ${value.id})`
        : "";
    faults.addText(`at ${plural}[${index}]${key}${id}: ${issue.message}`);
    return [];
  });
}

function readAnnotation(written: WrittenAnnotation, image: CocoImage): CocoAnnotation {
  const segmentation = readSegmentation(written.segmentation, image);
  const given =
    written.bbox === undefined || written.bbox === null ? null : boxFromXywh(written.bbox);
  const drawn = given ?? segmentation?.bounds;
  if (drawn === undefined) throw new Fault("a bbox or a segmentation", "neither");
  const box = clipBox(drawn, image.width, image.height);
  // A box must fit into the image, or be as large as an outline that leaves it and is cut as well.
  const fits =
    given === null ||
    furthest(box, given) <= BORDER_TOLERANCE ||
    (segmentation !== null && furthest(segmentation.bounds, given) <= BORDER_TOLERANCE);
  if (!fits || boxArea(box) === 0) {
    const size = `${image.width} x ${image.height}`;
    throw new Fault(`a box with an area within ${size} pixels`, `[${drawn.join(", ")}]`);
  }
  const [, , width, height] =
    written.bbox && given !== null && furthest(box, given) === 0 ? written.bbox : boxToXywh(box);
  return {
    id: written.id,
    imageId: written.image_id,
    categoryId: written.category_id,
    box,
    boxSize: [width, height],
    polygons: segmentation?.polygons ?? [],
    runs: segmentation?.runs ?? null,
    area: written.area ?? segmentation?.area() ?? width * height,
    isCrowd: written.iscrowd === 1 || written.iscrowd === true,
  };
}

/** How far one of the sides is from the other box's; no number is no distance. */
function furthest(a: Box, b: Box): number {
  const distance = Math.max(...a.map((value, i) => Math.abs(value - b[i])));
  return Number.isNaN(distance) ? Infinity : distance;
}

/** Two categories of one name would be two classes that nobody can tell apart. */
function requireOwnNames(categories: readonly CocoCategory[], faults: Faults): void {
  for (const [name, of] of Map.groupBy(categories, ({ name }) => name.trim().normalize())) {
    if (of.length === 1) continue;
    const ids = of.map(({ id }) => id).join(", ");
    faults.add("", "every category's name once", `"${name}" for the categories ${ids}; merge them`);
  }
}

function byId<T extends { readonly id: number }>(
  records: readonly T[],
  kind: string,
  faults: Faults,
): Map<number, T> {
  const found = new Map<number, T>();
  for (const record of records) {
    if (found.has(record.id))
      faults.add("", `every ${kind} id once`, `${kind} id ${record.id} twice`);
    found.set(record.id, record);
  }
  return found;
}
