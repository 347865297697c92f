export {
  type CocoAnnotation,
  type CocoCategory,
  type CocoDataset,
  type CocoImage,
  parseCoco,
  readCocoFile,
} from "./coco/read-coco.ts";
export { type Deidentification, deidentify } from "./dicom/deidentify/deidentify.ts";
export { type DicomIdentity, readIdentity } from "./dicom/deidentify/identity.ts";
export { dateShiftDays, replaceUid, shiftDate } from "./dicom/deidentify/replacement.ts";
export { DataError, type DataErrorCode } from "./errors.ts";
export { type Inspection, inspectRadiograph } from "./inspect.ts";
export type { Display, Radiograph } from "./radiograph.ts";
export { decodeRadiograph, readRadiograph } from "./read-radiograph.ts";
export { ankleScreeningRules } from "./reports/ankle-rules.ts";
export { createReportScreener, NOT_STATED, type ReportScreener } from "./reports/screen-report.ts";
