/**
 * The elements of a data set as ranges of bytes, for rewriting a file without touching what is kept
 * (DICOM PS3.5 section 7). Values are not interpreted here; `../data-set.ts` does that.
 */
import { DataError } from "../../errors.ts";

/** How a data set is written; the file's transfer syntax says it. */
export interface Writing {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

export interface ByteElement {
  /** `0x00100010` for (0010,0010). */
  readonly tag: number;
  /** As written; undefined in implicit writing. */
  readonly vr: string | undefined;
  readonly start: number;
  readonly valueStart: number;
  /** Exclusive, and before a delimiter. */
  readonly valueEnd: number;
  /** Exclusive: where the next element begins. */
  readonly end: number;
  readonly undefinedLength: boolean;
}

export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const PIXEL_DATA = 0x7fe00010;
const UNDEFINED = 0xffffffff;
const DEEPEST = 32;

/** Value representations whose length takes four bytes after two reserved ones. */
const LONG = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

/** The elements between two offsets. Throws DataError `damaged` where they do not fit in. */
export function readElements(
  bytes: Uint8Array,
  { from, to }: ByteRange,
  writing: Writing,
  where: string,
): ByteElement[] {
  return new Reader(bytes, writing, where).elements(from, to, 0).elements;
}

/** The items of a sequence's value. Throws DataError `damaged`. */
export function readItems(
  bytes: Uint8Array,
  { valueStart, valueEnd }: ByteElement,
  writing: Writing,
  where: string,
): ByteRange[] {
  return new Reader(bytes, writing, where).items(valueStart, valueEnd, 0).items;
}

/** Whether a value begins like a sequence, as implicit writing does not say. */
export function beginsWithItem(
  bytes: Uint8Array,
  { valueStart, valueEnd }: ByteElement,
  { bigEndian }: Writing,
): boolean {
  if (valueEnd - valueStart < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    view.getUint16(valueStart, !bigEndian) === 0xfffe &&
    view.getUint16(valueStart + 2, !bigEndian) === 0xe000
  );
}

/** Holds the bytes and how they are read; it lives for one call. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #writing: Writing;
  readonly #where: string;

  constructor(bytes: Uint8Array, writing: Writing, where: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#writing = writing;
    this.#where = where;
  }

  /** Elements up to `to`, or up to the end of the item that holds them. */
  elements(from: number, to: number, depth: number): { elements: ByteElement[]; end: number } {
    const elements: ByteElement[] = [];
    let position = from;
    while (position < to) {
      this.#need(position, 8, to);
      const tag = this.#tag(position);
      if (tag === ITEM_END) return { elements, end: position + 8 };
      const element = this.#element(position, tag, to, depth);
      elements.push(element);
      position = element.end;
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

  #element(start: number, tag: number, to: number, depth: number): ByteElement {
    const { vr, length, valueStart } = this.#header(start, to);
    if (length !== UNDEFINED) {
      this.#need(valueStart, length, to);
      const valueEnd = valueStart + length;
      return { tag, vr, start, valueStart, valueEnd, end: valueEnd, undefinedLength: false };
    }
    const end = this.#endOfUndefined(tag, vr, valueStart, to, depth);
    const valueEnd = end - 8;
    return { tag, vr, start, valueStart, valueEnd, end, undefinedLength: true };
  }

  #header(start: number, to: number) {
    if (!this.#writing.explicit) {
      return { vr: undefined, length: this.#uint32(start + 4), valueStart: start + 8 };
    }
    const vr = String.fromCharCode(this.#bytes[start + 4], this.#bytes[start + 5]);
    if (!/^[A-Z]{2}$/.test(vr)) throw this.#fail(`two letters at byte ${start + 4}`, "others");
    if (!LONG.has(vr)) return { vr, length: this.#uint16(start + 6), valueStart: start + 8 };
    this.#need(start, 12, to);
    return { vr, length: this.#uint32(start + 8), valueStart: start + 12 };
  }

  #endOfUndefined(
    tag: number,
    vr: string | undefined,
    start: number,
    to: number,
    depth: number,
  ): number {
    if (tag === PIXEL_DATA) return this.#endOfFragments(start, to);
    // A sequence whose representation is unknown is written implicitly (PS3.5 section 6.2.2).
    const reader =
      vr === "UN"
        ? new Reader(this.#bytes, { explicit: false, bigEndian: false }, this.#where)
        : this;
    const { end } = reader.items(start, to, depth);
    if (end === start || this.#tag(end - 8) !== SEQUENCE_END) {
      throw this.#fail("the end of a sequence", "the end of the data");
    }
    return end;
  }

  #endOfFragments(start: number, to: number): number {
    let position = start;
    for (;;) {
      this.#need(position, 8, to);
      const tag = this.#tag(position);
      const length = this.#uint32(position + 4);
      position += 8;
      if (tag === SEQUENCE_END) return position;
      if (tag !== ITEM) throw this.#fail("a fragment of compressed pixels", describeTag(tag));
      this.#need(position, length, to);
      position += length;
    }
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

  #need(start: number, length: number, to: number): void {
    if (start + length > Math.min(to, this.#bytes.length)) {
      throw this.#fail(`${length} bytes at byte ${start}`, "the end of the data");
    }
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
