/**
 * De-identification of a DICOM file: the Basic Application Level Confidentiality Profile of PS3.15
 * with clean descriptors, modified dates and patient characteristics (`rules.ts`).
 *
 * It rewrites the bytes: what is kept, the pixels first of all, is copied as it was written, in the
 * same transfer syntax. It does not look for names within pixels; it refuses the files that say, or
 * by their kind suggest, that some are there.
 */
import { deflateRawSync } from "node:zlib";
import { DataError } from "../../errors.ts";
import { BIG_ENDIAN } from "../transfer-syntax.ts";
import {
  type ByteElement,
  beginsWithItem,
  readElements,
  readItems,
  type Writing,
} from "./elements.ts";
import { identifyingTexts, mentionsAny } from "./leaks.ts";
import { openFile } from "./open-file.ts";
import { capAge, dummyValue, keepHarmlessWords, replaceUid, shiftDate } from "./replacement.ts";
import { type Rule, ruleFor } from "./rules.ts";
import { writeElement, writeItem, writeMeta } from "./write-elements.ts";

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

const PIXEL_DATA = 0x7fe00010;
const DEFLATED = "1.2.840.10008.1.2.1.99";
const IMPLICIT = "1.2.840.10008.1.2";
const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

interface Context {
  readonly bytes: Uint8Array;
  readonly writing: Writing;
  readonly given: Deidentification;
  /** Texts of the original that may stand nowhere in what is kept. */
  readonly leaks: readonly string[];
  readonly where: string;
}

/**
 * The file without what identifies its patient, a valid DICOM file of PS3.10. `where` begins the
 * messages. Throws DataError: `damaged`, or `burned-in` where the policy is to refuse.
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
  const writing: Writing = {
    explicit: file.transferSyntax !== IMPLICIT,
    bigEndian: file.transferSyntax === BIG_ENDIAN,
  };
  const range = { from: file.dataSetStart, to: file.bytes.length };
  const elements = readElements(file.bytes, range, writing, where);
  const text = (tag: number) =>
    textOf(
      file.bytes,
      elements.find((element) => element.tag === tag),
    );
  if (given.burnedIn === "refuse") refuseBurnedIn(text, where);

  const leaks = identifyingTexts(file.bytes, elements);
  const context: Context = { bytes: file.bytes, writing, given, leaks, where };
  const dataSet = writeDataSet(elements, context, 0);
  const sopClass = text(0x00080016) ?? SECONDARY_CAPTURE;
  const sopInstance = replaceUid(text(0x00080018) ?? "", given.key);
  return [
    writeMeta({ sopClass, sopInstance, transferSyntax: file.transferSyntax }),
    ...(file.transferSyntax === DEFLATED
      ? [padded(deflateRawSync(Buffer.concat(dataSet)))]
      : dataSet),
  ];
}

function refuseBurnedIn(text: (tag: number) => string | null, where: string): void {
  const says = text(0x00280301);
  const sopClass = text(0x00080016) ?? "";
  const isCapture = sopClass === SECONDARY_CAPTURE || sopClass.startsWith(`${SECONDARY_CAPTURE}.`);
  if (says !== "YES" && (says === "NO" || !isCapture)) return;
  const reason = says === "YES" ? "one that says it has some" : "a captured screen";
  throw new DataError(
    "burned-in",
    `${where}: expected an image without words burned in, got ${reason}; ` +
      "look at it, and import it with burned-in images accepted if it names nobody",
  );
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
    const own = new Map(ownElements(context).map((element) => [element.tag, element]));
    const others = written.filter(({ tag }) => !own.has(tag));
    written.splice(0, written.length, ...others, ...own.values());
  }
  written.sort((a, b) => a.tag - b.tag);
  return written.map(({ bytes }) => bytes);
}

/** What stands for an element in the new file; null where nothing does. */
function rewrite(element: ByteElement, context: Context, depth: number): Uint8Array | null {
  const { bytes, writing, given } = context;
  if (element.tag === PIXEL_DATA) return bytes.subarray(element.start, element.end);
  const rule = ruleFor(element.tag, element.vr);
  // What is kept must be understood: of unknown representation it may be a sequence with names.
  const isUnknown = element.vr === "UN" && rule.action === "keep";
  if (rule.action === "remove" || isUnknown) return null;
  if (isSequence(element, rule, context)) return rewriteSequence(element, rule, context, depth);
  const value = bytes.subarray(element.valueStart, element.valueEnd);
  const vr = element.vr ?? rule.vr;
  const write = (text: string) =>
    writeElement(element.tag, element.vr ?? vr ?? "UN", Buffer.from(text, "latin1"), writing, vr);
  const each = (change: (part: string) => string) =>
    write(latin1(value).split("\\").map(change).join("\\"));
  switch (rule.action) {
    case "empty":
      return write("");
    case "dummy": {
      const dummy = dummyValue(vr);
      if (dummy !== undefined) return write(dummy);
      return writeElement(
        element.tag,
        element.vr ?? vr ?? "UN",
        Buffer.alloc(value.length),
        writing,
      );
    }
    case "uid":
      return each((uid) => (isOwnUid(uid) ? uid : replaceUid(uid, given.key)));
    case "date":
      return each((date) => (date === "" ? "" : shiftDate(date, given.shiftDays)));
    case "age":
      return write(capAge(latin1(value)));
    case "words":
      return write(keepHarmlessWords(latin1(value)));
    case "pseudonym":
      return write(given.pseudonym);
    case "keep":
      return mentionsAny(value, vr, context.leaks)
        ? write("")
        : bytes.subarray(element.start, element.end);
  }
}

