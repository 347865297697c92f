export { type ReaderAgreement, type ReaderPair, readerAgreement } from "./agreement.ts";
export { auditAssistance } from "./assistance/audit-assistance.ts";
export { type AuditedPatients, auditedPatients } from "./assistance/audited-patients.ts";
export { drawingTimes } from "./assistance/drawing-times.ts";
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
export { type OutlinedObject, trueObject } from "./average-precision/true-object.ts";
export { type BootstrapOptions, bootstrap } from "./bootstrap.ts";
export {
  type Calibration,
  type CalibrationChange,
  calibrationChange,
  calibrationOf,
} from "./calibration/calibration.ts";
export type { Forecast } from "./calibration/probability-scores.ts";
export { type Recalibration, recalibrationOf } from "./calibration/recalibration.ts";
export { type Reliability, reliabilityOf } from "./calibration/reliability.ts";
export type { ClassResult, PatientOutcome } from "./classification.ts";
export { type ClusterCount, clusteredProportionOf } from "./clustered-proportion.ts";
export {
  compareDeciders,
  type Decider,
  type DeciderAnswer,
  type DeciderComparison,
  everyPair,
} from "./comparison/compare-deciders.ts";
export { type ShareDifference, shareDifference } from "./comparison/fisher-exact.ts";
export { kolmogorovSmirnov, type SampleDistance } from "./comparison/kolmogorov-smirnov.ts";
export { type McNemar, mcnemar, pairedCounts } from "./comparison/mcnemar.ts";
export { type Trend, trendOf } from "./comparison/trend.ts";
export { conformalSet } from "./decision/conformal-set.ts";
export { answerOf, decidePatient, shownFindings } from "./decision/decide.ts";
export {
  decisionCurve,
  NET_BENEFIT_THRESHOLDS,
  type NetBenefit,
} from "./decision/decision-curve.ts";
export { fitDecision, fitWeights, type TuningPatient } from "./decision/fit-decision.ts";
export {
  chooseOperatingPoint,
  measuredAt,
  type OperatingPoint,
} from "./decision/operating-point.ts";
export { type PredictiveValues, predictiveValues } from "./decision/predictive-values.ts";
export { atPrevalence, prevalenceOf } from "./decision/prevalence.ts";
export { EvaluationError, type EvaluationErrorCode } from "./errors.ts";
export { type Evaluation, evaluate, evaluationDefaults, outcomesUnder } from "./evaluate.ts";
export { checkFoundIou, type Standing, standings } from "./found.ts";
export {
  FALSE_POSITIVE_RATES,
  foundAt,
  frocOf,
  type MarkedImage,
} from "./froc.ts";
export { holmAdjusted } from "./holm.ts";
export { type BlandAltman, blandAltman } from "./observers/bland-altman.ts";
export type { ChanceCorrected, Readings } from "./observers/chance-corrected.ts";
export { cohenKappaOf, type KappaWeights } from "./observers/cohen-kappa.ts";
export {
  type IntraclassCorrelation,
  intraclassCorrelation,
} from "./observers/intraclass-correlation.ts";
export { krippendorffAlpha } from "./observers/krippendorff-alpha.ts";
export {
  type IntraObserver,
  intraObserverAgreement,
  type ObserverAgreement,
  observerAgreement,
  type Repeat,
} from "./observers/observer-agreement.ts";
export type { TestImage, TestPatient, TruthObject } from "./patient.ts";
export { imageScores, predictPatient, viewRules } from "./patient-score.ts";
export { proportionOf } from "./proportion.ts";
export {
  type JudgedShape,
  type ProposalMeasure,
  proposalMeasures,
} from "./proposals/proposal-measures.ts";
export {
  compareSelection,
  type PoolItem,
  type PoolTrait,
  type SelectionRow,
} from "./proposals/selection-comparison.ts";
export { averageRoc } from "./reader-study/average-roc.ts";
export {
  analyzeReaderStudy,
  type Inference,
  type ReaderStudyAnalysis,
  type VarianceComponents,
} from "./reader-study/obuchowski-rockette.ts";
export { casesForPower, type PlannedStudy, readerStudyPower } from "./reader-study/power.ts";
export type { ReaderStudy } from "./reader-study/reader-study.ts";
export {
  analyzeTest,
  type ImageAttributes,
  type PatientAttributes,
} from "./report/analyses-of-test.ts";
export {
  type AuthorAnswer,
  type Checklist,
  fillChecklists,
  type StudyDesign,
} from "./report/checklists/checklist.ts";
export { checklistCsv } from "./report/checklists/checklist-csv.ts";
export { KNOWN_CHECKLISTS } from "./report/checklists/known-checklists.ts";
export type {
  ReportContent,
  ReportedReaders,
  ReportedTest,
  TrainingCurve,
} from "./report/content.ts";
export { csvLine } from "./report/csv.ts";
export { figureFiles } from "./report/figure-files.ts";
export type { GalleryItem, GalleryPart } from "./report/gallery.ts";
export { htmlReport } from "./report/html-report.ts";
export { jsonReport } from "./report/json-report.ts";
export { measurementAgreement } from "./report/measurement-agreement.ts";
export { outlineMeasures, type TwoOutlines } from "./report/outline-measures.ts";
export type {
  PreliminaryPicture,
  PreliminaryPictures,
  PreliminaryResult,
  ReportedSelection,
} from "./report/preliminary-result.ts";
export type { Provenance } from "./report/provenance.ts";
export { PUBLISHED, PUBLISHED_IOU, type PublishedSet } from "./report/published/published.ts";
export { publishedAccuracy } from "./report/published/published-intervals.ts";
export {
  annotatorsOnTest,
  type PeopleOnTest,
  type ReaderResult,
  type Reading,
  type ReadingsRight,
  readerResult,
} from "./report/reader-results.ts";
export { type ReaderStudyResult, readerStudyResult } from "./report/reader-study-result.ts";
export {
  type DescribedPatient,
  type DescribedSet,
  describeSet,
  TUNING,
} from "./report/set-description.ts";
export { tablesCsv } from "./report/tables-csv.ts";
export {
  type AcceptanceThreshold,
  figureAnchors,
  thresholdReached,
  thresholdsReached,
} from "./report/thresholds.ts";
export { type AucComparison, aucOf, compareAucs, rocPoints } from "./roc.ts";
export { patientsForProportion, positivesForAuc } from "./sample-size.ts";
export { measureScreening, type ScreeningMeasure } from "./screening-measures.ts";
export { centerLineRecall } from "./segmentation/center-line-recall.ts";
export { diceOf } from "./segmentation/dice.ts";
export { type MaskAgreement, maskAgreement } from "./segmentation/mask-agreement.ts";
export { auditSelection } from "./selection-audit/audit-selection.ts";
export { type OddsGap, oddsGapsOf } from "./subgroups/equalized-odds.ts";
export {
  type ErrorsByAgreement,
  errorsByAgreement,
  type ReadCase,
} from "./subgroups/errors-by-agreement.ts";
export {
  AGE_BANDS,
  ageBand,
  type SubgroupRow,
  type Subject,
  subgroupRows,
} from "./subgroups/subgroups.ts";
export { fitTemperature, type TemperatureFit } from "./temperature.ts";
export {
  type GeometryAgainstNetwork,
  geometryAgainstNetwork,
  type TwiceClassified,
} from "./weber/geometry-against-network.ts";
export { type LegFrame, legFrame } from "./weber/leg-frame.ts";
export { type LevelsOfTest, levelsOfTest, type OutlinedBones } from "./weber/levels-of-test.ts";
export {
  type FractureLevel,
  fractureLevel,
  type LevelResult,
  levelInFrame,
  type NotDeterminable,
  type OutlinedAnkle,
  patientLevel,
  weberClassAt,
} from "./weber/weber-level.ts";
