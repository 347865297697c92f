/**
 * Labelbox's export of a project (its second form, `export`): one JSON object a line, a data row with its
 * labels by project. Coordinates are pixels of the image. What lies behind an address, as its masks do,
 * is not fetched.
 */

import { causeText } from "@malleolus/errors";
import type { Polygon } from "@malleolus/geometry";
import { z } from "zod";
import { collectFaults } from "../coco/faults.ts";
import type {
  ImageAnnotation,
  OutlinedImage,
  OutlinedShape,
  OutlinesFile,
} from "./outlined-image.ts";

const pointSchema = z.object({ x: z.number(), y: z.number() });
type Point = z.infer<typeof pointSchema>;

const answerSchema = z.object({
  name: z.string(),
  radio_answer: z.object({ name: z.string() }).nullish(),
  text_answer: z.object({ content: z.string() }).nullish(),
});

const objectSchema = z.object({
  name: z.string().min(1),
  annotation_kind: z.string().nullish(),
  polygon: z.array(pointSchema).nullish(),
  line: z.array(pointSchema).nullish(),
  classifications: z.array(z.unknown()).nullish(),
});

const labelSchema = z.object({
  id: z.string().nullish(),
  label_details: z.object({ created_by: z.string().nullish() }).nullish(),
  annotations: z.object({
    objects: z.array(z.unknown()).nullish(),
    classifications: z.array(z.unknown()).nullish(),
  }),
});

const rowSchema = z.object({
  data_row: z.object({
    id: z.string(),
    external_id: z.string().nullish(),
    global_key: z.string().nullish(),
  }),
  media_attributes: z
    .object({ width: z.number().nullish(), height: z.number().nullish() })
    .nullish(),
  projects: z.record(z.string(), z.object({ labels: z.array(labelSchema) })),
});
type Row = z.infer<typeof rowSchema>;

/** Whether the bytes begin with such a data row. */
export function isLabelboxExport(bytes: Buffer): boolean {
  const [first = ""] = bytes
    .toString("utf8", 0, 1 << 20)
    .trimStart()
    .split("\n", 1);
  return first.replace(/^\ufeff/, "").startsWith("{") && /"data_row"\s*:/.test(first);
}

/** @throws DataError `invalid-annotations`, which names the lines. */
export function readLabelbox(text: string, where: string): OutlinesFile {
  const faults = collectFaults(where);
  const images: OutlinedImage[] = [];
  const categories = new Set<string>();
  for (const [index, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "") continue;
    const place = `line ${index + 1}`;
    const add = (expected: string, got: unknown) => faults.add(place, expected, got);
    const row = readRow(line, add);
    if (row === null) continue;
    const labels = Object.values(row.projects).flatMap((project) => project.labels);
    const annotations = labels.map((label) => readLabel(label, add));
    for (const { shapes } of annotations)
      for (const { category } of shapes) categories.add(category);
    const { width, height } = row.media_attributes ?? {};
    images.push({
      place,
      fileName: row.data_row.global_key || row.data_row.external_id || row.data_row.id,
      size: width && height ? [width, height] : null,
      // Both names may lead to the image.
      extra: { external_id: row.data_row.external_id },
      annotations,
    });
  }
  faults.throwAny();
  return { categories: [...categories].toSorted(), images, remarks: [] };
}

type AddFault = (expected: string, got: unknown) => void;

function readRow(line: string, add: AddFault): Row | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    add("a JSON object", `something else (${causeText(cause)})`);
    return null;
  }
  const read = rowSchema.safeParse(json);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  add(`a data row of Labelbox with its labels`, `${path.join(".")}: ${message}`);
  return null;
}

function readLabel(
  { label_details, annotations }: z.infer<typeof labelSchema>,
  add: AddFault,
): ImageAnnotation {
  const objects = (annotations.objects ?? []).flatMap((written) => {
    const read = objectSchema.safeParse(written);
    if (read.success) return [read.data];
    const [{ path, message }] = read.error.issues;
    add("an object with a name", `${path.join(".")}: ${message}`);
    return [];
  });
  const asked = [
    ...(annotations.classifications ?? []),
    ...objects.flatMap(({ classifications }) => classifications ?? []),
  ];
  return {
    author: label_details?.created_by ?? null,
    shapes: objects.flatMap((object) => readShape(object, add)),
    visibility: answerTo("visibility", asked),
  };
}

function readShape(
  { name, annotation_kind, polygon, line }: z.infer<typeof objectSchema>,
  add: AddFault,
): OutlinedShape[] {
  if (polygon) {
    const ring = closedRing(polygon);
    if (ring.length >= 6) return [{ category: name, polygons: [ring], line: null }];
    add(`${name} as a polygon of at least 3 points`, ring.length / 2);
    return [];
  }
  if (line) {
    if (line.length >= 2) {
      return [{ category: name, polygons: [], line: line.flatMap(({ x, y }) => [x, y]) }];
    }
    add(`${name} as a line of at least 2 points`, line.length);
    return [];
  }
  add(
    `${name} as a polygon or a line`,
    `${annotation_kind ?? "another kind"}; masks and boxes are no outlines: convert them to polygons`,
  );
  return [];
}

/** A ring is closed without repeating its first point; Labelbox repeats it. */
function closedRing(points: readonly Point[]): Polygon {
  const [first, last] = [points[0], points.at(-1)];
  const isRepeated =
    points.length > 1 && first !== undefined && first.x === last?.x && first.y === last.y;
  return (isRepeated ? points.slice(0, -1) : points).flatMap(({ x, y }) => [x, y]);
}

function answerTo(question: string, classifications: readonly unknown[]): string | null {
  for (const written of classifications) {
    const read = answerSchema.safeParse(written);
    if (!read.success || read.data.name.trim().toLowerCase() !== question) continue;
    const answer = read.data.radio_answer?.name ?? read.data.text_answer?.content;
    if (answer !== undefined) return answer.trim();
  }
  return null;
}
