/** What the page and the worker that analyses radiographs say to each other. */
import type { OnnxDetectableImage } from "@malleolus/onnx";
import type { RadiographAnalysis } from "@malleolus/schema";
import type { Engine } from "./engine-detector.ts";

export type ToAnalysisWorker =
  /** `engine`: the one that was asked for; null for the one that fits. */
  | { readonly kind: "open"; readonly detector: string; readonly engine: Engine | null }
  | { readonly kind: "analyse"; readonly image: OnnxDetectableImage };

export type FromAnalysisWorker =
  /** Bytes of the detector; a total of 0 is not known. */
  | { readonly kind: "loading"; readonly done: number; readonly total: number }
  | { readonly kind: "ready"; readonly detector: OpenedDetector }
  /** `detector`: as it is now, since the processor may have taken over. */
  | {
      readonly kind: "found";
      readonly analysis: RadiographAnalysis;
      readonly ms: number;
      readonly detector: OpenedDetector;
    }
  /** `status`: HTTP's where the detector was not handed out, else 0. */
  | { readonly kind: "failed"; readonly status: number; readonly reason: string };

export interface OpenedDetector {
  readonly classes: readonly string[];
  /** From which score on a finding is shown. */
  readonly threshold: number;
  readonly engine: Engine;
  readonly threads: number;
  /** Whether the graphics card was tried, and did not run it. */
  readonly isInstead: boolean;
}
