/**
 * A DICOM file to a picture by JavaScript alone, for browsers: uncompressed, deflated, RLE, and lossless JPEG in
 * grey. The steps from the file to displayed values are those of `read-dicom.ts`, so that both make the same
 * picture.
 *
 * Not here: the decoders of other JPEG, JPEG-LS and JPEG 2000, which a page would have to load.
 */
import { type Attributes, readAttributes } from "./attributes.ts";
import { checkCodestream } from "./codestream.ts";
import { displayValues } from "./display.ts";
import {
  findDataSet,
  inflatedFile,
  MAX_INFLATED_BYTES,
  notInflated,
  type OpenedFile,
} from "./find-data-set.ts";
import { type PixelHeader, readPixelHeader } from "./header.ts";
import { joinBytes } from "./join-bytes.ts";
import { decodeLosslessJpeg } from "./lossless-jpeg.ts";
import { encapsulatedBytes } from "./pixel-data.ts";
import { codestreamValues, plainStoredValues, type StoredValues } from "./plain-samples.ts";
import { readSpacing, type Spacing } from "./spacing.ts";
import { requireTransferSyntax, type TransferSyntax } from "./transfer-syntax.ts";

export interface PlainRadiograph extends Spacing {
  readonly width: number;
  readonly height: number;
  /** As `Radiograph` has them: 0 (black) to 1 (white), with all their bits. */
  readonly pixels: Float32Array;
  /** What a person should know who relies on the picture: sentences, most often none. */
  readonly notes: readonly string[];
}

export type PlainDicom =
  | { readonly kind: "radiograph"; readonly radiograph: PlainRadiograph }
  /** Its pixels need a decoder; by the name of their transfer syntax. */
  | { readonly kind: "compressed"; readonly compression: string };

/**
 * The picture in a DICOM file's bytes. `where` begins the messages.
 *
 * @throws DataError: `unknown-format`, `damaged`, `truncated`, `no-pixels` or `unsupported`.
 */
export async function readPlainDicom(bytes: Uint8Array, where: string): Promise<PlainDicom> {
  const attributes = readAttributes(await openPlainly(bytes, where), where);
  const syntax = requireTransferSyntax(attributes.transferSyntax, where);
  const header = readPixelHeader(attributes, where);
  const stored = readPlainValues(attributes, header, syntax, where);
  if (stored === null) return { kind: "compressed", compression: syntax.name };
  const shown = displayValues(stored, attributes, header, where);
  const { spacing, notes } = readSpacing(attributes);
  return {
    kind: "radiograph",
    radiograph: {
      width: header.columns,
      height: header.rows,
      ...spacing,
      pixels: shown.pixels(),
      notes: [...notes, ...shown.notes],
    },
  };
}

/** Null where they need a decoder that is not here. */
function readPlainValues(
  attributes: Attributes,
  header: PixelHeader,
  { encoding, lossless }: TransferSyntax,
  where: string,
): StoredValues | null {
  if (encoding === "native" || encoding === "rle") {
    return plainStoredValues(attributes, header, encoding, where);
  }
  if (encoding !== "jpeg" || !lossless || header.samplesPerPixel !== 1) return null;
  const stream = encapsulatedBytes(attributes, encoding, where);
  const precision = checkCodestream(stream, encoding, header, where);
  const samples = decodeLosslessJpeg(stream, where);
  const bytes =
    header.bitsAllocated === 8 ? Uint8Array.from(samples) : new Uint8Array(samples.buffer);
  return codestreamValues({ bytes, precision }, lossless, header);
}

async function openPlainly(bytes: Uint8Array, where: string): Promise<OpenedFile> {
  const found = findDataSet(bytes, where);
  return found.kind === "plain" ? found.file : inflatedFile(await inflate(found.deflated, where));
}

/**
 * Bare (RFC 1951), as the standard has it, or with the header of zlib (RFC 1950). A stream refuses what stands
 * behind its end, as the byte does that makes a file's length even.
 */
async function inflate(deflated: Uint8Array, where: string): Promise<Uint8Array> {
  const ends = deflated.at(-1) === 0 ? [deflated.length, deflated.length - 1] : [deflated.length];
  let failure: unknown;
  for (const format of ["deflate-raw", "deflate"] as const) {
    for (const end of ends) {
      try {
        return await inflateAs(format, deflated.subarray(0, end));
      } catch (cause) {
        failure ??= cause;
      }
    }
  }
  throw notInflated(failure, where);
}

async function inflateAs(
  format: "deflate-raw" | "deflate",
  deflated: Uint8Array,
): Promise<Uint8Array> {
  const whole = new Blob([new Uint8Array(deflated)]).stream();
  const reader = whole.pipeThrough(new DecompressionStream(format)).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    pieces.push(part.value);
    length += part.value.length;
    if (length > MAX_INFLATED_BYTES) throw new Error(`more than ${MAX_INFLATED_BYTES} bytes`);
  }
  return joinBytes(pieces);
}
