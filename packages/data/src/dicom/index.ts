/** DICOM alone, for threads: each loads its modules anew, and the whole package takes them 0.2 s more. */
export { DataError } from "../errors.ts";
export { type Deidentification, deidentifyInParts } from "./deidentify/deidentify.ts";
export { type DicomIdentity, readIdentity } from "./deidentify/identity.ts";
export { checkSamePicture } from "./deidentify/same-picture.ts";
export { type DicomImage, readDicomImage } from "./read-dicom.ts";
export {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "./write/data-set.ts";
