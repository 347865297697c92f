/**
 * A net under the profile: texts that identify the patient, wherever an exporter repeated them.
 *
 * They are compared as bytes without regard to ASCII case, so that the character set does not
 * matter: a name is repeated in the one it is written in.
 */
import type { ByteElement } from "./elements.ts";

/** Patient's name, IDs, birth name, other names, mother's birth name, accession and admission. */
const IDENTIFYING = new Set([
  0x00100010, 0x00100020, 0x00101000, 0x00101001, 0x00101005, 0x00101060, 0x00080050, 0x00380010,
  0x00102154, 0x00101040,
]);
const BIRTH_DATE = 0x00100030;
/** Of codes and numbers only whole words count: PRIMARY is no patient called Mary. */
const CODED = new Set("AS CS DA DS DT IS TM UI".split(" "));
const TEXT = new Set("AE LO LT PN SH ST UC UR UT UN".split(" "));
const SHORTEST = 4;
const LARGE_BYTES = 1_024;

/** Parts of names and numbers long enough to be no accident. */
export function identifyingTexts(bytes: Uint8Array, elements: readonly ByteElement[]): string[] {
  const texts = elements.flatMap(({ tag, valueStart, valueEnd }) => {
    if (tag !== BIRTH_DATE && !IDENTIFYING.has(tag)) return [];
    const value = lowerText(bytes.subarray(valueStart, valueEnd));
    return tag === BIRTH_DATE ? [value] : value.split(/[\\^= ,]+/);
  });
  return [...new Set(texts.map((text) => text.trim()))].filter(({ length }) => length >= SHORTEST);
}

/** Whether a value repeats one of the texts; `vr` undefined where it is not known. */
export function mentionsAny(
  value: Uint8Array,
  vr: string | undefined,
  texts: readonly string[],
): boolean {
  if (texts.length === 0) return false;
  if (vr !== undefined && CODED.has(vr)) {
    const words = lowerText(value).split(/[\\^= ,.]+/);
    return words.some((word) => texts.includes(word));
  }
  // Large tables hold no names, and small ones are no names but in a file that is wrong.
  if (vr !== undefined && !TEXT.has(vr) && value.length > LARGE_BYTES) return false;
  // Numbers and tables of unknown representation are left alone: they hold control characters.
  if (vr === undefined && value.some((byte) => byte !== 0 && byte < 32 && !isLineEnd(byte))) {
    return false;
  }
  const text = lowerText(value);
  return texts.some((one) => text.includes(one));
}

function isLineEnd(byte: number): boolean {
  return byte >= 9 && byte <= 13;
}

function lowerText(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.length)
    .toString("latin1")
    .replaceAll("\0", " ")
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .trim();
}
