/** What a worker's thread is asked and says. */
import type { RadiographAnalysis } from "@malleolus/schema";
import type { EngineName } from "../engine/engine.ts";
import type { HeightRule } from "../prelabel/class-by-height.ts";
import type { SeenRadiograph } from "../prelabel/prelabel-radiographs.ts";

/** With which the thread begins. */
export interface DetectorToOpen {
  readonly engine: EngineName;
  readonly path: string;
  readonly dtype: "float32" | "bfloat16" | undefined;
  readonly threads: number | undefined;
}

export interface BytesToAnalyze {
  /** Of a DICOM, JPEG or PNG file. */
  readonly bytes: Uint8Array;
  /** As messages call it. */
  readonly name: string;
}

export type ByteAnalysis =
  | { readonly analysis: RadiographAnalysis }
  /** A file that cannot be looked at, now or later. */
  | { readonly failure: string };

/** With which a thread of the preliminary networks begins. */
export interface NetworksToOpen {
  readonly segmentation: string;
  /** Null without a network that says classes. */
  readonly classification: string | null;
  readonly threads: number | undefined;
}

export interface BytesToPrelabel extends BytesToAnalyze {
  /** Of the study's protocol; null where no class is told by a height. */
  readonly heightRule: HeightRule | null;
}

export type BytePrelabel =
  | {
      readonly seen: Omit<SeenRadiograph<unknown>, "file">;
      /** The classifier's. */
      readonly classes: readonly string[];
    }
  | { readonly failure: string };
