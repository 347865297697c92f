/**
 * The radiographs to train on: COCO files and a folder of images, checked before the first step.
 */
import {
  type CocoAnnotation,
  type CocoDataset,
  checkImages,
  idInFile,
  readCocoFiles,
  throwFaults,
} from "@malleolus/data";
import type { Target } from "@malleolus/imaging";
import { TrainingError } from "./errors.ts";

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
   * What the image shares with others that are as good as the same radiograph, or the same patient's;
   * `checkImages` of the data package says what these are.
   */
  readonly keys: readonly string[];
  /** All that are annotated, crowds too. */
  readonly objects: readonly AnnotatedObject[];
}

export interface AnnotatedObject extends CocoAnnotation {
  /** Index of the set's classes. */
  readonly class: number;
}

export interface TrainingSet {
  /** In the files' order. */
  readonly images: readonly TrainingImage[];
  /** Names of the COCO categories, by ascending id. */
  readonly classes: readonly string[];
  /** The one of them that is no fracture but a sound bone, `no_fracture`; null without. */
  readonly soundClass: string | null;
  /** SHA-256 of the COCO file, or of all of them, in hexadecimal: what tells one data set from another. */
  readonly annotationsSha256: string;
}

/** A set, and what a person ought to know of it before it is trained on. */
export interface CheckedTrainingSet extends TrainingSet {
  /** Sentences without their full stops. */
  readonly remarks: readonly string[];
}

/**
 * Reads a COCO file, or several as one, finds the images and looks at each one's header. Crowds are left out, as
 * Detectron2 does. `limit` takes the first images only. Of several files one may be without objects.
 *
 * @throws DataError where a file is not COCO's or contradicts itself or another, or images are missing, cut or
 *   of another size: all of them at once.
 * @throws TrainingError `data` for no object at all, or one without an outline.
 */
export async function readTrainingSet(
  annotations: string | readonly [string, ...string[]],
  imageFolder: string,
  limit: number | null = null,
): Promise<CheckedTrainingSet> {
  const paths = typeof annotations === "string" ? ([annotations] as const) : annotations;
  const annotationsPath = paths.join(" and ");
  const coco = await readCocoFiles(paths);
  const chosen = coco.images.slice(0, limit ?? coco.images.length);
  const classOf = new Map(coco.categories.map(({ id }, index) => [id, index]));
  const objects = new Map(chosen.map(({ id }) => [id, objectsOf(id, coco, classOf)]));
  requireOutlines([...objects.values()].flat(), annotationsPath);
  if (![...objects.values()].flat().some(({ isCrowd }) => !isCrowd)) {
    throw new TrainingError(
      "data",
      `${annotationsPath}: expected an annotated object in ${chosen.length} images, got none; ` +
        "there is nothing to learn",
    );
  }
  const checked = await checkImages(coco, imageFolder, chosen);
  throwFaults([...checked.contradictions, ...checked.faults], annotationsPath);
  const images = checked.images.map(({ image, path, keys }): TrainingImage => {
    const ofImage = objects.get(image.id) ?? [];
    return {
      path,
      width: image.width,
      height: image.height,
      target: targetOf(ofImage),
      id: image.id,
      fileName: image.fileName,
      keys,
      objects: ofImage,
    };
  });
  return {
    images,
    classes: coco.categories.map(({ name }) => name),
    soundClass: coco.categories.find(({ name }) => name === SOUND)?.name ?? null,
    annotationsSha256: coco.sha256,
    remarks: checked.remarks,
  };
}

/** A radiograph of any object that is no crowd. */
export function hasObjects({ target }: SampleImage): boolean {
  return target.boxes.length > 0;
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

const NAMED_AT_MOST = 5;

function requireOutlines(objects: readonly AnnotatedObject[], where: string): void {
  const bare = objects.filter(
    ({ isCrowd, polygons, runs }) => !isCrowd && polygons.length === 0 && runs === null,
  );
  if (bare.length === 0) return;
  const named = bare.slice(0, NAMED_AT_MOST).map((object) => idInFile(object));
  const more = bare.length - named.length;
  throw new TrainingError(
    "data",
    `${where}: expected an outline of every object, got only a box in annotation ` +
      `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}; Mask R-CNN learns outlines: ` +
      "draw it, or leave the annotation out",
  );
}

function targetOf(objects: readonly AnnotatedObject[]): Target {
  const single = objects.filter(({ isCrowd }) => !isCrowd);
  return {
    boxes: single.map(({ box }) => box),
    classes: single.map((object) => object.class),
    polygons: single.map(({ polygons }) => polygons),
  };
}