function isSequence(element: ByteElement, rule: Rule, { bytes, writing }: Context): boolean {
  if (element.vr === "SQ" || element.undefinedLength) return true;
  if (element.vr !== undefined) return false;
  return rule.vr === "SQ" || beginsWithItem(bytes, element, writing);
}

function rewriteSequence(
  element: ByteElement,
  rule: Rule,
  context: Context,
  depth: number,
): Uint8Array | null {
  const { bytes, writing, where } = context;
  // As above, where the representation is unknown and the length is not given either.
  if (element.vr === "UN") return null;
  const keeps = rule.action === "keep";
  const items = keeps ? readItems(bytes, element, writing, where) : [];
  const written = items.map((item) => {
    const elements = readElements(bytes, item, writing, where);
    return writeItem(Buffer.concat(writeDataSet(elements, context, depth + 1)), writing);
  });
  return writeElement(element.tag, "SQ", Buffer.concat(written), writing);
}

/** What PS3.15 section E.1.1 and E.3 ask to be said of what was done. */
function ownElements({ writing, given }: Context): { tag: number; bytes: Buffer }[] {
  const element = (tag: number, vr: string, value: string | Buffer) => ({
    tag,
    bytes: writeElement(
      tag,
      vr,
      typeof value === "string" ? Buffer.from(value, "latin1") : value,
      writing,
    ),
  });
  const methods: readonly (readonly [code: string, meaning: string])[] = [
    ["113100", "Basic Application Confidentiality Profile"],
    ["113105", "Clean Descriptors Option"],
    ["113107", "Retain Longitudinal Temporal Information Modified Dates Option"],
    ["113108", "Retain Patient Characteristics Option"],
  ];
  const items = methods.map(([code, meaning]) =>
    writeItem(
      Buffer.concat([
        element(0x00080100, "SH", code).bytes,
        element(0x00080102, "SH", "DCM").bytes,
        element(0x00080104, "LO", meaning).bytes,
      ]),
      writing,
    ),
  );
  return [
    element(0x00100010, "PN", given.pseudonym),
    element(0x00100020, "LO", given.pseudonym),
    element(0x00120062, "CS", "YES"),
    element(0x00120063, "LO", "PS3.15 2024b Basic Profile with options"),
    element(0x00120064, "SQ", Buffer.concat(items)),
    element(0x00280303, "CS", "MODIFIED"),
  ];
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
