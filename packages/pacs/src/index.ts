export { type DicomJson, itemsIn, textIn } from "./dicomweb/dicom-json.ts";
export {
  type DicomWebClient,
  type DicomWebOptions,
  dicomWebClient,
  type Query,
  type Stored,
} from "./dicomweb/dicomweb-client.ts";
export { PacsError, type PacsErrorCode } from "./errors.ts";
export { isUid, requireUid } from "./uid.ts";
