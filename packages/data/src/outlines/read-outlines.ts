/**
 * A file of outlines to images with annotations: COCO, as CVAT, Label Studio and Labelbox export it, or one
 * of their own: CVAT's XML, Label Studio's JSON, Labelbox's JSON lines; or a DICOM Segmentation, or a folder of them.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { causeText } from "@malleolus/errors";
import { annotationRemarks } from "../coco/annotation-remarks.ts";
import { type CocoAnnotation, type CocoDataset, parseCocoBytes } from "../coco/read-coco.ts";
import { dicomOpening } from "../dicom/find-data-set.ts";
import { readSegmentation } from "../dicom/results/read-segmentation.ts";
import { DataError } from "../errors.ts";
import { isCvatXml, readCvatXml } from "./cvat-xml.ts";
import { isLabelStudioExport, readLabelStudio } from "./label-studio.ts";
import { isLabelboxExport, readLabelbox } from "./labelbox.ts";
import type { OutlinedShape, OutlinesFile } from "./outlined-image.ts";

/** @throws DataError `unreadable` or `invalid-annotations`, with all that is wrong at once. */
export async function readOutlines(path: string): Promise<OutlinesFile> {
  const isFolder = await readable(path, async () => (await stat(path)).isDirectory());
  if (isFolder) return readSegmentations(path);
  const bytes = await readable(path, () => readFile(path));
  if (dicomOpening(bytes) !== undefined) return readSegmentation(bytes, path);
  if (isLabelboxExport(bytes)) return readLabelbox(bytes.toString("utf8"), path);
  if (isCvatXml(bytes)) return readCvatXml(bytes.toString("utf8"), path);
  if (isLabelStudioExport(bytes)) return readLabelStudio(bytes.toString("utf8"), path);
  return cocoOutlines(parseCocoBytes(bytes, path), path);
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new DataError(
      "unreadable",
      `${path}: expected annotations, got "${causeText(cause)}"; check the path and its rights`,
      { cause },
    );
  }
}

/** One radiograph's drawing is one object: those of a folder belong together. */
async function readSegmentations(folder: string): Promise<OutlinesFile> {
  const names = (await readdir(folder)).filter((name) => name.toLowerCase().endsWith(".dcm"));
  if (names.length === 0) {
    throw new DataError(
      "invalid-annotations",
      `${folder}: expected a folder of DICOM Segmentations, got one without a .dcm file; give the file itself`,
    );
  }
  const files: OutlinesFile[] = [];
  for (const name of names.toSorted()) {
    const path = join(folder, name);
    files.push(readSegmentation(await readable(path, () => readFile(path)), path));
  }
  return {
    categories: [...new Set(files.flatMap(({ categories }) => categories))],
    images: files.flatMap(({ images }) => images),
    remarks: files.flatMap(({ remarks }) => remarks),
  };
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
