/** How bytes are sent: as they are kept (zstd) to whoever reads it, else in an older way. */
import { promisify } from "node:util";
import { gzip, zstdDecompress } from "node:zlib";

export const ENCODINGS = ["zstd", "gzip", "identity"] as const;
export type ContentEncoding = (typeof ENCODINGS)[number];

/** The first of ours that the client names with a weight above zero (RFC 9110, section 12.5.3). */
export function chooseEncoding(accepted: string | readonly string[] | undefined): ContentEncoding {
  const named = new Set(
    String(accepted ?? "")
      .toLowerCase()
      .split(",")
      .map((part) => part.split(";").map((piece) => piece.trim()))
      .filter(([, weight]) => !/^q=0(?:\.0*)?$/.test(weight ?? ""))
      .map(([name]) => name),
  );
  return ENCODINGS.find((name) => named.has(name)) ?? "identity";
}

const unpack = promisify(zstdDecompress);
const pack = promisify(gzip);
/** Planes of residuals shrink little more at higher levels. */
const GZIP_LEVEL = 4;

/** From zstd; beside the event loop. */
export async function recode(bytes: Uint8Array, encoding: ContentEncoding): Promise<Uint8Array> {
  if (encoding === "zstd") return bytes;
  const plain = await unpack(bytes);
  return encoding === "gzip" ? pack(plain, { level: GZIP_LEVEL }) : plain;
}
