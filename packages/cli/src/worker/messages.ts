/** What a worker's thread is asked and says. */
import type { RadiographAnalysis } from "@malleolus/schema";
import type { EngineName } from "../engine/engine.ts";

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
