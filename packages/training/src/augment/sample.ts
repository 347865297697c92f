/** A radiograph and its truth on their way to the network, in the same pixels. */
import type { NetworkImage, Target } from "@malleolus/imaging";

export interface Sample {
  readonly image: NetworkImage;
  readonly target: Target;
}

/** A sample, and what its whole radiograph shows. */
export interface LoadedSample extends Sample {
  /** Classes of all objects of the radiograph, those too that a crop has left out. */
  readonly objects: readonly number[];
}
