export { ServerError, type ServerErrorCode } from "./errors.ts";
export {
  type AnalysisNews,
  type AnalysisOrder,
  analysisOrderSchema,
  type OrderToAnalyse,
  type OrderToLook,
} from "./inference/analysis-orders.ts";
export type { StartAnalysis } from "./inference/analyst.ts";
export { addApiKey, SCOPES } from "./inference/api-keys.ts";
export { type CorrectionSource, correctionSource } from "./inference/corrections.ts";
export type { LiveResult } from "./inference/inbox/live-study.ts";
export { addModel } from "./inference/model-registry.ts";
export {
  type InferenceOptions,
  type RunningInference,
  startInference,
} from "./inference/start-inference.ts";
export { type RunningServer, type ServerOptions, startServer } from "./start-server.ts";
