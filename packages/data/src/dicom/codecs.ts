/**
 * JPEG (8 and 12 bits, lossy and lossless), JPEG-LS, JPEG 2000 and HTJ2K to samples: a front for
 * dcmjs-codecs, which wraps libjpeg, CharLS, OpenJPEG and OpenJPH in one WebAssembly module.
 *
 * The module is loaded when the first compressed frame comes, once for each thread. It is dropped
 * after every error: a trap leaves its memory in an unknown state, and loading takes 25 ms.
 */
import { causeText } from "@malleolus/errors";
import { DataError } from "../errors.ts";
import type { PixelHeader } from "./header.ts";
import { withoutColorTransform } from "./jpeg-color.ts";

export type Codec = "jpeg" | "jpeg-ls" | "jpeg-2000" | "htj2k";

/**
 * Decodes one frame. Returns its samples, little endian in 8 or 16 bits as the header allocates
 * them, colour pixel after pixel as RGB.
 *
 * @throws DataError `damaged` with the decoder's own sentence.
 */
export async function decodeCodestream(
  stream: Uint8Array,
  codec: Codec,
  header: PixelHeader,
  where: string,
): Promise<Uint8Array> {
  const { NativeCodecs, Context } = await loadCodecs();
  const context = new Context({
    width: header.columns,
    height: header.rows,
    bitsAllocated: header.bitsAllocated,
    bitsStored: header.bitsStored,
    samplesPerPixel: header.samplesPerPixel,
    pixelRepresentation: header.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: header.photometric,
    encodedBuffer:
      codec === "jpeg" && header.photometric === "RGB" ? withoutColorTransform(stream) : stream,
  });
  try {
    const decode = {
      jpeg: () => NativeCodecs.decodeJpeg(context, { convertColorspaceToRgb: true }),
      "jpeg-ls": () => NativeCodecs.decodeJpegLs(context),
      "jpeg-2000": () => NativeCodecs.decodeJpeg2000(context),
      htj2k: () => NativeCodecs.decodeHtJpeg2000(context),
    }[codec];
    // A copy: the decoder's own bytes lie in its memory and go with the next frame.
    return new Uint8Array(decode().getDecodedBuffer() ?? []);
  } catch (cause) {
    loaded = undefined;
    NativeCodecs.release();
    throw new DataError(
      "damaged",
      `${where}: expected a ${codec} stream that can be decoded, got "${causeText(cause).trim()}"; ` +
        "the file is cut or damaged: export it again",
      { cause },
    );
  }
}

let loaded: Promise<typeof import("dcmjs-codecs")> | undefined;

function loadCodecs(): Promise<typeof import("dcmjs-codecs")> {
  loaded ??= (async () => {
    const { default: codecs } = await import("dcmjs-codecs");
    // What it has to say comes as an exception; its log would go to the terminal.
    codecs.log.setLevel("silent");
    await codecs.NativeCodecs.initializeAsync();
    return codecs;
  })();
  return loaded;
}
