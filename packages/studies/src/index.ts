export {
  accountOf,
  changeAccount,
  createFirstAdministrator,
  findAccount,
  hasAccounts,
  type StoredAccount,
  setPassword,
} from "./accounts/accounts.ts";
export { type NewAuditEntry, readAudit, recordAudit } from "./accounts/audit.ts";
export { type ExternalIdentity, signInExternally } from "./accounts/external-sign-in.ts";
export {
  acceptInvitation,
  invite,
  type Offer,
  type OpenInvitation,
  offerOf,
  revokeInvitation,
} from "./accounts/invitations.ts";
export { listMembers } from "./accounts/members.ts";
export { type Act, forgetOldActs, once } from "./accounts/once.ts";
export {
  addPasskey,
  findPasskey,
  listPasskeys,
  removePasskey,
  type StoredPasskey,
  usePasskey,
} from "./accounts/passkeys.ts";
export { serverSecret } from "./accounts/server-secret.ts";
export {
  endSession,
  endSessions,
  findSession,
  type OpenSession,
  openSession,
  recordUse,
  recordWrongPassword,
} from "./accounts/sign-in.ts";
export { annotatorCase } from "./annotation/annotating/annotator-case.ts";
export {
  saveAnnotationDraft,
  submitAnnotationDraft,
} from "./annotation/annotating/annotator-draft.ts";
export {
  ANNOTATION_QUEUE,
  type AnnotatorTask,
  annotationQueueOf,
  annotatorPlaceOf,
  annotatorWorklist,
  findAnnotatorTask,
} from "./annotation/annotating/annotator-tasks.ts";
export {
  addToThread,
  openThread,
  threadsOf,
} from "./annotation/annotating/comment-threads.ts";
export { storedAnnotation } from "./annotation/annotating/image-names.ts";
export {
  findReviewedTask,
  returnCase,
  reviewList,
} from "./annotation/annotating/returned-cases.ts";
export {
  findSettlingTask,
  type KnownAgreements,
  settleRadiograph,
  settlingCase,
  settlingList,
} from "./annotation/annotating/settling.ts";
export { type AnnotationPair, annotationPairs } from "./annotation/annotation-pairs.ts";
export {
  type AnnotationDisagreement,
  annotationAgreement,
  annotationDisagreementVisibleTo,
  annotationsVisibleTo,
  type ImageAgreement,
  type VisibleAnnotation,
  type VisibleAnnotations,
} from "./annotation/annotation-visibility.ts";
export { assignAnnotators } from "./annotation/assign-annotators.ts";
export { drawingEfforts } from "./annotation/drawing-efforts.ts";
export { caseOfImage } from "./annotation/find-image.ts";
export { type BonesOnRadiograph, outlinedBones } from "./annotation/outlined-bones.ts";
export { armOf } from "./annotation/proposals/assistance-arms.ts";
export {
  type AuditedAnnotations,
  auditedAnnotations,
  type Reference,
} from "./annotation/proposals/audited-annotations.ts";
export {
  proposalsVisibleTo,
  type SeenClass,
  type SeenProposals,
  type SeenShape,
} from "./annotation/proposals/proposal-visibility.ts";
export {
  type ProposalBesideTruth,
  type ProposalsBesideTruth,
  proposalsBesideTruth,
} from "./annotation/proposals/proposals-beside-truth.ts";
export {
  imagesWithoutPrelabel,
  type StoredProposals,
  storeProposals,
} from "./annotation/proposals/store-proposals.ts";
export {
  adjudicateAnnotation,
  type ResolvedAnnotations,
  resolveAnnotations,
} from "./annotation/resolve-annotations.ts";
export { submitAnnotation } from "./annotation/submit-annotation.ts";
export {
  ASSIGNMENT_STEPS,
  type AssignedTraining,
  type AssignmentStep,
  assignCases,
  assignExternalTest,
  assignInternalTest,
  assignMissing,
  assignPreliminaryTraining,
  assignTraining,
  type StepOutcome,
  type TrainingOptions,
} from "./assignment/assign.ts";
export { readKnownClasses } from "./assignment/known-classes.ts";
export { type ReaderScore, readReaderScores } from "./assignment/reader-scores.ts";
export {
  readTestSets,
  type TestCase,
  type TestSet,
  type TestSets,
} from "./assignment/tested-patients.ts";
export { type BackupSize, backUpStudy } from "./backup/back-up-study.ts";
export { classesOfCases } from "./cases/classes.ts";
export { readFlow } from "./cases/flow.ts";
export { type CasesQuestion, type ListedCase, listCases } from "./cases/list-cases.ts";
export { studyDates } from "./cases/study-dates.ts";
export { type AuditStamp, type Transition, transitionCase } from "./cases/transition-case.ts";
export { waitingCases } from "./cases/waiting-cases.ts";
export { type Wait, waitsOf } from "./cases/waits.ts";
export { ankleProtocol } from "./configuration/ankle-protocol.ts";
export { type ChecklistsFile, readChecklistsFile } from "./configuration/checklists-file.ts";
export { readSignOn } from "./configuration/sign-on-file.ts";
export { type GroupCommits, groupCommits } from "./database/group-commits.ts";
export type { StudyDatabase } from "./database/open-database.ts";
export { StudyError, type StudyErrorCode } from "./errors.ts";
export { type AssignedRadiograph, assignedImages } from "./export/assigned-images.ts";
export { type CocoExport, cocoExport } from "./export/coco-export.ts";
export { type DrawnImage, drawnImages, drawnOutlines } from "./export/drawn-outlines.ts";
export { freezeData, frozenChanges, frozenFile, listFrozen } from "./export/frozen-data.ts";
export { type ProposalsCoco, proposalsCoco } from "./export/proposals-coco.ts";
export {
  type Bucket,
  bucketImages,
  copyImages,
  folderImages,
  type ImageSource,
} from "./image-source.ts";
export { imagePath } from "./image-store.ts";
export {
  type AnnotationsCounts,
  type AnnotationsImport,
  annotationsNeedKeys,
  importAnnotations,
} from "./import/import-annotations.ts";
export { type CocoCounts, type CocoImport, importCoco } from "./import/import-coco.ts";
export {
  type CorrectionCounts,
  type CorrectionImport,
  importCorrection,
  requireConsent,
} from "./import/import-correction.ts";
export {
  type DicomImport,
  type ImportCounts,
  type ImportEvent,
  importDicom,
} from "./import/import-dicom.ts";
export {
  importProposals,
  type ProposalsCounts,
  type ProposalsImport,
} from "./import/import-proposals.ts";
export {
  type FaultyLine,
  importReadings,
  type ReadingsCounts,
  type ReadingsImport,
} from "./import/import-readings.ts";
export { importReports, type ReportsCounts, type ReportsImport } from "./import/import-reports.ts";
export {
  openReadingTable,
  READING_ROLES,
  type ReadingRole,
  type ReadingTable,
  type ReadingTableOptions,
} from "./import/reading-table.ts";
export type { ImportOutcome } from "./import/record-import.ts";
export { type FileWorkers, startFileWorkers } from "./import/worker/pool.ts";
export {
  type AnalyzedImage,
  analysisResults,
  type ImageToAnalyze,
  imagesToAnalyze,
  sendAnalyses,
} from "./jobs/analyses.ts";
export {
  type FilesToSend,
  type ImportWork,
  importJobs,
  sendImports,
} from "./jobs/imports.ts";
export {
  type ClaimedJob,
  imagesOf,
  type JobQueue,
  type NewJob,
  type QueueOptions,
  sumOf,
  type TopicCounts,
  topicOf,
} from "./jobs/job-queue.ts";
export { openQueue } from "./jobs/open-queue.ts";
export { imagesToPrelabel, knownModel, sendPrelabels, storePrelabels } from "./jobs/prelabels.ts";
export { type StudyWork, type WorkEvent, work } from "./jobs/work.ts";
export { createKeyFile, KeyFile, type PatientEntry } from "./keys/key-file.ts";
export { passphraseWeakness } from "./keys/passphrase-strength.ts";
export type { CopiedTable } from "./move/copy-database.ts";
export { type MovedStudy, moveStudy } from "./move/move-study.ts";
export { sharedFileWarning } from "./network-file-system.ts";
export { type AssignedTasks, assignReaders } from "./reading/assign-readers.ts";
export {
  type DecidingTask,
  decideCase,
  decidingCase,
  decidingList,
  findDecidingTask,
  submitOwnView,
} from "./reading/deciding.ts";
export { recordDisplayCheck } from "./reading/display-check.ts";
export { askedLabels } from "./reading/labels.ts";
export { type MeasuredTable, measuredValues } from "./reading/measured-values.ts";
export {
  type ReaderImage,
  readerCase,
  readerImages,
  shownImage,
  storedContent,
} from "./reading/reader-case.ts";
export {
  askForReopening,
  listReopenings,
  saveDraft,
  submitOwnReading,
  withdrawOwnReading,
} from "./reading/reader-reading.ts";
export { type ReadingMatrix, readingMatrix } from "./reading/reading-matrix.ts";
export {
  disagreementVisibleTo,
  readingsVisibleTo,
  type VisibleReading,
  type VisibleReadings,
} from "./reading/reading-visibility.ts";
export {
  adjudicateReading,
  type ResolvedReadings,
  recordConsensus,
  reopenReading,
  resolveReadings,
} from "./reading/resolve-readings.ts";
export { submitReading, withdrawReading } from "./reading/submit-reading.ts";
export { type RoundMatrix, roundMatrices } from "./rounds/round-matrices.ts";
export { createRound, listRounds, readersOf } from "./rounds/rounds.ts";
export {
  type CaseExplanation,
  type DecisionSummary,
  decidingWords,
  explainCase,
  latestDecisions,
  summarizeDecisions,
} from "./screening/decisions.ts";
export { readFunnel } from "./screening/funnel.ts";
export { type ScreeningCounts, screenCases } from "./screening/screen-cases.ts";
export { compareWithTruth, openTruth, type TruthComparison } from "./screening/screening-truth.ts";
export {
  type AuditSet,
  type AuditSetsRequest,
  auditSets,
} from "./selection/audit-sets.ts";
export {
  type SelectionOutcome,
  type SelectionRequest,
  selectTraining,
} from "./selection/select-training.ts";
export {
  type PoolRadiograph,
  type SelectionBesidePool,
  selectionBesidePool,
} from "./selection/selection-beside-pool.ts";
export {
  type SeenPick,
  type SeenSelection,
  selectionVisibleTo,
} from "./selection/selection-visibility.ts";
export { STRATEGIES } from "./selection/strategies.ts";
export {
  closeStudy,
  createStudy,
  findHospital,
  type NewStudy,
  openKeys,
  openStudy,
  type Study,
} from "./study.ts";
export { type PersonProgress, readProgress } from "./tasks/progress.ts";
export {
  findReaderTask,
  placeOf,
  queuesOf,
  type ReaderTask,
  readerWorklist,
} from "./tasks/reader-tasks.ts";
export {
  readWorklist,
  type Worklist,
  type WorklistEntry,
  type WorklistQuestion,
} from "./tasks/worklist.ts";
export { markWrong } from "./wrong-findings/mark-wrong.ts";
export {
  casesWithFindings,
  type FoundByModel,
  modelFindings,
  wrongFindingRounds,
} from "./wrong-findings/model-findings.ts";
