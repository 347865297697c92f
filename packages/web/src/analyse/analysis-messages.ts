/** What the page and the worker that analyses radiographs say to each other. */
import type { DisplayImage } from "@malleolus/imaging";
import type { RadiographAnalysis } from "@malleolus/schema";

export type ToAnalysisWorker =
  | { readonly kind: "open"; readonly detector: string }
  | { readonly kind: "analyse"; readonly image: DisplayImage };

export type FromAnalysisWorker =
  /** Bytes of the detector; a total of 0 is not known. */
  | { readonly kind: "loading"; readonly done: number; readonly total: number }
  | { readonly kind: "ready"; readonly detector: OpenedDetector }
  | { readonly kind: "found"; readonly analysis: RadiographAnalysis; readonly ms: number }
  /** `status`: HTTP's where the detector was not handed out, else 0. */
  | { readonly kind: "failed"; readonly status: number; readonly reason: string };

export interface OpenedDetector {
  readonly classes: readonly string[];
  /** From which score on a finding is shown. */
  readonly threshold: number;
  readonly threads: number;
}
