/** A detector's finding on a radiograph. */
import type { Box, Polygon } from "@malleolus/geometry";
import { z } from "zod";
import { calibrationSchema } from "./image.ts";

/** `[x1, y1, x2, y2]` in pixels of the image, `x2` and `y2` exclusive. */
export const boxSchema: z.ZodType<Box> = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([x1, y1, x2, y2]) => x1 <= x2 && y1 <= y2, {
    error: "expected a box [x1, y1, x2, y2] with x1 <= x2 and y1 <= y2",
  });

/** `[x0, y0, x1, y1, …]` in pixels of the image, at least three points. */
export const polygonSchema: z.ZodType<Polygon> = z
  .array(z.number())
  .min(6, { error: "expected a polygon of at least 3 points (6 numbers)" })
  .refine((numbers) => numbers.length % 2 === 0, {
    error: "expected a polygon with as many y as x, got an odd number of coordinates",
  });

export const findingSchema = z.strictObject({
  /** A class of the protocol, `fracture` say. */
  class: z.string().min(1),
  /** The detector's confidence, 0 to 1. */
  score: z.number().min(0).max(1),
  /** How the score is distributed over the fracture classes, summing to 1; where it is known. */
  probabilities: z.record(z.string(), z.number().min(0).max(1)).optional(),
  box: boxSchema,
  /** Outlines in pixels of the image. Holes turn the other way round (negative signed area). */
  polygons: z.array(polygonSchema),
  /** Area of the outlines; null where `calibration` is `none`. */
  areaMm2: z.number().nonnegative().nullable(),
  /** Longest extent of the outlines; null where `calibration` is `none`. */
  lengthMm: z.number().nonnegative().nullable(),
  calibration: calibrationSchema,
});
export type Finding = z.infer<typeof findingSchema>;
