/** A data set as the text of a COCO file, in the form that `read-coco.ts` reads. */
import type { CocoAnnotation, CocoDataset } from "./read-coco.ts";

/**
 * The file's text, an image and an annotation a line. Reading it gives the same data set; further
 * keys of the images stand beside COCO's own. `scores` by annotation's id, where a detector drew them.
 */
export function cocoText(
  { images, categories, annotations }: Omit<CocoDataset, "annotationsByImage">,
  scores: ReadonlyMap<number, number> = new Map(),
): string {
  const parts = {
    images: images.map(({ id, fileName, width, height, extra }) => ({
      ...extra,
      id,
      file_name: fileName,
      width,
      height,
    })),
    categories,
    annotations: annotations.map((annotation) => {
      const score = scores.get(annotation.id);
      const written = writtenAnnotation(annotation);
      return score === undefined ? written : { ...written, score };
    }),
  };
  const written = Object.entries(parts).map(([key, records]) => {
    const lines = records.map((record) => JSON.stringify(record));
    return `${JSON.stringify(key)}: [\n${lines.join(",\n")}\n]`;
  });
  return `{\n${written.join(",\n")}\n}\n`;
}

function writtenAnnotation(annotation: CocoAnnotation) {
  const { id, imageId, categoryId, box, boxSize, polygons, runs, area, isCrowd } = annotation;
  return {
    id,
    image_id: imageId,
    category_id: categoryId,
    bbox: [box[0], box[1], ...boxSize],
    segmentation: runs ?? polygons,
    area,
    iscrowd: isCrowd ? 1 : 0,
  };
}
