/**
 * The preprocessing of a radiograph for a network: it stands in recipes and in a detector's file, so
 * that training and serving cannot differ. Its size is Detectron2's ResizeShortestEdge.
 */
import { z } from "zod";

export const preprocessSchema = z.strictObject({
  /** Shorter side in pixels. */
  minSize: z.int().positive(),
  /** The longer side is never longer; the shorter one then gives way. */
  maxSize: z.int().positive(),
  /** The white border that the collimator leaves around the exposed field is made black. */
  maskCollimation: z.boolean(),
  /** Detection on the radiograph and its mirror image, fused; twice the time. */
  testTimeFlip: z.boolean(),
});
export type Preprocess = z.infer<typeof preprocessSchema>;
