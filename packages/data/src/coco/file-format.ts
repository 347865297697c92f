/**
 * COCO's JSON as it stands in a file (https://cocodataset.org/#format-data), as far as detection
 * and segmentation use it. What must hold between its parts is checked in `read-coco.ts`.
 */
import { z } from "zod";

export const cocoFileSchema = z.object({
  images: z.array(
    z.looseObject({
      id: z.int(),
      file_name: z.string().min(1),
      width: z.int().positive(),
      height: z.int().positive(),
    }),
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string().min(1) })),
  annotations: z.array(
    z.object({
      id: z.int(),
      image_id: z.int(),
      category_id: z.int(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
      // Polygons or run lengths: read in `segmentation.ts`, whose messages say which is wrong.
      segmentation: z.unknown().optional(),
      area: z.number().nonnegative().optional(),
      iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).optional(),
    }),
  ),
});
export type CocoFile = z.infer<typeof cocoFileSchema>;

export const runLengthSchema = z.object({
  size: z.tuple([z.int().positive(), z.int().positive()]),
  counts: z.union([z.string(), z.array(z.int().nonnegative())]),
});
