/**
 * The radiographs to train on: a COCO file and a folder of images, checked before the first step.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CocoAnnotation, type CocoDataset, parseCoco } from "@malleolus/data";
import type { Target } from "@malleolus/detection";
import { decodeRuns, type Polygon, polygonSignedArea, traceMask } from "@malleolus/geometry";
import { causeText, TrainingError } from "./errors.ts";

export interface TrainingImage {
  readonly path: string;
  /** Of the stored pixels. */
  readonly width: number;
  readonly height: number;
  /** In pixels of the image. */
  readonly target: Target;
}

export interface TrainingSet {
  /** In the file's order. */
  readonly images: readonly TrainingImage[];
  /** Names of the COCO categories, by ascending id. */
  readonly classes: readonly string[];
  /** SHA-256 of the COCO file, in hexadecimal: what tells one data set from another. */
  readonly annotationsSha256: string;
}

/**
 * Reads a COCO file and finds its images. Crowds are left out, as Detectron2 does. `limit` takes
 * the first images of the file only.
 *
 * @throws DataError where the file is not COCO's or contradicts itself.
 * @throws TrainingError `data` for missing images, no object at all, or one without an outline.
 */
export async function readTrainingSet(
  annotationsPath: string,
  imageFolder: string,
  limit: number | null = null,
): Promise<TrainingSet> {
  let bytes: Buffer;
  try {
    bytes = await readFile(annotationsPath);
  } catch (cause) {
    throw new TrainingError(
      "data",
      `${annotationsPath}: expected COCO annotations, got "${causeText(cause)}"; check the path`,
      { cause },
    );
  }
  const coco = parseCoco(bytes.toString("utf8"), annotationsPath);
  const chosen = coco.images.slice(0, limit ?? coco.images.length);
  const classOf = new Map(coco.categories.map(({ id }, index) => [id, index]));
  const images = chosen.map((image) => ({
    path: join(imageFolder, image.fileName),
    width: image.width,
    height: image.height,
    target: targetOf(image.id, coco, classOf, annotationsPath),
  }));
  checkAllExist(images, imageFolder);
  if (images.every(({ target }) => target.boxes.length === 0)) {
    throw new TrainingError(
      "data",
      `${annotationsPath}: expected an annotated object in ${images.length} images, got none; ` +
        "there is nothing to learn",
    );
  }
  return {
    images,
    classes: coco.categories.map(({ name }) => name),
    annotationsSha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

function targetOf(
  imageId: number,
  coco: CocoDataset,
  classOf: ReadonlyMap<number, number>,
  where: string,
): Target {
  const objects = (coco.annotationsByImage.get(imageId) ?? []).filter(({ isCrowd }) => !isCrowd);
  return {
    boxes: objects.map(({ box }) => box),
    classes: objects.map(({ categoryId }) => {
      const index = classOf.get(categoryId);
      if (index !== undefined) return index;
      throw new TrainingError("internal", `internal: category ${categoryId} has no class`);
    }),
    polygons: objects.map((annotation) => outlinesOf(annotation, where)),
  };
}

function outlinesOf(annotation: CocoAnnotation, where: string): readonly Polygon[] {
  if (annotation.polygons.length > 0) return annotation.polygons;
  if (annotation.runs === null) {
    throw new TrainingError(
      "data",
      `${where}: expected an outline of every object, got only a box in annotation ` +
        `${annotation.id}; Mask R-CNN learns outlines: draw it, or leave the annotation out`,
    );
  }
  // Outlines stand for their union: a hole would fill itself, so that it is left out.
  return traceMask(decodeRuns(annotation.runs)).filter((outline) => polygonSignedArea(outline) > 0);
}

const NAMED_AT_MOST = 5;

function checkAllExist(images: readonly TrainingImage[], folder: string): void {
  const missing = images.filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return;
  const named = missing.slice(0, NAMED_AT_MOST).map(({ path }) => path);
  const more = missing.length - named.length;
  throw new TrainingError(
    "data",
    `${folder}: expected ${images.length} images, but ${missing.length} are missing: ` +
      `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
  );
}
