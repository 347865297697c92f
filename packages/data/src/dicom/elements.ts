/**
 * The elements of a data set as ranges of bytes (DICOM PS3.5 section 7): the one parser, for reading a
 * file and for rewriting it without touching what is kept. Values are not interpreted here;
 * `attributes.ts` does that.
 *
 * Files lie about how they are written, and where what they mean is plain it is taken: a
 * representation that is none, or one that is unknown (UN), is looked up by the tag; fragments may lack
 * their end; and what fills a file up behind its last element is passed over.
 */
import { DataError } from "../errors.ts";
import { dictionaryVr } from "./dictionary.ts";

/** How a data set is written. */
export interface Writing {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

export interface ByteElement {
  /** `0x00100010` for (0010,0010). */
  readonly tag: number;
  /** As written; undefined in implicit writing, and where it is not one of the standard's. */
  readonly writtenVr: string | undefined;
  /** As written where it says something, else the dictionary's (with `XS` and `OX`), else undefined. */
  readonly vr: string | undefined;
  readonly start: number;
  readonly valueStart: number;
  /** Exclusive, and before a delimiter. */
  readonly valueEnd: number;
  /** Exclusive: where the next element begins. */
  readonly end: number;
  readonly undefinedLength: boolean;
  /** Whether its value is made of items. */
  readonly isSequence: boolean;
}

export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface Item extends ByteRange {
  /** Of a sequence of representation UN another than the data set's (PS3.5 section 6.2.2). */
  readonly writing: Writing;
}

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
export const PIXEL_DATA = 0x7fe00010;
const UNDEFINED = 0xffffffff;
const DEEPEST = 32;

/** Value representations whose length takes four bytes after two reserved ones. */
export const LONG_VRS: ReadonlySet<string> = new Set(
  "OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "),
);
/** All of the standard (PS3.5 table 6.2-1). */
const VRS: ReadonlySet<string> = new Set([
  ...LONG_VRS,
  ..."AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
]);

/**
 * The elements of a range.
 *
 * @throws DataError `damaged` where they do not fit in.
 */
export function readElements(
  bytes: Uint8Array,
  { from, to }: ByteRange,
  writing: Writing,
  where: string,
  isWholeFile = false,
): ByteElement[] {
  return new Reader(bytes, writing, where, isWholeFile ? to : null).elements(from, to, 0).elements;
}

/**
 * The items of a sequence's value.
 *
 * @throws DataError `damaged`.
 */
export function readItems(
  bytes: Uint8Array,
  { writtenVr, valueStart, valueEnd }: ByteElement,
  writing: Writing,
  where: string,
): Item[] {
  const own = writtenVr === "UN" ? writingOfUnknown(bytes, valueStart, writing) : writing;
  const { items } = new Reader(bytes, own, where, null).items(valueStart, valueEnd, 0);
  return items.map((item) => ({ ...item, writing: own }));
}

/** The fragments of encapsulated pixels (PS3.5 annex A.4), the offset table among them. */
export function readFragments(
  bytes: Uint8Array,
  { valueStart, end }: ByteElement,
  writing: Writing,
  where: string,
): ByteRange[] {
  return new Reader(bytes, writing, where, end).fragments(valueStart, end).fragments;
}

/**
 * How a data set is written that begins at `from`: as its transfer syntax says where its first elements
 * can be read so, else as they can be read.
 */
export function writingOf(bytes: Uint8Array, from: number, declared: Writing | null): Writing {
  const ways = [
    { explicit: true, bigEndian: false },
    { explicit: false, bigEndian: false },
    { explicit: true, bigEndian: true },
  ];
  const all = declared === null ? ways : [declared, ...ways];
  return all.find((way) => looksWritten(bytes, from, way)) ?? declared ?? ways[0];
}

function looksWritten(bytes: Uint8Array, from: number, way: Writing): boolean {
  const reader = new Reader(bytes, way, "", null);
  return reader.looksLikeElement(from, bytes.length, 0);
}

/** Sequences of representation UN are written implicitly; older programs wrote them as their own. */
function writingOfUnknown(bytes: Uint8Array, start: number, writing: Writing): Writing {
  const implicit = { explicit: false, bigEndian: false };
  // Behind the item's head stands its first element.
  return looksWritten(bytes, start + 8, writing) ? writing : implicit;
}

