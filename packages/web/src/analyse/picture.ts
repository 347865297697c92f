/** A radiograph as this page has it from a file, and why a file is none. */
import type { OnnxDetectableImage } from "@malleolus/onnx";

export interface Picture extends OnnxDetectableImage {
  /** What a person should know who relies on the picture: English sentences, most often none. */
  readonly notes: readonly string[];
}

/** Sides beyond it are none of a radiograph, and would take gigabytes. */
export const LARGEST_SIDE = 8192;

export type PictureFault =
  | "unreadable"
  | "too large"
  /** A DICOM file whose pixels need a decoder. */
  | "compressed"
  /** A DICOM file without pixels. */
  | "no pixels"
  | "damaged"
  | "unsupported";

export class PictureError extends Error {
  readonly fault: PictureFault;
  /** Of `compressed`: by what. */
  readonly detail: string;

  constructor(
    fault: PictureFault,
    { detail = "", cause }: { detail?: string; cause?: unknown } = {},
  ) {
    super(fault, { cause });
    this.fault = fault;
    this.detail = detail;
  }
}
