/** What of this package runs in a browser, too; a test holds that none of it needs Node. */
export { dicomOpening } from "./dicom/find-data-set.ts";
export { type PlainDicom, type PlainRadiograph, readPlainDicom } from "./dicom/plain-dicom.ts";
export { DataError, type DataErrorCode } from "./errors.ts";
