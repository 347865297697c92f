/**
 * A file of outlines to images with annotations: COCO, as CVAT, Label Studio and Labelbox export it, or one
 * of their own: CVAT's XML, Label Studio's JSON, Labelbox's JSON lines.
 */
import { readFile } from "node:fs/promises";
import { causeText } from "@malleolus/errors";
import { annotationRemarks } from "../coco/annotation-remarks.ts";
import { type CocoAnnotation, type CocoDataset, parseCocoBytes } from "../coco/read-coco.ts";
import { DataError } from "../errors.ts";
import { isCvatXml, readCvatXml } from "./cvat-xml.ts";
import { isLabelStudioExport, readLabelStudio } from "./label-studio.ts";
import { isLabelboxExport, readLabelbox } from "./labelbox.ts";
import type { OutlinedShape, OutlinesFile } from "./outlined-image.ts";

/** @throws DataError `unreadable` or `invalid-annotations`, with all that is wrong at once. */
export async function readOutlines(path: string): Promise<OutlinesFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new DataError(
      "unreadable",
      `${path}: expected annotations, got "${causeText(cause)}"; check the path and its rights`,
      { cause },
    );
  }
  if (isLabelboxExport(bytes)) return readLabelbox(bytes.toString("utf8"), path);
  if (isCvatXml(bytes)) return readCvatXml(bytes.toString("utf8"), path);
  if (isLabelStudioExport(bytes)) return readLabelStudio(bytes.toString("utf8"), path);
  return cocoOutlines(parseCocoBytes(bytes, path), path);
}

/** Everything in a COCO file is one person's: the format has no place for names. */
function cocoOutlines(dataset: CocoDataset, path: string): OutlinesFile {
  const { images, categories, annotations, annotationsByImage } = dataset;
  const bare = annotations.filter(({ polygons, isCrowd }) => polygons.length === 0 || isCrowd);
  if (bare.length > 0) {
    const file = images.find(({ id }) => id === bare[0].imageId)?.fileName;
    throw new DataError(
      "invalid-annotations",
      `${path}: expected an outline for every annotation, got ${bare.length} with a box alone or of a ` +
        `crowd, the first of them ${bare[0].id} on ${file}; outline these objects, or take them out`,
    );
  }
  const nameOf = new Map(categories.map(({ id, name }) => [id, name]));
  const shapeOf = ({ categoryId, polygons }: CocoAnnotation): OutlinedShape => ({
    category: nameOf.get(categoryId) ?? "",
    polygons,
    line: null,
  });
  return {
    categories: categories.map(({ name }) => name),
    images: images.map(({ id, fileName, width, height, extra }) => ({
      place: `image ${id}`,
      fileName,
      size: [width, height],
      extra,
      annotations: [
        {
          author: null,
          shapes: (annotationsByImage.get(id) ?? []).map(shapeOf),
          visibility: typeof extra.visibility === "string" ? extra.visibility : null,
        },
      ],
    })),
    remarks: annotationRemarks(dataset, images),
  };
}
