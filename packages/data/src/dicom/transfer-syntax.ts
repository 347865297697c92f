/**
 * The transfer syntaxes that are read, and how each stores pixels (DICOM PS3.5 section 10).
 */
import { DataError } from "../errors.ts";

export type PixelEncoding = "native" | "rle" | "jpeg" | "jpeg-ls" | "jpeg-2000" | "htj2k";

export interface TransferSyntax {
  readonly name: string;
  readonly encoding: PixelEncoding;
  /** Whether its compression keeps every bit, also those beside the stored ones. */
  readonly lossless: boolean;
}

const SYNTAXES: Readonly<Record<string, TransferSyntax>> = {
  "1.2.840.10008.1.2": { name: "Implicit VR Little Endian", lossless: true, encoding: "native" },
  "1.2.840.10008.1.2.1": { name: "Explicit VR Little Endian", lossless: true, encoding: "native" },
  "1.2.840.10008.1.2.1.99": {
    name: "Deflated Explicit VR Little Endian",
    lossless: true,
    encoding: "native",
  },
  "1.2.840.10008.1.2.2": { name: "Explicit VR Big Endian", lossless: true, encoding: "native" },
  "1.2.840.10008.1.2.5": { name: "RLE Lossless", lossless: true, encoding: "rle" },
  "1.2.840.10008.1.2.4.50": { name: "JPEG Baseline (8 bits)", lossless: false, encoding: "jpeg" },
  "1.2.840.10008.1.2.4.51": { name: "JPEG Extended (12 bits)", lossless: false, encoding: "jpeg" },
  "1.2.840.10008.1.2.4.57": { name: "JPEG Lossless", lossless: true, encoding: "jpeg" },
  "1.2.840.10008.1.2.4.70": {
    name: "JPEG Lossless, first-order prediction",
    lossless: true,
    encoding: "jpeg",
  },
  "1.2.840.10008.1.2.4.80": { name: "JPEG-LS Lossless", lossless: true, encoding: "jpeg-ls" },
  "1.2.840.10008.1.2.4.81": { name: "JPEG-LS Near-lossless", lossless: false, encoding: "jpeg-ls" },
  "1.2.840.10008.1.2.4.90": { name: "JPEG 2000 Lossless", lossless: true, encoding: "jpeg-2000" },
  "1.2.840.10008.1.2.4.91": { name: "JPEG 2000", lossless: false, encoding: "jpeg-2000" },
  "1.2.840.10008.1.2.4.201": {
    name: "High-Throughput JPEG 2000 Lossless",
    lossless: true,
    encoding: "htj2k",
  },
  "1.2.840.10008.1.2.4.202": {
    name: "High-Throughput JPEG 2000 Lossless, RPCL",
    lossless: true,
    encoding: "htj2k",
  },
  "1.2.840.10008.1.2.4.203": {
    name: "High-Throughput JPEG 2000",
    lossless: false,
    encoding: "htj2k",
  },
};

export const IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2";
export const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
export const DEFLATED = "1.2.840.10008.1.2.1.99";
export const BIG_ENDIAN = "1.2.840.10008.1.2.2";

/** What is known of a transfer syntax; undefined where it is not supported. */
export function transferSyntax(uid: string): TransferSyntax | undefined {
  return Object.hasOwn(SYNTAXES, uid) ? SYNTAXES[uid] : undefined;
}

/** @throws DataError `unsupported` for a transfer syntax that is not read. */
export function requireTransferSyntax(uid: string, where: string): TransferSyntax {
  const known = transferSyntax(uid);
  if (known !== undefined) return known;
  throw new DataError(
    "unsupported",
    `${where}: expected a transfer syntax for still images, got ${uid}; ` +
      "convert it, to Explicit VR Little Endian say",
  );
}
