/**
 * Outlines to a file that another tool takes: CVAT's XML, Label Studio's JSON, Labelbox's lines, or COCO. Reading
 * it gives the same outlines, within a hundredth of a pixel.
 *
 * COCO has no open lines: there, and only there, a line must have become polygons before.
 */
import { polygonArea, polygonBounds } from "@malleolus/geometry";
import { FRACTURE } from "@malleolus/schema";
import { DataError } from "../errors.ts";
import type { ImageAnnotation, OutlinedImage, OutlinedShape } from "./outlined-image.ts";

export const outlinesFormats = ["coco", "cvat", "label-studio", "labelbox"] as const;
export type OutlinesFormat = (typeof outlinesFormats)[number];

/** @throws DataError `invalid-annotations` for an image without a size, or an open line in COCO. */
export function outlinesText(images: readonly OutlinedImage[], format: OutlinesFormat): string {
  switch (format) {
    case "coco":
      return cocoOutlinesText(images);
    case "cvat":
      return cvatText(images);
    case "label-studio":
      return labelStudioText(images);
    case "labelbox":
      return labelboxText(images);
  }
}

function cvatText(images: readonly OutlinedImage[]): string {
  const elements = images.map((image, id) => {
    const [width, height] = sizeOf(image);
    const name = escaped(image.fileName);
    const lines = image.annotations.flatMap(({ shapes, visibility }) => [
      ...shapes.flatMap(cvatShapes),
      ...(visibility === null
        ? []
        : [
            `    <tag label="visibility"><attribute name="visibility">${escaped(visibility)}</attribute></tag>`,
          ]),
    ]);
    const head = `  <image id="${id}" name="${name}" width="${width}" height="${height}">`;
    return [head, ...lines, "  </image>"].join("\n");
  });
  const body = elements.length === 0 ? "" : `${elements.join("\n")}\n`;
  return `<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n${body}</annotations>\n`;
}

function cvatShapes({ category, polygons, line }: OutlinedShape): string[] {
  const shape = (kind: "polygon" | "polyline", points: readonly number[]) =>
    `    <${kind} label="${escaped(category)}" occluded="0" points="${pairsOf(points)
      .map(([x, y]) => `${short(x)},${short(y)}`)
      .join(";")}" z_order="0"></${kind}>`;
  return [
    ...polygons.map((ring) => shape("polygon", ring)),
    ...(line === null ? [] : [shape("polyline", line)]),
  ];
}

function labelStudioText(images: readonly OutlinedImage[]): string {
  const tasks = images.map((image, index) => {
    const size = sizeOf(image);
    return {
      id: index + 1,
      data: { image: image.fileName },
      annotations: image.annotations.map((annotation) => ({
        completed_by: { email: annotation.author },
        result: labelStudioResults(annotation, size),
      })),
    };
  });
  return `${JSON.stringify(tasks, null, 1)}\n`;
}

function labelStudioResults(
  { shapes, visibility }: ImageAnnotation,
  [width, height]: readonly [number, number],
) {
  const base = {
    from_name: "label",
    to_name: "image",
    original_width: width,
    original_height: height,
    image_rotation: 0,
  };
  const value = (points: readonly number[], closed: boolean, category: string) => ({
    points: pairsOf(points).map(([x, y]) => [(100 * x) / width, (100 * y) / height]),
    closed,
    polygonlabels: [category],
  });
  return [
    ...shapes.flatMap(({ category, polygons, line }) => [
      ...polygons.map((ring) => ({
        ...base,
        type: "polygonlabels",
        value: value(ring, true, category),
      })),
      ...(line === null
        ? []
        : [{ ...base, type: "polygonlabels", value: value(line, false, category) }]),
    ]),
    ...(visibility === null
      ? []
      : [
          {
            type: "choices",
            from_name: "visibility",
            to_name: "image",
            value: { choices: [visibility] },
          },
        ]),
  ];
}

function labelboxText(images: readonly OutlinedImage[]): string {
  const rows = images.map((image, index) => {
    const [width, height] = sizeOf(image);
    const labels = image.annotations.map(({ author, shapes, visibility }) => ({
      label_details: { created_by: author },
      annotations: {
        objects: shapes.flatMap(({ category, polygons, line }) => [
          ...polygons.map((ring) => ({
            name: category,
            annotation_kind: "ImagePolygon",
            polygon: pairsOf([...ring, ...ring.slice(0, 2)]).map(([x, y]) => ({ x, y })),
          })),
          ...(line === null
            ? []
            : [
                {
                  name: category,
                  annotation_kind: "ImagePolyline",
                  line: pairsOf(line).map(([x, y]) => ({ x, y })),
                },
              ]),
        ]),
        classifications:
          visibility === null ? [] : [{ name: "visibility", radio_answer: { name: visibility } }],
      },
    }));
    return JSON.stringify({
      data_row: { id: String(index + 1), external_id: image.fileName },
      media_attributes: { width, height },
      projects: { malleolus: { labels } },
    });
  });
  return rows.length === 0 ? "" : `${rows.join("\n")}\n`;
}

function cocoOutlinesText(images: readonly OutlinedImage[]): string {
  const shapesOf = ({ annotations }: OutlinedImage) => annotations.flatMap(({ shapes }) => shapes);
  const drawnNames = new Set(images.flatMap(shapesOf).map(({ category }) => category));
  // A file without a category is no COCO file; every protocol has this one.
  const names = drawnNames.size === 0 ? [FRACTURE] : [...drawnNames].toSorted();
  const drawn = images.flatMap((image, index) =>
    shapesOf(image).map((shape) => ({ shape, image, imageId: index + 1 })),
  );
  const annotations = drawn.map(
    ({ shape: { category, polygons, line }, image, imageId }, index) => {
      if (line !== null) {
        throw new DataError(
          "invalid-annotations",
          `${image.place}: expected polygons for COCO, got an open line of ${category}; widen it first, or ` +
            "write another format",
        );
      }
      const [x1, y1, x2, y2] = polygonBounds(...polygons);
      return {
        id: index + 1,
        image_id: imageId,
        category_id: names.indexOf(category) + 1,
        bbox: [x1, y1, x2 - x1, y2 - y1],
        segmentation: polygons,
        area: polygons.reduce((sum, ring) => sum + polygonArea(ring), 0),
        iscrowd: 0,
      };
    },
  );
  const written = images.map((image, index) => {
    const [width, height] = sizeOf(image);
    const visibility = image.annotations.find((one) => one.visibility !== null)?.visibility;
    const graded = visibility === undefined ? {} : { visibility };
    return { id: index + 1, file_name: image.fileName, width, height, ...graded };
  });
  const categories = names.map((name, index) => ({ id: index + 1, name }));
  return `${JSON.stringify({ images: written, categories, annotations }, null, 1)}\n`;
}

function sizeOf({ size, place }: OutlinedImage): readonly [number, number] {
  if (size !== null) return size;
  throw new DataError("invalid-annotations", `${place}: expected an image with its size, got none`);
}

function pairsOf(points: readonly number[]): (readonly [number, number])[] {
  return Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i], points[2 * i + 1]]);
}

/** CVAT writes two decimals. */
function short(value: number): string {
  return value.toFixed(2);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
