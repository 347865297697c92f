/** What `prelabel` and its worker threads say to each other: plain data. */
import type { LabelProbabilities, NetworkImage } from "@malleolus/imaging";
import type { Preprocess, Structure } from "@malleolus/schema";

export interface RadiographToPrepare {
  readonly path: string;
  /** Each network's. */
  readonly sizes: readonly Preprocess[];
}

export interface PreparedRadiograph {
  /** Of the stored pixels. */
  readonly width: number;
  readonly height: number;
  /** [row, column]; null where the file does not say. */
  readonly pixelSpacingMm: readonly [number, number] | null;
  /** One a size, in their order. */
  readonly images: readonly NetworkImage[];
}

export interface SeenToOutline {
  readonly found: LabelProbabilities;
  readonly structures: readonly Structure[];
  readonly radiograph: Pick<PreparedRadiograph, "width" | "height" | "pixelSpacingMm">;
}
