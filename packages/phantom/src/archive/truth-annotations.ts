/**
 * The truth of an archive's radiographs as COCO annotations: those of a study in which nobody ever
 * errs. A detector learns from it without readers and annotators in between.
 *
 * As in a study's export, the categories are the ankle's classes; a fracture is an object of its class,
 * and a sound fibula one of `no_fracture`. Left out are examinations that a study leaves out, and
 * radiographs on which the fracture cannot be seen.
 *
 * Beside it the same radiographs with their structures, bones and fracture, each a category: what a
 * segmentation learns from. There a fracture that cannot be seen is not outlined, and its bones are.
 */
import type { CocoAnnotation, CocoDataset, CocoImage } from "@malleolus/data";
import {
  boxHeight,
  boxWidth,
  maskArea,
  maskBounds,
  polygonSignedArea,
  traceMask,
} from "@malleolus/geometry";
import { ankleClassification, ankleStructures, readVisibility } from "@malleolus/schema";
import {
  type PhantomImage,
  type PhantomRecord,
  type StoredMask,
  storedMask,
} from "./phantom-record.ts";

/** File names are relative to the archive's folder. */
export function truthAnnotations(records: readonly PhantomRecord[]): CocoDataset {
  const categories = ankleClassification.classes.map(({ id }, index) => ({
    id: index + 1,
    name: id,
  }));
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  for (const record of records) {
    if (record.spec.exclusion !== null) continue;
    const name = classOf(record);
    const categoryId = categories.findIndex((category) => category.name === name) + 1;
    for (const image of record.images) {
      const object = objectOf(image, images.length + 1, annotations.length + 1, categoryId);
      if (object === null) continue;
      images.push(cocoImage(record, image, images.length + 1, name));
      annotations.push(object);
    }
  }
  return dataset(images, categories, annotations);
}

/** Tibia, fibula and fracture of every radiograph. File names are relative to the archive's folder. */
export function structureAnnotations(records: readonly PhantomRecord[]): CocoDataset {
  const categories = ankleStructures.map(({ name }, index) => ({ id: index + 1, name }));
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  for (const record of records) {
    if (record.spec.exclusion !== null) continue;
    for (const image of record.images) {
      const { tibia, fibula, fracture, conspicuity } = image;
      images.push(cocoImage(record, image, images.length + 1, classOf(record)));
      const masks: Readonly<Record<string, StoredMask | null>> = {
        tibia,
        fibula,
        fracture: conspicuity === "impossible" ? null : fracture,
      };
      for (const { id, name } of categories) {
        const stored = masks[name] ?? null;
        const object =
          stored === null
            ? null
            : outlinedObject(stored, images.length, annotations.length + 1, id);
        if (object !== null) annotations.push(object);
      }
    }
  }
  return dataset(images, categories, annotations);
}

function dataset(
  images: readonly CocoImage[],
  categories: CocoDataset["categories"],
  annotations: readonly CocoAnnotation[],
): CocoDataset {
  const annotationsByImage = Map.groupBy(annotations, ({ imageId }) => imageId);
  return { images, categories, annotations, annotationsByImage };
}

function classOf({ fracture }: PhantomRecord): string {
  return fracture === null
    ? ankleClassification.noFractureClass
    : `weber_${fracture.weberClass.toLowerCase()}`;
}

function cocoImage(
  { patientId, hospital }: PhantomRecord,
  { file, view, conspicuity, fibula, spacingMm }: PhantomImage,
  id: number,
  name: string,
): CocoImage {
  const [height, width] = fibula.size;
  const visibility = conspicuity === null ? null : readVisibility(conspicuity);
  return {
    id,
    fileName: file,
    width,
    height,
    extra: { patient: patientId, hospital, view, class: name, visibility, spacing_mm: spacingMm },
  };
}

/** Null without a structure to outline. */
function objectOf(
  image: PhantomImage,
  imageId: number,
  id: number,
  categoryId: number,
): CocoAnnotation | null {
  const stored = image.conspicuity === "impossible" ? null : (image.fracture ?? image.noFracture);
  return stored === null ? null : outlinedObject(stored, imageId, id, categoryId);
}

/** Null for a mask without a pixel. */
function outlinedObject(
  stored: StoredMask,
  imageId: number,
  id: number,
  categoryId: number,
): CocoAnnotation | null {
  const mask = storedMask(stored);
  const area = maskArea(mask);
  if (area === 0) return null;
  const polygons = traceMask(mask).filter((outline) => polygonSignedArea(outline) > 0);
  const box = maskBounds(mask);
  return {
    id,
    imageId,
    categoryId,
    box,
    boxSize: [boxWidth(box), boxHeight(box)],
    polygons,
    runs: null,
    area,
    isCrowd: false,
  };
}
