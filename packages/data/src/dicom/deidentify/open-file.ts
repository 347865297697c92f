/**
 * Where a DICOM file's data set begins and how it is written, deflated ones inflated.
 */
import { inflateRawSync } from "node:zlib";
import { causeText, DataError } from "../../errors.ts";
import { dicomOpening } from "../data-set.ts";
import { readFileMeta } from "../file-meta.ts";

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

function afterMeta(bytes: Uint8Array, start: number, where: string): OpenedFile {
  const { dataSetStart, transferSyntax = IMPLICIT } = readFileMeta(bytes, start);
  if (transferSyntax !== DEFLATED) return { bytes, dataSetStart, transferSyntax };
  try {
    const limit = { maxOutputLength: MAX_INFLATED_BYTES };
    const inflated = inflateRawSync(bytes.subarray(dataSetStart), limit);
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
