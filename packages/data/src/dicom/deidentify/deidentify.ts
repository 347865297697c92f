/**
 * De-identification of a DICOM file: the Basic Application Level Confidentiality Profile of PS3.15
 * with clean descriptors, modified dates and patient characteristics (`rules.ts`).
 *
 * It rewrites the bytes: what is kept, the pixels first of all, is copied as it was written, in the
 * same transfer syntax; what was written as of unknown representation (UN) gets its own. It does not
 * look for names within pixels; it refuses the files that say, or by their kind suggest, that some are
 * there.
 */
import { deflateRawSync } from "node:zlib";
import { characterSets } from "../attributes.ts";
import { decodeText } from "../character-set.ts";
import {
  type ByteElement,
  PIXEL_DATA,
  readElements,
  readItems,
  type Writing,
} from "../elements.ts";
import { openFile } from "../open-file.ts";
import { BIG_ENDIAN, DEFLATED, IMPLICIT_LITTLE_ENDIAN } from "../transfer-syntax.ts";
import { writeElement, writeItem } from "../write/elements.ts";
import { writeMeta } from "../write/file-meta.ts";
import { refuseBurnedIn } from "./burned-in.ts";
import { type Identifying, identifyingTexts, isPatientsWord, mentionsAny } from "./leaks.ts";
import { ownElements } from "./own-elements.ts";
import { writePixels } from "./pixel-element.ts";
import { capAge, dummyValue, keepHarmlessWords, replaceUid, shiftDate } from "./replacement.ts";
import { type Rule, ruleFor } from "./rules.ts";

export interface Deidentification {
  /** What the study calls the patient: the new name and ID. */
  readonly pseudonym: string;
  /** The study's secret, 32 bytes, by which UIDs are replaced. */
  readonly key: Uint8Array;
  /** Days by which the patient's dates move; see `dateShiftDays`. */
  readonly shiftDays: number;
  /** What to do with an image that has, or may have, words burned into its pixels. */
  readonly burnedIn: "refuse" | "accept";
}

const SPECIFIC_CHARACTER_SET = 0x00080005;
const UNNAMED_CLASS = "1.2.840.10008.5.1.4.1.1.7";

interface Context {
  readonly bytes: Uint8Array;
  readonly transferSyntax: string;
  /** How the data set is written, and how its copy is to be. */
  readonly read: Writing;
  readonly write: Writing;
  readonly sets: readonly string[];
  readonly given: Deidentification;
  /** Texts of the original that may stand nowhere in what is kept. */
  readonly leaks: Identifying;
  /** Of the numbers whose representation the dictionary leaves open. */
  readonly pixels: { readonly signed: boolean; readonly bytesEach: 1 | 2 };
  readonly where: string;
}

/**
 * The file without what identifies its patient, a valid DICOM file of PS3.10. `where` begins the
 * messages.
 *
 * @throws DataError: `damaged`, or `burned-in` where the policy is to refuse.
 */
export function deidentify(bytes: Uint8Array, given: Deidentification, where: string): Buffer {
  return Buffer.concat(deidentifyInParts(bytes, given, where));
}

/** As `deidentify`, in parts to be written one after the other; the pixels are a view of `bytes`. */
export function deidentifyInParts(
  bytes: Uint8Array,
  given: Deidentification,
  where: string,
): readonly Uint8Array[] {
  const file = openFile(bytes, where);
  const write: Writing = {
    explicit: file.transferSyntax !== IMPLICIT_LITTLE_ENDIAN,
    bigEndian: file.transferSyntax === BIG_ENDIAN,
  };
  const range = { from: file.dataSetStart, to: file.bytes.length };
  const elements = readElements(file.bytes, range, file.writing, where, true);
  const find = (tag: number) => elements.find((element) => element.tag === tag);
  const text = (tag: number) => textOf(file.bytes, find(tag));
  if (given.burnedIn === "refuse") refuseBurnedIn(text, where);

  const sets = characterSets(file.bytes, find(SPECIFIC_CHARACTER_SET), []);
  const number = (tag: number) => numberOf(file.bytes, find(tag), file.writing);
  const context: Context = {
    bytes: file.bytes,
    transferSyntax: file.transferSyntax,
    read: file.writing,
    write,
    sets,
    given,
    leaks: identifyingTexts({ bytes: file.bytes, writing: file.writing, sets, where }, elements),
    pixels: { signed: number(0x00280103) === 1, bytesEach: number(0x00280100) === 8 ? 1 : 2 },
    where,
  };
  const dataSet = writeDataSet(elements, context, 0);
  const sopClass = text(0x00080016) ?? UNNAMED_CLASS;
  const sopInstance = replaceUid(text(0x00080018) ?? "", given.key);
  return [
    writeMeta({ sopClass, sopInstance, transferSyntax: file.transferSyntax }),
    ...(file.transferSyntax === DEFLATED
      ? [padded(deflateRawSync(Buffer.concat(dataSet)))]
      : dataSet),
  ];
}

