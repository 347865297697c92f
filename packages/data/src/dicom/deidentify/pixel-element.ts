/**
 * The pixel data element of the new file: the bytes as they were, in an element as it should be.
 */
import { type ByteElement, readFragments, type Writing } from "../elements.ts";
import { frameFragments } from "../pixel-data.ts";
import { transferSyntax } from "../transfer-syntax.ts";
import { writeElement, writeFragments } from "../write/elements.ts";

const DELIMITER_BYTES = 8;

interface PixelContext {
  readonly bytes: Uint8Array;
  readonly transferSyntax: string;
  readonly read: Writing;
  readonly write: Writing;
  readonly pixels: { readonly bytesEach: 1 | 2 };
  readonly where: string;
}

/**
 * A view of the original's bytes where the element is well-formed. Else it is written anew: with its
 * own representation, an offset table, and an end.
 *
 * @throws DataError `damaged` or `truncated`.
 */
export function writePixels(element: ByteElement, context: PixelContext): Uint8Array {
  const { bytes, read, write, where } = context;
  const whole = bytes.subarray(element.start, element.end);
  const encoding = transferSyntax(context.transferSyntax)?.encoding ?? "native";
  if (encoding === "native" || !write.explicit) {
    const vr = context.pixels.bytesEach === 1 ? "OB" : "OW";
    const isAsItShould =
      read.explicit === write.explicit &&
      (!write.explicit || element.writtenVr === "OB" || element.writtenVr === "OW");
    if (isAsItShould || element.undefinedLength) return whole;
    const value = Buffer.from(bytes.subarray(element.valueStart, element.valueEnd));
    return writeElement(element.tag, vr, value, write);
  }
  const fragments = frameFragments(bytes, element, read, encoding, where);
  const hasTable = readFragments(bytes, element, read, where).length > fragments.length;
  const hasEnd = element.end - element.valueEnd === DELIMITER_BYTES;
  const isAsItShould =
    read.explicit && element.writtenVr === "OB" && element.undefinedLength && hasTable && hasEnd;
  return isAsItShould ? whole : writeFragments(element.tag, [], fragments);
}
