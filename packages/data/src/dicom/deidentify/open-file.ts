/**
 * Where a DICOM file's data set begins and how it is written, deflated ones inflated.
 */
import { inflateRawSync } from "node:zlib";
import { causeText, DataError } from "../../errors.ts";
import { dicomOpening } from "../data-set.ts";

const EXPLICIT = "1.2.840.10008.1.2.1";
const IMPLICIT = "1.2.840.10008.1.2";
const DEFLATED = "1.2.840.10008.1.2.1.99";
const MAX_INFLATED_BYTES = 2 ** 30;

export interface OpenedFile {
  readonly bytes: Uint8Array;
  readonly dataSetStart: number;
  readonly transferSyntax: string;
}

/** Opens a file with or without preamble and meta information. Throws DataError `damaged`. */
export function openFile(bytes: Uint8Array, where: string): OpenedFile {
  switch (dicomOpening(bytes)) {
    case "part-10":
      return afterMeta(bytes, 132, where);
    case "no-preamble":
      return afterMeta(bytes, 0, where);
    case "bare": {
      const explicit = bytes[4] >= 0x41 && bytes[5] >= 0x41;
      return { bytes, dataSetStart: 0, transferSyntax: explicit ? EXPLICIT : IMPLICIT };
    }
    case undefined:
      throw new DataError("unknown-format", `${where}: expected a DICOM file, got something else`);
  }
}

/** Meta information is always explicit and little endian; its elements are walked by their lengths. */
function afterMeta(bytes: Uint8Array, start: number, where: string): OpenedFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start;
  let transferSyntax = IMPLICIT;
  while (position + 8 <= bytes.length && view.getUint16(position, true) === 2) {
    const element = view.getUint16(position + 2, true);
    const vr = String.fromCharCode(bytes[position + 4], bytes[position + 5]);
    const isLong = vr === "OB" || vr === "UN" || vr === "OW" || vr === "UT" || vr === "SQ";
    if (isLong && position + 12 > bytes.length) break;
    const length = isLong ? view.getUint32(position + 8, true) : view.getUint16(position + 6, true);
    const valueStart = position + (isLong ? 12 : 8);
    if (valueStart + length > bytes.length) break;
    if (element === 0x0010) {
      const value = bytes.subarray(valueStart, valueStart + length);
      transferSyntax = Buffer.from(value)
        .toString("latin1")
        .replace(/[\0 ]+$/, "");
    }
    position = valueStart + length;
  }
  if (transferSyntax !== DEFLATED) return { bytes, dataSetStart: position, transferSyntax };
  try {
    const limit = { maxOutputLength: MAX_INFLATED_BYTES };
    const inflated = inflateRawSync(bytes.subarray(position), limit);
    return { bytes: inflated, dataSetStart: 0, transferSyntax };
  } catch (cause) {
    throw new DataError(
      "damaged",
      `${where}: expected a deflated data set, got one that does not inflate (${causeText(cause)}); ` +
        "the file is cut or damaged: export it again",
      { cause },
    );
  }
}
