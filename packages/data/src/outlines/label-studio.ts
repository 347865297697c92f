/**
 * Label Studio's own export as JSON: a list of tasks with their annotations. Coordinates are per cent of the
 * image's sides; an open line is a polygon that is not closed, or of the kind `vector`.
 */
import { causeText } from "@malleolus/errors";
import { z } from "zod";
import { collectFaults, type Faults } from "../coco/faults.ts";
import type {
  ImageAnnotation,
  OutlinedImage,
  OutlinedShape,
  OutlinesFile,
} from "./outlined-image.ts";

const percentPoint = z.tuple([z.number(), z.number()]);
const vertexSchema = z.object({ x: z.number(), y: z.number() });

const resultSchema = z.object({
  type: z.string(),
  from_name: z.string().nullish(),
  original_width: z.number().positive().nullish(),
  original_height: z.number().positive().nullish(),
  image_rotation: z.number().nullish(),
  value: z.object({
    points: z.array(percentPoint).nullish(),
    vertices: z.array(vertexSchema).nullish(),
    closed: z.boolean().nullish(),
    polygonlabels: z.array(z.string()).nullish(),
    vectorlabels: z.array(z.string()).nullish(),
    choices: z.array(z.string()).nullish(),
  }),
});
type Result = z.infer<typeof resultSchema>;

const annotationSchema = z.object({
  completed_by: z
    .union([z.number(), z.string(), z.object({ email: z.string().nullish() })])
    .nullish(),
  was_cancelled: z.boolean().nullish(),
  result: z.array(z.unknown()),
});

const taskSchema = z.object({
  id: z.union([z.number(), z.string()]).nullish(),
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(annotationSchema),
});

/** Whether the bytes are such an export: a list whose first object has `data` and `annotations`. */
export function isLabelStudioExport(bytes: Buffer): boolean {
  const start = bytes
    .toString("utf8", 0, 1 << 20)
    .replace(/^\ufeff/, "")
    .trimStart();
  return start.startsWith("[") && /"annotations"\s*:/.test(start) && /"data"\s*:/.test(start);
}

/** @throws DataError `invalid-annotations`, which names the tasks. */
export function readLabelStudio(text: string, where: string): OutlinesFile {
  const faults = collectFaults(where);
  const categories = new Set<string>();
  const images: OutlinedImage[] = [];
  for (const [index, written] of readList(text, faults).entries()) {
    const task = taskSchema.safeParse(written);
    if (!task.success) {
      const [{ path, message }] = task.error.issues;
      faults.add(`task ${index + 1}`, "a task of Label Studio", `${path.join(".")}: ${message}`);
      continue;
    }
    const { id, data, annotations } = task.data;
    const place = `task ${id ?? index + 1}`;
    const drawn = annotations
      .filter(({ was_cancelled }) => was_cancelled !== true)
      .map((one) => readAnnotation(one, place, faults));
    const shapes = drawn.flatMap(({ annotation }) => annotation.shapes);
    for (const { category } of shapes) categories.add(category);
    images.push({
      place,
      fileName: imageOf(data),
      size: drawn.find(({ size }) => size !== null)?.size ?? null,
      extra: data,
      annotations: drawn.map(({ annotation }) => annotation),
    });
  }
  faults.throwAny();
  return { categories: [...categories].toSorted(), images, remarks: [] };
}

function readList(text: string, faults: Faults): readonly unknown[] {
  try {
    const json: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    if (Array.isArray(json)) return json;
    faults.add("", "a list of tasks", typeof json);
  } catch (cause) {
    faults.add("", "JSON", `something else (${causeText(cause)})`);
  }
  return [];
}

/** The task's image is its first text that names one; keys are the project's own. */
function imageOf(data: Readonly<Record<string, unknown>>): string {
  const texts = Object.values(data).filter((value) => typeof value === "string");
  return (
    texts.find((value) => /\.(dcm|dicom|png|jpe?g|tiff?|bmp)(?:[?#]|$)/i.test(value)) ??
    texts[0] ??
    ""
  );
}

interface Drawn {
  readonly annotation: ImageAnnotation;
  readonly size: readonly [number, number] | null;
}

function readAnnotation(
  { completed_by, result }: z.infer<typeof annotationSchema>,
  place: string,
  faults: Faults,
): Drawn {
  const shapes: OutlinedShape[] = [];
  let visibility: string | null = null;
  let size: readonly [number, number] | null = null;
  for (const written of result) {
    const read = resultSchema.safeParse(written);
    if (!read.success) {
      const [{ path, message }] = read.error.issues;
      faults.add(place, "a result of Label Studio", `${path.join(".")}: ${message}`);
      continue;
    }
    const { type, from_name, original_width, original_height, value } = read.data;
    if (type === "choices") {
      if (from_name?.toLowerCase() === "visibility") visibility = value.choices?.[0] ?? null;
      continue;
    }
    if (original_width && original_height) size = [original_width, original_height];
    const shape = readShape(read.data, place, faults);
    if (shape !== null) shapes.push(shape);
  }
  const author =
    typeof completed_by === "object" ? (completed_by?.email ?? null) : String(completed_by ?? "");
  return { annotation: { author: author || null, shapes, visibility }, size };
}

function readShape(result: Result, place: string, faults: Faults): OutlinedShape | null {
  const { type, original_width, original_height, image_rotation, value } = result;
  const [category] = value.polygonlabels ?? value.vectorlabels ?? [];
  const points = value.points ?? value.vertices?.map(({ x, y }) => [x, y] as const) ?? null;
  if (category === undefined || points === null) {
    faults.add(place, "polygons with a label", `${type}; outline it, or convert it to polygons`);
    return null;
  }
  if (!original_width || !original_height) {
    faults.add(place, `${category} with original_width and original_height`, "none");
    return null;
  }
  if (image_rotation) {
    // Per cent of the picture as it was turned: nothing of the radiograph's own sides.
    const got = `one turned by ${image_rotation} degrees; outline it as it is stored`;
    faults.add(place, `${category} on an image that is not turned`, got);
    return null;
  }
  const pixels = points.flatMap(([x, y]) => [
    (x / 100) * original_width,
    (y / 100) * original_height,
  ]);
  const isLine = value.closed === false;
  const least = isLine ? 4 : 6;
  if (pixels.length < least) {
    faults.add(place, `${category} with at least ${least / 2} points`, pixels.length / 2);
    return null;
  }
  return isLine
    ? { category, polygons: [], line: pixels }
    : { category, polygons: [pixels], line: null };
}
