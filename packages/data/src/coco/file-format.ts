/**
 * COCO's JSON as it stands in a file (https://cocodataset.org/#format-data), as far as detection
 * and segmentation use it. What must hold between its parts is checked in `read-coco.ts`.
 *
 * Null stands for what is absent, as spreadsheets and databases write it.
 */
import { z } from "zod";

/** Its lists alone: every record is read by itself, so that all that are wrong can be named. */
export const cocoFileSchema = z.object({
  images: z.array(z.unknown()),
  categories: z.array(z.unknown()),
  annotations: z.array(z.unknown()),
});

export const imageSchema = z.looseObject({
  id: z.int(),
  file_name: z.string().min(1),
  width: z.int().positive(),
  height: z.int().positive(),
});

export const categorySchema = z.object({ id: z.int(), name: z.string().min(1) });

export const annotationSchema = z.object({
  id: z.int(),
  image_id: z.int(),
  category_id: z.int(),
  // An empty list is how some tools write that there is none.
  bbox: z.preprocess(
    (value) => (Array.isArray(value) && value.length === 0 ? null : value),
    z.tuple([z.number(), z.number(), z.number(), z.number()]).nullish(),
  ),
  // Polygons or run lengths: read in `segmentation.ts`, whose messages say which is wrong.
  segmentation: z.unknown().optional(),
  area: z.number().nonnegative().nullish(),
  iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).nullish(),
});
export type WrittenAnnotation = z.infer<typeof annotationSchema>;

export const runLengthSchema = z.object({
  size: z.tuple([z.int().positive(), z.int().positive()]),
  counts: z.union([z.string(), z.array(z.int().nonnegative())]),
});