/** Holds the bytes and how they are read; it lives for one call. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #writing: Writing;
  readonly #where: string;
  /** Where the file ends, if these are its own elements: something may stand behind them. */
  readonly #fileEnd: number | null;

  constructor(bytes: Uint8Array, writing: Writing, where: string, fileEnd: number | null) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#writing = writing;
    this.#where = where;
    this.#fileEnd = fileEnd;
  }

  /** Elements up to `to`, or up to the end of the item that holds them. */
  elements(from: number, to: number, depth: number): { elements: ByteElement[]; end: number } {
    const elements: ByteElement[] = [];
    let position = from;
    let hasPixels = false;
    while (position < to) {
      if (depth === 0 && this.#fileEnd !== null && this.#isFilling(position)) break;
      if (hasPixels && !this.looksLikeElement(position, to, 0)) break;
      this.#need(position, 8, to);
      const tag = this.#tag(position);
      if (tag === ITEM_END) return { elements, end: position + 8 };
      const element = this.#element(position, tag, to, depth);
      elements.push(element);
      position = element.end;
      hasPixels ||= tag === PIXEL_DATA && this.#fileEnd !== null && depth === 0;
    }
    return { elements, end: position };
  }

  items(from: number, to: number, depth: number): { items: ByteRange[]; end: number } {
    if (depth > DEEPEST) throw this.#fail(`at most ${DEEPEST} sequences in one another`, "more");
    const items: ByteRange[] = [];
    let position = from;
    while (position < to) {
      this.#need(position, 8, to);
      const tag = this.#tag(position);
      if (tag === SEQUENCE_END) return { items, end: position + 8 };
      if (tag !== ITEM) throw this.#fail(`an item at byte ${position}`, describeTag(tag));
      const length = this.#uint32(position + 4);
      const start = position + 8;
      if (length === UNDEFINED) {
        const { end } = this.elements(start, to, depth + 1);
        items.push({ from: start, to: end - 8 });
        position = end;
      } else {
        this.#need(start, length, to);
        items.push({ from: start, to: start + length });
        position = start + length;
      }
    }
    return { items, end: position };
  }

  /** Up to the delimiter, or the end of the range where a file ends without one. */
  fragments(from: number, to: number): { fragments: ByteRange[]; valueEnd: number; end: number } {
    const fragments: ByteRange[] = [];
    let position = from;
    for (;;) {
      if (position === to && fragments.length > 0) return { fragments, valueEnd: to, end: to };
      this.#need(position, 8, to);
      const tag = this.#tag(position);
      const length = this.#uint32(position + 4);
      if (tag === SEQUENCE_END) return { fragments, valueEnd: position, end: position + 8 };
      if (tag !== ITEM) {
        throw this.#fail(`a fragment of compressed pixels at byte ${position}`, describeTag(tag));
      }
      this.#need(position + 8, length, to);
      fragments.push({ from: position + 8, to: position + 8 + length });
      position += 8 + length;
    }
  }

  /** Whether an element may begin here: of a tag above `after`, and within the range. */
  looksLikeElement(at: number, to: number, after: number): boolean {
    if (at === to) return true;
    if (at + 8 > to) return false;
    const tag = this.#tag(at);
    if (tag === ITEM_END || tag === SEQUENCE_END) return true;
    if (tag <= after || tag >= 0xffff0000) return false;
    if (this.#writing.explicit) return VRS.has(this.#letters(at + 4));
    // Letters there would be a length beyond any element's but the pixels'.
    const length = this.#uint32(at + 4);
    return (length === UNDEFINED || at + 8 + length <= to) && !VRS.has(this.#letters(at + 4));
  }

  #element(start: number, tag: number, to: number, depth: number): ByteElement {
    const { writtenVr, length, valueStart } = this.#header(start, tag, to);
    const known = writtenVr === undefined || writtenVr === "UN" ? dictionaryVr(tag) : writtenVr;
    if (length !== UNDEFINED) {
      this.#need(valueStart, length, to, tag);
      const valueEnd = valueStart + length;
      const hasItems = this.#beginsWithItem(valueStart, valueEnd);
      // Said to be a sequence, in writing or by the dictionary, it is one where there are items.
      const mayBe = known === "SQ" || (known === undefined && tag !== PIXEL_DATA);
      const isSequence = mayBe && (hasItems || (length === 0 && known === "SQ"));
      const vr = isSequence ? "SQ" : known === "SQ" ? undefined : known;
      const range = { start, valueStart, valueEnd, end: valueEnd };
      return { tag, writtenVr, vr, ...range, undefinedLength: false, isSequence };
    }
    const isSequence = tag !== PIXEL_DATA;
    const vr = isSequence ? "SQ" : known;
    const { valueEnd, end } = isSequence
      ? this.#endOfSequence(writtenVr, valueStart, to, depth)
      : this.fragments(valueStart, to);
    return {
      tag,
      writtenVr,
      vr,
      start,
      valueStart,
      valueEnd,
      end,
      undefinedLength: true,
      isSequence,
    };
  }

  #header(start: number, tag: number, to: number) {
    const implicit = { length: this.#uint32(start + 4), valueStart: start + 8 };
    if (!this.#writing.explicit) return { writtenVr: undefined, ...implicit };
    const letters = this.#letters(start + 4);
    const short = { length: this.#uint16(start + 6), valueStart: start + 8 };
    if (LONG_VRS.has(letters)) {
      this.#need(start, 12, to);
      return { writtenVr: letters, length: this.#uint32(start + 8), valueStart: start + 12 };
    }
    if (VRS.has(letters)) return { writtenVr: letters, ...short };
    // No representation of the standard: of the three ways to write a length the one that leads on.
    const long =
      start + 12 <= to && this.#uint16(start + 6) === 0
        ? [{ length: this.#uint32(start + 8), valueStart: start + 12 }]
        : [];
    const ways = [short, ...long, implicit].filter(({ length, valueStart }) =>
      this.looksLikeElement(valueStart + length, to, tag),
    );
    if (ways.length === 0) {
      const got = JSON.stringify(letters);
      throw this.#fail(`a value representation at byte ${start + 4}`, got);
    }
    return { writtenVr: undefined, ...ways[0] };
  }

  #endOfSequence(vr: string | undefined, start: number, to: number, depth: number) {
    const writing =
      vr === "UN" ? writingOfUnknown(this.#bytes, start, this.#writing) : this.#writing;
    const reader = new Reader(this.#bytes, writing, this.#where, null);
    const { end } = reader.items(start, to, depth + 1);
    if (end === start || reader.#tag(end - 8) !== SEQUENCE_END) {
      throw this.#fail("the end of a sequence", "the end of the data");
    }
    return { valueEnd: end - 8, end };
  }

  /** Zeros, or bytes of ones, up to the end of the file. */
  #isFilling(position: number): boolean {
    const first = this.#bytes[position];
    if (first !== 0 && first !== 0xff) return false;
    const end = this.#fileEnd ?? position;
    for (let at = position; at < end; at++) if (this.#bytes[at] !== first) return false;
    return true;
  }

  #beginsWithItem(start: number, end: number): boolean {
    return end - start >= 8 && this.#tag(start) === ITEM;
  }

  #letters(at: number): string {
    return String.fromCharCode(this.#bytes[at], this.#bytes[at + 1]);
  }

  #tag(at: number): number {
    return this.#uint16(at) * 0x10000 + this.#uint16(at + 2);
  }

  #uint16(at: number): number {
    return this.#view.getUint16(at, !this.#writing.bigEndian);
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, !this.#writing.bigEndian);
  }

  #need(start: number, length: number, to: number, tag?: number): void {
    if (start + length <= Math.min(to, this.#bytes.length)) return;
    if (tag === PIXEL_DATA) {
      throw new DataError(
        "truncated",
        `${this.#where}: expected ${length} bytes of pixels, got ${Math.max(0, to - start)}; ` +
          "the file was cut: export it again",
      );
    }
    throw this.#fail(`${length} bytes at byte ${start}`, "the end of the data");
  }

  #fail(expected: string, got: string): DataError {
    return new DataError(
      "damaged",
      `${this.#where}: expected ${expected}, got ${got}; the file is cut or damaged: export it again`,
    );
  }
}

/** `(0010,0010)` */
function describeTag(tag: number): string {
  const hex = tag.toString(16).padStart(8, "0");
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
