export { type ReaderAgreement, type ReaderPair, readerAgreement } from "./agreement.ts";
export {
  averagePrecision,
  classSweeps,
} from "./average-precision/average-precision.ts";
export { measureImages } from "./average-precision/image-measures.ts";
export {
  averagePrecision50,
  averagePrecisionIntervals,
} from "./average-precision/intervals.ts";
export {
  type LabeledImage,
  NO_FRACTURE,
  type Shape,
  type TrueObject,
} from "./average-precision/labeled-image.ts";
export { AREA_RANGES } from "./average-precision/settings.ts";
export { runsOfOutlines } from "./average-precision/traced-runs.ts";
export { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
export { type ClusterCount, clusteredProportionOf } from "./clustered-proportion.ts";
export { decidePatient, shownFindings } from "./decision/decide.ts";
export { fitDecision, type TuningPatient } from "./decision/fit-decision.ts";
export { atPrevalence, prevalenceOf } from "./decision/prevalence.ts";
export { EvaluationError, type EvaluationErrorCode } from "./errors.ts";
export { type Evaluation, evaluate, evaluationDefaults } from "./evaluate.ts";
export { checkFoundIou, type Standing, standings } from "./found.ts";
export {
  FALSE_POSITIVE_RATES,
  foundAt,
  frocOf,
  type MarkedImage,
} from "./froc.ts";
export type { TestImage, TestPatient, TruthObject } from "./patient.ts";
export { proportionOf } from "./proportion.ts";
export {
  type AcceptanceThreshold,
  type GalleryItem,
  type GalleryPart,
  type ReportContent,
  type ReportedReaders,
  type ReportedTest,
  type TrainingCurve,
  thresholdReached,
  thresholdsReached,
} from "./report/content.ts";
export { htmlReport } from "./report/html-report.ts";
export { jsonReport } from "./report/json-report.ts";
export { aucOf } from "./roc.ts";
export { measureScreening, type ScreeningMeasure } from "./screening-measures.ts";
