/**
 * A DICOM file as a message of the network carries it: what it is called, and its data set as it stands in the
 * file, not a byte of it touched.
 */
import { DataError } from "../errors.ts";
import { parseDataSet } from "./data-set.ts";
import { readFileMeta } from "./file-meta.ts";
import { dicomOpening } from "./find-data-set.ts";

export interface FileParts {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly transferSyntax: string;
  /** A view of the file's bytes. */
  readonly dataSet: Uint8Array;
}

/** @throws DataError `damaged` or `unknown-format` for a file whose meta information or UIDs are missing. */
export function readFileParts(bytes: Uint8Array, where: string): FileParts {
  const incomplete = (what: string): DataError =>
    new DataError(
      "damaged",
      `${where}: expected a DICOM file with ${what}, got one without; export it again`,
    );
  if (dicomOpening(bytes) !== "part-10") throw incomplete("a preamble");
  const { dataSetStart, transferSyntax } = readFileMeta(bytes, 132);
  const attributes = parseDataSet(bytes, where);
  const sopClass = attributes.text("x00080016");
  const sopInstance = attributes.text("x00080018");
  if (transferSyntax === null) throw incomplete("a transfer syntax");
  if (sopClass === null || sopInstance === null) throw incomplete("the UIDs of its object");
  return { sopClass, sopInstance, transferSyntax, dataSet: bytes.subarray(dataSetStart) };
}
