export type { StartAnalysis } from "./analyst.ts";
export { addApiKey, SCOPES } from "./api-keys.ts";
export { type CorrectionSource, correctionSource } from "./corrections.ts";
export type { LiveResult } from "./inbox/live-study.ts";
export { addModel } from "./model-registry.ts";
export { type InferenceOptions, type RunningInference, startInference } from "./start-inference.ts";
