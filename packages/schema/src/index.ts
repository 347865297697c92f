/** Long because it names every record that crosses a border between packages. */
export { doublingSizes, longBoneAnchors } from "./anchor-sizes.ts";
export { ankleClassification } from "./ankle-classification.ts";
export {
  type Acceptance,
  type Annotation,
  type AnnotationAdjudication,
  annotationAdjudicationSchema,
  annotationSchema,
  FRACTURE,
  type Outline,
  outlineSchema,
  type ProposalDecision,
  proposalDecisionSchema,
  type Rejection,
  readVisibility,
  rejectionSchema,
  type StructureAgreement,
  structureAgreementSchema,
  type TruthHow,
  truthHowSchema,
  type Visibility,
  visibilitySchema,
  type WidenedLine,
  widenedLineSchema,
} from "./annotation.ts";
export {
  type AnnotationContent,
  annotationContentSchema,
  type DrawnShape,
  drawnShapeSchema,
  emptyAnnotation,
  type OfferDecision,
  offerKey,
  type ParkedDrawing,
  parkedDrawingSchema,
  type SetAside,
} from "./annotation-draft.ts";
export {
  type Account,
  type AccountChange,
  type AccountRole,
  type AuditEntry,
  accountChangeSchema,
  accountRoleSchema,
  accountSchema,
  auditEntrySchema,
  auditPageSchema,
  CSRF_HEADER,
  type Invitation,
  type InvitationOffer,
  type InvitationRequest,
  invitationOfferSchema,
  invitationQuestionSchema,
  invitationRequestSchema,
  invitationSchema,
  type JoinRequest,
  joinRequestSchema,
  type LoginRequest,
  linkTokenSchema,
  loginNameSchema,
  loginRequestSchema,
  type Member,
  memberSchema,
  passwordRequestSchema,
  passwordSchema,
  peopleSchema,
  type Session,
  type SetupRequest,
  type StaffRole,
  sessionSchema,
  setupRequestSchema,
  staffRoleSchema,
} from "./api/account.ts";
export {
  type AnnotatingCase,
  type AnnotationSubmitted,
  annotatingCaseSchema,
  annotationDraftRequestSchema,
  annotationSubmittedSchema,
  commentRequestSchema,
  type Offer,
  offersSchema,
  type ProposalTime,
  proposalTimeSchema,
  returnRequestSchema,
  type Thread,
  threadChangeSchema,
  threadRequestSchema,
  threadsSchema,
} from "./api/annotating.ts";
export {
  type CaseDetail,
  type CaseImage,
  caseImageSchema,
  caseSchema,
  type DisplayCheck,
  type Draft,
  type DraftRequest,
  displayCheckSchema,
  draftRequestSchema,
  draftSchema,
  type Feedback,
  type ImageSize,
  imageKeySchema,
  imageSizeSchema,
  type ModelFinding,
  recordedSchema,
  reopeningRequestSchema,
  requestIdSchema,
  type SavedDraft,
  type SubmitRequest,
  type Submitted,
  savedDraftSchema,
  submitRequestSchema,
  submittedSchema,
  withdrawRequestSchema,
} from "./api/case.ts";
export {
  agreementsSchema,
  closeAgreedSchema,
  closedAgreedSchema,
  type FrozenChanges,
  type FrozenData,
  type FrozenSetName,
  freezeRequestSchema,
  frozenChangesSchema,
  frozenDataSchema,
  frozenDatasSchema,
  frozenIdSchema,
  frozenSetNameSchema,
  type PanelAgreement,
  type WaitFor,
  type WaitingCase,
  waitForSchema,
  waitingSchema,
} from "./api/dashboard.ts";
export {
  type DecidingCase,
  type DecidingEntry,
  type DecidingKind,
  type DecidingReading,
  decidingCaseSchema,
  decidingListSchema,
  decidingRequestSchema,
  type OwnViewRequest,
  ownViewRequestSchema,
} from "./api/deciding.ts";
export {
  type DrawingEffort,
  type DrawingTimes,
  drawingEffortSchema,
  drawingTimesSchema,
  type EffortSummary,
  namedDrawingTimesSchema,
} from "./api/drawing-times.ts";
export {
  type Failure,
  type FailureCode,
  failureCodeSchema,
  failureSchema,
} from "./api/failure.ts";
export {
  type JobDetail,
  type JobKind,
  type JobRequest,
  type JobRow,
  jobDetailSchema,
  jobKindSchema,
  jobRequestSchema,
  jobRowSchema,
  jobsSchema,
  type SelectionStrategy,
  selectionStrategySchema,
} from "./api/job.ts";
export {
  type NewPasskey,
  newPasskeySchema,
  type PasskeyCreation,
  type PasskeyLogin,
  type PasskeyRequest,
  type Passkeys,
  passkeyCreationSchema,
  passkeyLoginSchema,
  passkeyRequestSchema,
  passkeysSchema,
} from "./api/passkey.ts";
export {
  MOST_PREDICTED_FILES,
  type Predicted,
  predictedFileSchema,
  predictedSchema,
  predictingSchema,
  predictionIdSchema,
  type ShownPrediction,
  shownPredictionSchema,
} from "./api/predict.ts";
export {
  type Report,
  type ReportCase,
  type Reports,
  reportCaseSchema,
  reportIdSchema,
  reportPatientSchema,
  reportSchema,
  reportsSchema,
  type ShownFinding,
} from "./api/report.ts";
export {
  type RunDetail,
  type RunNews,
  type RunRequest,
  type RunRow,
  type RunState,
  runActSchema,
  runDetailSchema,
  runIdSchema,
  runNewsSchema,
  runRequestSchema,
  runRowSchema,
  runsSchema,
} from "./api/run.ts";
export {
  type SettlingCase,
  type SettlingDecision,
  type SettlingDrawing,
  type SettlingEntry,
  type SettlingRadiograph,
  settleAgreedSchema,
  settledAgreedSchema,
  settlingCaseSchema,
  settlingDecisionSchema,
  settlingListSchema,
} from "./api/settling.ts";
export {
  type Access,
  accessSchema,
  healthSchema,
  personProgressSchema,
  progressSchema,
  type ReadingProtocol,
  type Round,
  type RoundModel,
  type RoundRequest,
  type Rounds,
  readingProtocolSchema,
  reopeningsSchema,
  roundModelSchema,
  roundRequestSchema,
  roundSchema,
  roundsSchema,
} from "./api/study.ts";
export {
  type Upload,
  type UploadRequest,
  type Uploads,
  uploadedFileQuerySchema,
  uploadedFileSchema,
  uploadRequestSchema,
  uploadSchema,
  uploadsSchema,
} from "./api/upload.ts";
export {
  type CaseEntry,
  type CaseWorklist,
  caseCodeSchema,
  queueKeySchema,
  queuesSchema,
  type ReaderQueue,
  readerQueueSchema,
  type WorklistQuery,
  worklistEntrySchema,
  worklistQuestionSchema,
  worklistSchema,
  worklistStatusSchema,
} from "./api/worklist.ts";
export {
  markedWrongSchema,
  type WrongFindingCase,
  type WrongFindingGiven,
  type WrongFindingRound,
  wrongFindingCaseSchema,
  wrongFindingGivenSchema,
  wrongFindingRequestSchema,
  wrongFindingsSchema,
  wrongSchema,
} from "./api/wrong-finding.ts";
export {
  type AssignedImage,
  type Assignment,
  assignedImageSchema,
  assignmentSchema,
  type Partition,
  partitionOf,
  partitionSchema,
} from "./assignment.ts";
export {
  type ArmComparison,
  type AssistanceArm,
  type AssistanceAudit,
  type AuditedAgreement,
  type AuditedDrawing,
  type AuditedShape,
  assistanceArmSchema,
  assistanceAuditSchema,
  auditedAgreementSchema,
  auditedDrawingSchema,
} from "./assistance.ts";
export {
  type Bundle,
  type BundledNetwork,
  type BundleMember,
  bundleSchema,
} from "./bundle.ts";
export { type CaseState, caseStateSchema, mayFollow } from "./case-state.ts";
export {
  bestCheckpointSchema,
  type CheckpointState,
  checkpointStateSchema,
  type Validated,
} from "./checkpoint-state.ts";
export {
  type ClassificationConfig,
  classificationConfigSchema,
  classifierConfig,
  type StructurePooling,
} from "./classification-config.ts";
export {
  type ClassifierCalibration,
  classifierCalibrationSchema,
} from "./classifier-calibration.ts";
export {
  type Auc,
  type AveragePrecision,
  type AveragePrecisionIntervals,
  type CocoFigures,
  type CocoIntervals,
  type CocoMeasures,
  type DetectionEvaluation,
  type DetectionMeasures,
  detectionEvaluationSchema,
  type FoundAtScore,
  type FrocPoint,
  type ImageMeasures,
  type MeasuredPrecision,
  type MeasureSettings,
  type Subgroup,
  type TrainingCheck,
} from "./detection-evaluation.ts";
export {
  DETECTOR_FORMAT,
  DETECTOR_FORMATS,
  detectorConfig,
  detectorPreprocess,
  isDetector,
} from "./detector-metadata.ts";
export { detectron2Config } from "./detectron2-config.ts";
export { SchemaError, type SchemaErrorCode } from "./errors.ts";
export { boxSchema, type Finding, findingSchema, polygonSchema } from "./finding.ts";
export {
  type Calibration,
  calibrationSchema,
  type ImageRecord,
  imageSchema,
  type Side,
  sideSchema,
  type ValueRange,
  type View,
  valueRangeSchema,
  viewSchema,
} from "./image.ts";
export { type JobRecord, jobRecordSchema } from "./job-record.ts";
export {
  isPossible,
  type Label,
  type LabelConflict,
  labelConflict,
  type SaidLabels,
} from "./labels.ts";
export {
  type AnchorConfig,
  type BackboneConfig,
  type BoxHeadConfig,
  type BoxWeights,
  type EfficientNetLiteConfig,
  type FineMaskHeadConfig,
  type MaskHeadConfig,
  type MaskRcnnConfig,
  maskRcnnConfigSchema,
  PYRAMID_LEVELS,
  type ResNetConfig,
  type ResNetMaskRcnnConfig,
  type RoiConfig,
  type RpnConfig,
  type StageName,
} from "./mask-rcnn-config.ts";
export { type MobileNetV2Config, mobileNetV2ConfigSchema } from "./mobilenet-v2-config.ts";
export { type ModelConfig, modelConfigSchema } from "./model-config.ts";
export { nearestName } from "./nearest-name.ts";
export {
  type DecisionPoint,
  EVIDENCE,
  type Evidence,
  type PatientAnswer,
  type PatientDecision,
  type PointWanted,
  patientAnswerSchema,
  patientDecisionSchema,
} from "./patient-decision.ts";
export { type Prediction, predictionSchema } from "./prediction.ts";
export {
  type ClassProbabilities,
  likeliestClass,
  type Model,
  modelSchema,
  type Prelabel,
  type ProposedShape,
  prelabelSchema,
  proposedShapeSchema,
  type SegmentationSummary,
} from "./prelabel.ts";
export { type Preprocess, preprocessSchema } from "./preprocess.ts";
export {
  type Estimate,
  estimateSchema,
  intervalSchema,
  type Proportion,
  proportionSchema,
} from "./proportion.ts";
export { type Protocol, protocolSchema } from "./protocol.ts";
export { type RadiographAnalysis, radiographAnalysisSchema } from "./radiograph-analysis.ts";
export { readJson, readRecord } from "./read-json.ts";
export {
  type Adjudication,
  adjudicationSchema,
  type Decision,
  decisionSchema,
  type Panel,
  panelSchema,
  type Reading,
  readingSchema,
  type VerdictHow,
  verdictHowSchema,
} from "./reading.ts";
export {
  CERTAINTY_NAMES,
  type Certainty,
  certaintySchema,
  MEASUREMENT_POINTS,
  type Measurement,
  type MeasurementForm,
  type MeasurementRule,
  measurementFormSchema,
  measurementRuleSchema,
  measurementSchema,
  type ReadingConditions,
  type ReadingContent,
  readingConditionsSchema,
  readingContentSchema,
  type VisibilityByImage,
  visibilityByImageSchema,
} from "./reading-content.ts";
export { type Recipe, type RecipeOf, recipeSchema } from "./recipe.ts";
export {
  type ReportedPatient,
  type ReportHead,
  reportedPatientSchema,
  reportHeadSchema,
} from "./report-cases.ts";
export {
  type EndReason,
  type LossParts,
  type RunEvent,
  runEventSchema,
  shownEventSchema,
  type WeightsFit,
} from "./run-event.ts";
export {
  type Mention,
  type MentionStatus,
  mentionSchema,
  mentionStatusSchema,
  type ReportWords,
  reportWordsSchema,
  type ScreenedState,
  type ScreeningDecision,
  screenedStateSchema,
  screeningDecisionSchema,
} from "./screening-decision.ts";
export {
  type LanguageRules,
  languageRulesSchema,
  type ScreeningRules,
  screeningRulesSchema,
} from "./screening-rules.ts";
export {
  type AsppConfig,
  ankleStructures,
  type DecoderConfig,
  deepLabConfig,
  type SegmentationConfig,
  type SegmentationLossConfig,
  type Structure,
  segmentationConfigSchema,
} from "./segmentation-config.ts";
export {
  type SelectionAudit,
  type SelectionAuditPlan,
  type SelectionAuditRun,
  type SelectionOutcomeName,
  selectionAuditPlanSchema,
  selectionAuditRunSchema,
  selectionAuditSchema,
} from "./selection-audit.ts";
export { type ServiceSettings, serviceSettingsSchema } from "./service-settings.ts";
export { type SignOn, signOnSchema } from "./sign-on.ts";
export {
  agreementColumn,
  annotationDraftColumn,
  conditionsColumn,
  imageColumn,
  type JsonColumn,
  labelsColumn,
  measurementsColumn,
  outlinesColumn,
  prelabelColumn,
  readingDraftColumn,
  reportIdsColumn,
  screeningDecisionColumn,
  visibilityColumn,
} from "./study-columns.ts";
export {
  type Hospital,
  hospitalSchema,
  observerSchema,
  type StudyConfiguration,
  studyConfigurationSchema,
} from "./study-configuration.ts";
export {
  type AssignedCounts,
  type HospitalFlow,
  type HospitalFunnel,
  hospitalFlowSchema,
  hospitalFunnelSchema,
  type StudyFlow,
  studyFlowSchema,
} from "./study-flow.ts";
export {
  checkpointRecordSchema,
  momentShapesSchema,
  type RunStanding,
  runStandingSchema,
  validatedRecordSchema,
} from "./team-records.ts";
export {
  type ValidationMeasures,
  type ValidationMetric,
  validationMeasuresSchema,
  validationMetricSchema,
} from "./validation-measures.ts";
export { upgradeModel, upgradePreprocess, upgradeRecipe } from "./version-1.ts";
