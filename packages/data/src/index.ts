export { type Acquisition, readAcquisition } from "./acquisition.ts";
export {
  type CheckedImage,
  type CheckedImages,
  checkImages,
  describeFewBits,
  throwFaults,
} from "./coco/check-images.ts";
export { connected } from "./coco/connected.ts";
export { originOfImage } from "./coco/image-origin.ts";
export { readCocoFiles } from "./coco/join-coco.ts";
export {
  type CocoAnnotation,
  type CocoCategory,
  type CocoDataset,
  type CocoFile,
  type CocoImage,
  idInFile,
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
export { type LiveHeader, readLiveHeader } from "./dicom/live-header.ts";
export { readDicomImage } from "./dicom/read-dicom.ts";
export { type DrawnRadiograph, drawnSegmentationFile } from "./dicom/results/drawn-segmentation.ts";
export {
  type ExaminedRadiograph,
  measurementReportFile,
  type ReportContent,
} from "./dicom/results/measurement-report.ts";
export { presentationStateFile } from "./dicom/results/presentation-state.ts";
export {
  type Analysis,
  isResultObject,
  mayBeResultObject,
  type ResultKind,
  type ResultModel,
} from "./dicom/results/result-object.ts";
export { type ResultSource, readResultSource } from "./dicom/results/result-source.ts";
export { type ResultPicture, secondaryCaptureFile } from "./dicom/results/secondary-capture.ts";
export { segmentationFile } from "./dicom/results/segmentation.ts";
export { DataError, type DataErrorCode } from "./errors.ts";
export { type GrayLevels, readGrayLevels } from "./gray-levels.ts";
export { imageFormat } from "./image-file.ts";
export { type ImageHeader, readImageHeader } from "./image-header.ts";
export { type Inspection, inspectRadiograph } from "./inspect.ts";
export type {
  ImageAnnotation,
  OutlinedImage,
  OutlinedShape,
  OutlinesFile,
} from "./outlines/outlined-image.ts";
export { readOutlines } from "./outlines/read-outlines.ts";
export { type OutlinesFormat, outlinesFormats, outlinesText } from "./outlines/write-outlines.ts";
export type { Display, Radiograph } from "./radiograph.ts";
export { decodeRadiograph, readRadiograph } from "./read-radiograph.ts";
export { ankleScreeningRules } from "./reports/ankle-rules.ts";
export { createReportScreener, NOT_STATED, type ReportScreener } from "./reports/screen-report.ts";
export { stripImage } from "./strip-image.ts";
