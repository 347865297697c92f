/** What runs a detector's network: LibTorch, or ONNX Runtime on a machine that has none. */
import type { DisplayImage, Spacing } from "@malleolus/imaging";
import type { PatientDecision, RadiographAnalysis } from "@malleolus/schema";

export const ENGINES = ["libtorch", "onnx"] as const;
export type EngineName = (typeof ENGINES)[number];

/** A detector, whoever runs it. */
export interface Engine {
  readonly engine: EngineName;
  /** Of its convolutions. */
  readonly precision: "float32" | "bfloat16";
  readonly classes: readonly string[];
  /** How a patient's class is decided from its analyses; null where nothing was fitted. */
  readonly decision: PatientDecision | null;
  analyze(image: DisplayImage & Partial<Spacing>): RadiographAnalysis | Promise<RadiographAnalysis>;
  /** Frees what it holds; it cannot be used any more. */
  close(): void | Promise<void>;
}
