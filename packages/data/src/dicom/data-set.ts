/** A DICOM file to the attributes of its data set. */
import { type Attributes, readAttributes } from "./attributes.ts";
import { openFile } from "./open-file.ts";

/**
 * Parses a DICOM file (PS3.10) or a bare data set. `where` begins the messages.
 *
 * @throws DataError `damaged` where the bytes are not DICOM or end within an element.
 */
export function parseDataSet(bytes: Uint8Array, where: string): Attributes {
  return readAttributes(openFile(bytes, where), where);
}
