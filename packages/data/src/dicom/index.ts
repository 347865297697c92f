/** DICOM alone, for threads: each loads its modules anew, and the whole package takes them 0.2 s more. */
export { DataError } from "../errors.ts";
export { type Attributes, parseBareDataSet } from "./attributes.ts";
export { parseDataSet } from "./data-set.ts";
export { type Deidentification, deidentifyInParts } from "./deidentify/deidentify.ts";
export { type DicomIdentity, readIdentity } from "./deidentify/identity.ts";
export { checkSamePicture } from "./deidentify/same-picture.ts";
export { type FileParts, readFileParts } from "./file-parts.ts";
export { type DicomImage, readDicomImage } from "./read-dicom.ts";
export {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeBareDataSet,
  writeDicomFile,
} from "./write/data-set.ts";
export { writeMeta } from "./write/file-meta.ts";
