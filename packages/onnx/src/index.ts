export { type DetectorDescription, readDetectorModel } from "./detector/detector-description.ts";
export { OnnxError, type OnnxErrorCode } from "./errors.ts";
export { type ExportOptions, exportNetwork } from "./export-network.ts";
export type { WeightType } from "./graph/graph.ts";
export {
  type OnnxDetectableImage,
  type OnnxDetector,
  type OnnxDetectorOptions,
  openOnnxDetector,
} from "./run/onnx-detector.ts";
export type { OnnxRuntime, SessionOptions } from "./run/runtime.ts";
