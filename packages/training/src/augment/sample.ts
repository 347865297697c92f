/** A radiograph and its truth on their way to the network, in the same pixels. */
import type { GrayImage, Target } from "@malleolus/detection";

export interface Sample {
  readonly image: GrayImage;
  readonly target: Target;
}
