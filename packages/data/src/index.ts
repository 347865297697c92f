export {
  type CheckedImage,
  type CheckedImages,
  checkImages,
  describeFewBits,
  throwFaults,
} from "./coco/check-images.ts";
export { connected } from "./coco/connected.ts";
export { originOfImage } from "./coco/image-origin.ts";
export {
  type CocoAnnotation,
  type CocoCategory,
  type CocoDataset,
  type CocoFile,
  type CocoImage,
  parseCoco,
  readCocoFile,
} from "./coco/read-coco.ts";
export { cocoText } from "./coco/write-coco.ts";
export {
  type Deidentification,
  deidentify,
  deidentifyInParts,
} from "./dicom/deidentify/deidentify.ts";
export { type DicomIdentity, readIdentity } from "./dicom/deidentify/identity.ts";
export { dateShiftDays, replaceUid, shiftDate } from "./dicom/deidentify/replacement.ts";
export { readDicomImage } from "./dicom/read-dicom.ts";
export { DataError, type DataErrorCode } from "./errors.ts";
export { imageFormat } from "./image-file.ts";
export { type ImageHeader, readImageHeader } from "./image-header.ts";
export { type Inspection, inspectRadiograph } from "./inspect.ts";
export { type Ankle, buildAnkle } from "./phantom/ankle.ts";
export { annotate } from "./phantom/annotator.ts";
export type { Fracture, Morphology, WeberClass } from "./phantom/fracture.ts";
export {
  externalHospital,
  type Hospital,
  internalHospital,
  type PhantomStudy,
  reportsCsv,
  simulateStudy,
} from "./phantom/hospital.ts";
export type { ReadCase, Reader } from "./phantom/impression.ts";
export type { Machine } from "./phantom/machine.ts";
export { externalRoom, internalRoom, withPitch } from "./phantom/machines.ts";
export { drawPatient, type Exclusion, type Patient, type PatientWish } from "./phantom/patient.ts";
export { radiographFile, type StudyHeader } from "./phantom/radiograph-object.ts";
export { PHANTOM_VERSION, READER_ROLES } from "./phantom/ranges.ts";
export { adjudicationOf, consensusOf, type Reading, readCase } from "./phantom/reader.ts";
export { type Report, type ReportedStudy, writeReport } from "./phantom/report.ts";
export type { Language } from "./phantom/report-phrases.ts";
export { type PhantomRadiograph, simulateRadiograph } from "./phantom/simulate.ts";
export { type StudiesToSimulate, simulateStudies } from "./phantom/simulate-studies.ts";
export type { StudyFacts } from "./phantom/simulation-messages.ts";
export { type FractureTruth, fractureTruth, type ImageTruth } from "./phantom/truth.ts";
export type { PhantomView } from "./phantom/view.ts";
export type { Visibility } from "./phantom/visibility.ts";
export type { Display, Radiograph } from "./radiograph.ts";
export { decodeRadiograph, readRadiograph } from "./read-radiograph.ts";
export { ankleScreeningRules } from "./reports/ankle-rules.ts";
export { createReportScreener, NOT_STATED, type ReportScreener } from "./reports/screen-report.ts";
export { stripImage } from "./strip-image.ts";
