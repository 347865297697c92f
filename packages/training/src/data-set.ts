/**
 * The radiographs to train on: a COCO file and a folder of images, checked before the first step.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CocoAnnotation, type CocoDataset, type CocoImage, parseCoco } from "@malleolus/data";
import type { Target } from "@malleolus/detection";
import { decodeRuns, type Polygon, polygonSignedArea, traceMask } from "@malleolus/geometry";
import { causeText, TrainingError } from "./errors.ts";

/** As the ankle's protocol calls it, and what a study exports. */
const SOUND = "no_fracture";

/** What a sample is made of: plain data, which travels to a worker thread. */
export interface SampleImage {
  readonly path: string;
  /** Of the stored pixels. */
  readonly width: number;
  readonly height: number;
  /** In pixels of the image. */
  readonly target: Target;
}

export interface TrainingImage extends SampleImage {
  /** The COCO file's. */
  readonly id: number;
  readonly fileName: string;
  /**
   * What the image shares with others that are as good as the same, or of the same patient: the COCO
   * image's `group`, else its `patient`; null where it has neither.
   */
  readonly group: string | null;
  /** All that are annotated, crowds too. */
  readonly objects: readonly AnnotatedObject[];
}

export interface AnnotatedObject extends CocoAnnotation {
  /** Index of the set's classes. */
  readonly class: number;
}

export interface TrainingSet {
  /** In the file's order. */
  readonly images: readonly TrainingImage[];
  /** Names of the COCO categories, by ascending id. */
  readonly classes: readonly string[];
  /** The one of them that is no fracture but a sound bone, `no_fracture`; null without. */
  readonly soundClass: string | null;
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
  const images = chosen.map((image): TrainingImage => {
    const objects = objectsOf(image.id, coco, classOf);
    return {
      path: join(imageFolder, image.fileName),
      width: image.width,
      height: image.height,
      target: targetOf(objects, annotationsPath),
      id: image.id,
      fileName: image.fileName,
      group: groupOf(image),
      objects,
    };
  });
  checkAllExist(images, imageFolder);
  if (!images.some(hasObjects)) {
    throw new TrainingError(
      "data",
      `${annotationsPath}: expected an annotated object in ${images.length} images, got none; ` +
        "there is nothing to learn",
    );
  }
  return {
    images,
    classes: coco.categories.map(({ name }) => name),
    soundClass: coco.categories.find(({ name }) => name === SOUND)?.name ?? null,
    annotationsSha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

/** A radiograph of any object that is no crowd. */
export function hasObjects({ target }: SampleImage): boolean {
  return target.boxes.length > 0;
}

function groupOf({ extra }: CocoImage): string | null {
  for (const key of ["group", "patient"]) {
    const value = extra[key];
    if (typeof value === "string" || typeof value === "number") return `${key} ${value}`;
  }
  return null;
}

function objectsOf(
  imageId: number,
  { annotationsByImage }: CocoDataset,
  classOf: ReadonlyMap<number, number>,
): AnnotatedObject[] {
  return (annotationsByImage.get(imageId) ?? []).map((annotation) => {
    const index = classOf.get(annotation.categoryId);
    if (index !== undefined) return { ...annotation, class: index };
    throw new TrainingError("internal", `internal: category ${annotation.categoryId} has no class`);
  });
}

function targetOf(objects: readonly AnnotatedObject[], where: string): Target {
  const single = objects.filter(({ isCrowd }) => !isCrowd);
  return {
    boxes: single.map(({ box }) => box),
    classes: single.map((object) => object.class),
    polygons: single.map((object) => outlinesOf(object, where)),
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
