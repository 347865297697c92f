/** SOP classes and transfer syntaxes that are spoken of, by their UIDs (PS3.4, PS3.6 annex A). */
import { PLAIN_SYNTAXES } from "./command.ts";

export const VERIFICATION = "1.2.840.10008.1.1";
export const STORAGE_COMMITMENT = "1.2.840.10008.1.20.1";
/** The one instance of it that there is. */
export const STORAGE_COMMITMENT_INSTANCE = "1.2.840.10008.1.20.1.1";

/** Study Root, which every archive has. */
export const STUDY_ROOT = {
  find: "1.2.840.10008.5.1.4.1.2.2.1",
  move: "1.2.840.10008.5.1.4.1.2.2.2",
  get: "1.2.840.10008.5.1.4.1.2.2.3",
} as const;

/** What radiographs are stored as: CR, DX for presentation and for processing, and pictures of them. */
export const RADIOGRAPH_CLASSES: readonly string[] = [
  "1.2.840.10008.5.1.4.1.1.1",
  "1.2.840.10008.5.1.4.1.1.1.1",
  "1.2.840.10008.5.1.4.1.1.1.1.1",
  "1.2.840.10008.5.1.4.1.1.7",
];

/** What our results are: SEG, Comprehensive 3D SR, GSPS. Pictures are above. */
export const RESULT_CLASSES: readonly string[] = [
  "1.2.840.10008.5.1.4.1.1.66.4",
  "1.2.840.10008.5.1.4.1.1.88.34",
  "1.2.840.10008.5.1.4.1.1.11.1",
];

/**
 * How objects may come, the likeliest first: what we can decode, but for what is deflated or has its bytes the
 * other way round, which nobody sends who may send it otherwise.
 */
export const OBJECT_SYNTAXES: readonly string[] = [
  PLAIN_SYNTAXES.explicit,
  PLAIN_SYNTAXES.implicit,
  // JPEG lossless, JPEG-LS, JPEG 2000, RLE, HTJ2K; then those that lose something.
  "1.2.840.10008.1.2.4.70",
  "1.2.840.10008.1.2.4.57",
  "1.2.840.10008.1.2.4.80",
  "1.2.840.10008.1.2.4.90",
  "1.2.840.10008.1.2.5",
  "1.2.840.10008.1.2.4.201",
  "1.2.840.10008.1.2.4.202",
  "1.2.840.10008.1.2.4.50",
  "1.2.840.10008.1.2.4.51",
  "1.2.840.10008.1.2.4.81",
  "1.2.840.10008.1.2.4.91",
  "1.2.840.10008.1.2.4.203",
];
