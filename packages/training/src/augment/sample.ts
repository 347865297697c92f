/** A radiograph and its truth on their way to the network, in the same pixels. */
import type { NetworkImage, Target } from "@malleolus/imaging";

export interface Sample {
  readonly image: NetworkImage;
  readonly target: Target;
}
