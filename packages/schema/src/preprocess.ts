/**
 * How a network looks at a radiograph: it stands in recipes and in a detector's file, so that training
 * and serving cannot differ. Its size is Detectron2's ResizeShortestEdge.
 */
import { z } from "zod";

export const preprocessSchema = z.strictObject({
  /** Shorter side in pixels. */
  minSize: z.int().positive(),
  /** The longer side is never longer; the shorter one then gives way. */
  maxSize: z.int().positive(),
  /** `black`: a white frame around the exposed field is made black. */
  unexposed: z.enum(["as is", "black"]),
  /**
   * In detection: as it is only, or mirrored as well, which takes twice the time. Earlier files do not
   * say.
   */
  views: z.enum(["one", "mirrored too"]).default("one"),
});
export type Preprocess = z.infer<typeof preprocessSchema>;