/** The elements of the new file, each in its bytes. */
function writeDataSet(
  elements: readonly ByteElement[],
  context: Context,
  depth: number,
): readonly Uint8Array[] {
  const written = elements.flatMap((element): { tag: number; bytes: Uint8Array }[] => {
    const bytes = rewrite(element, context, depth);
    return bytes === null ? [] : [{ tag: element.tag, bytes }];
  });
  if (depth === 0) {
    const own = new Map(
      ownElements(context.given.pseudonym, context.write).map((element) => [element.tag, element]),
    );
    const others = written.filter(({ tag }) => !own.has(tag));
    written.splice(0, written.length, ...others, ...own.values());
  }
  written.sort((a, b) => a.tag - b.tag);
  return written.map(({ bytes }) => bytes);
}

/** The element in the new file; null for none. */
function rewrite(element: ByteElement, context: Context, depth: number): Uint8Array | null {
  const { bytes, given, write } = context;
  if (element.tag === PIXEL_DATA) {
    // Within an item it is another picture: an icon, say.
    return depth === 0 ? writePixels(element, context) : null;
  }
  const rule = ruleFor(element.tag, element.vr);
  // What is kept must be understood: of unknown representation it may be a sequence with names.
  const isUnknown = rule.action === "keep" && element.vr === undefined;
  if (rule.action === "remove" || isUnknown) return null;
  if (element.isSequence) return rewriteSequence(element, rule, context, depth);
  const value = bytes.subarray(element.valueStart, element.valueEnd);
  const vr = standardVr(rule.vr ?? "UN", context);
  const put = (text: string) => writeElement(element.tag, vr, Buffer.from(text, "latin1"), write);
  const each = (change: (part: string) => string) =>
    put(latin1(value).split("\\").map(change).join("\\"));
  switch (rule.action) {
    case "empty":
      return put("");
    case "dummy": {
      const dummy = dummyValue(vr);
      if (dummy !== undefined) return put(dummy);
      return writeElement(element.tag, vr, Buffer.alloc(value.length), write);
    }
    case "uid":
      return each((uid) => (isOwnUid(uid) ? uid : replaceUid(uid, given.key)));
    case "date":
      return each((date) => (date === "" ? "" : shiftDate(date, given.shiftDays)));
    case "age":
      return put(capAge(latin1(value)));
    case "words": {
      const text = decodeText(value, context.sets);
      const kept = keepHarmlessWords(text, (word) => isPatientsWord(word, context.leaks));
      return put(kept === "" && element.tag === CODE_MEANING && text !== "" ? "removed" : kept);
    }
    case "pseudonym":
      return put(given.pseudonym);
    case "keep": {
      // What lies between the letters of a table is no part of a name.
      const said = decodeText(value, context.sets).replaceAll("\0", " ");
      if (mentionsAny(said, vr, context.leaks)) return put("");
      const isAsItWas =
        context.read.explicit === write.explicit && (!write.explicit || element.writtenVr === vr);
      return isAsItWas
        ? bytes.subarray(element.start, element.end)
        : writeElement(element.tag, vr, Buffer.from(value), write);
    }
  }
}

/** Of a code, which may not be empty (PS3.3, 8.8): the code itself says what it means. */
const CODE_MEANING = 0x00080104;

/** For what the dictionary leaves open. */
function standardVr(vr: string, { pixels }: Context): string {
  if (vr === "XS") return pixels.signed ? "SS" : "US";
  if (vr === "OX") return pixels.bytesEach === 1 ? "OB" : "OW";
  return vr;
}

function rewriteSequence(
  element: ByteElement,
  rule: Rule,
  context: Context,
  depth: number,
): Uint8Array | null {
  const { bytes, write, where } = context;
  const items = rule.action === "keep" ? readItems(bytes, element, context.read, where) : [];
  const written = items.flatMap((item) => {
    // Numbers of the other byte order would have to be turned round, each by what it is.
    if (item.writing.bigEndian !== write.bigEndian) return [];
    const elements = readElements(bytes, item, item.writing, where);
    const own = elements.find(({ tag }) => tag === SPECIFIC_CHARACTER_SET);
    const sets = characterSets(bytes, own, context.sets);
    const inner: Context = { ...context, read: item.writing, sets };
    return [writeItem(Buffer.concat(writeDataSet(elements, inner, depth + 1)), write)];
  });
  return writeElement(element.tag, "SQ", Buffer.concat(written), write);
}

/** The standard's own UIDs name kinds of things. */
function isOwnUid(uid: string): boolean {
  const trimmed = uid.replace(/[\0 ]+$/, "");
  return trimmed === "" || trimmed.startsWith("1.2.840.10008.");
}

function textOf(bytes: Uint8Array, element: ByteElement | undefined): string | null {
  if (element === undefined) return null;
  return latin1(bytes.subarray(element.valueStart, element.valueEnd)) || null;
}

function numberOf(
  bytes: Uint8Array,
  element: ByteElement | undefined,
  { bigEndian }: Writing,
): number | null {
  if (element === undefined || element.valueEnd - element.valueStart < 2) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint16(element.valueStart, !bigEndian);
}

/** Every byte a character, without padding: for ASCII, and to copy any character set. */
function latin1(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.length)
    .toString("latin1")
    .replace(/[\0 ]+$/, "")
    .trimStart();
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
}
