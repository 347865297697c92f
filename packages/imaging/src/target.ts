/** A network's target: the truth of one image, in pixels of the network's image. */
import type { Box, Polygon } from "@malleolus/geometry";

/** Three lists of one length, an entry an instance; all empty for an image without objects. */
export interface Target {
  readonly boxes: readonly Box[];
  /** Indices of `MaskRcnnConfig.classes`, 0 to K-1. */
  readonly classes: readonly number[];
  /** The outlines of each instance; they stand for their union. */
  readonly polygons: readonly (readonly Polygon[])[];
}
