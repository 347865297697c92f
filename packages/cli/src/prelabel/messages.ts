/** What `prelabel` and its worker threads say to each other: plain data. */
import type {
  LabelProbabilities,
  NetworkImage,
  OutlinedRadiograph,
  ProjectionGuess,
} from "@malleolus/imaging";
import type { ImageRecord, Preprocess, Structure } from "@malleolus/schema";
import type { HeightRule } from "./class-by-height.ts";

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
  /** As the file says; null where it does not. */
  readonly view: ImageRecord["view"];
  readonly side: ImageRecord["side"];
  /** One a size, in their order. */
  readonly images: readonly NetworkImage[];
}

export interface SeenToOutline {
  readonly found: LabelProbabilities;
  readonly structures: readonly Structure[];
  readonly radiograph: Pick<PreparedRadiograph, "width" | "height" | "pixelSpacingMm">;
  /** Null where no class is told by a height. */
  readonly heightRule: HeightRule | null;
}

export interface OutlinedAnkle {
  readonly outlined: OutlinedRadiograph;
  /** Of the fracture, by its height; null where that does not tell. */
  readonly classByHeight: string | null;
  /** By the bones, whatever the file says. */
  readonly projection: ProjectionGuess;
}
