/**
 * The identity in a DICOM file before de-identification: patient, examination, image. Never stored as
 * it is: a study's key file alone keeps it, encrypted.
 */
import { parseDataSet } from "../data-set.ts";

export interface DicomIdentity {
  /** Null where the file names no patient. */
  readonly patientId: string | null;
  readonly patientName: string | null;
  readonly birthDate: string | null;
  readonly accessionNumber: string | null;
  readonly studyDate: string | null;
  readonly studyInstanceUid: string | null;
  readonly seriesInstanceUid: string | null;
  readonly sopInstanceUid: string | null;
}

/**
 * Reads the identity in a DICOM file's bytes.
 *
 * @throws DataError: `unknown-format`, `damaged`.
 */
export function readIdentity(bytes: Uint8Array, where: string): DicomIdentity {
  const attributes = parseDataSet(bytes, where);
  return {
    patientId: attributes.text("x00100020"),
    patientName: attributes.text("x00100010"),
    birthDate: attributes.text("x00100030"),
    accessionNumber: attributes.text("x00080050"),
    studyDate: attributes.text("x00080020"),
    studyInstanceUid: attributes.text("x0020000d"),
    seriesInstanceUid: attributes.text("x0020000e"),
    sopInstanceUid: attributes.text("x00080018"),
  };
}
