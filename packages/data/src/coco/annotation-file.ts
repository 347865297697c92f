/**
 * The JSON in an annotation file's bytes, or a name for its real format. What the JSON holds is looked
 * at in `read-coco.ts`.
 *
 * A byte order mark is passed over (RFC 8259, section 8.1). A file with more characters than a string
 * can have is read record by record.
 */
import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { causeText } from "@malleolus/errors";
import { DataError } from "../errors.ts";
import { parseInPieces } from "./json-pieces.ts";

export interface AnnotationFile {
  readonly json: unknown;
  /** Of the file, in hexadecimal: what tells one data set from another. */
  readonly sha256: string;
}

/** @throws DataError `unreadable` or `invalid-annotations`. */
export async function readAnnotationFile(path: string): Promise<AnnotationFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new DataError(
      "unreadable",
      `${path}: expected COCO annotations, got "${causeText(cause)}"; check the path and its rights`,
      { cause },
    );
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { json: annotationJson(bytes, path), sha256 };
}

/**
 * `longestText` is the most bytes that are read as one text.
 *
 * @throws DataError `invalid-annotations`, which says what the bytes are where that can be told.
 */
export function annotationJson(
  bytes: Buffer,
  where: string,
  longestText: number = constants.MAX_STRING_LENGTH,
): unknown {
  const other = OTHERS.find(({ begins }) => begins.some((start) => beginsWith(bytes, start)));
  if (other !== undefined) throw invalid(where, other.what);
  const content = beginsWith(bytes, UTF8_MARK) ? bytes.subarray(UTF8_MARK.length) : bytes;
  const end = content.findLastIndex((byte) => !isBlank(byte)) + 1;
  if (end === 0) throw invalid(where, "an empty file");
  try {
    return content.length <= longestText
      ? JSON.parse(content.toString("utf8"))
      : parseInPieces(content.subarray(0, end));
  } catch (cause) {
    throw invalid(where, describeBroken(content, causeText(cause)), cause);
  }
}

const UTF8_MARK = [0xef, 0xbb, 0xbf];
const UTF16 =
  "text in UTF-16, as PowerShell's > writes it; save it as UTF-8 (Out-File -Encoding utf8)";
const ZIP = "a zip archive; unpack it, and give the JSON file that is in it";

const OTHERS: readonly {
  readonly begins: readonly (readonly number[])[];
  readonly what: string;
}[] = [
  // The marks of UTF-16, and "{" or "[" in it without one.
  {
    begins: [
      [0xff, 0xfe],
      [0xfe, 0xff],
      [0x7b, 0],
      [0, 0x7b],
      [0x5b, 0],
      [0, 0x5b],
    ],
    what: UTF16,
  },
  {
    begins: [
      [0x50, 0x4b, 3, 4],
      [0x50, 0x4b, 5, 6],
    ],
    what: ZIP,
  },
  { begins: [[0x1f, 0x8b]], what: "a gzip archive; unpack it first (gunzip)" },
  {
    begins: [[0x3c]],
    what: "XML or a web page; export the annotations as COCO (CVAT: COCO 1.0)",
  },
];

function beginsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function describeBroken(content: Buffer, cause: string): string {
  if (isOneObjectALine(content)) {
    return (
      "one JSON object a line (NDJSON), as Labelbox exports it; a COCO file is a single object: " +
      "export the annotations as COCO, or convert them"
    );
  }
  const hint = /\b(NaN|-?Infinity)\b/.test(cause)
    ? "; NaN and Infinity, as Python's json writes them, are no JSON: write null"
    : "";
  return `something else (${cause.split("\n")[0]})${hint}`;
}

/** Whether the first line is an object of its own and another begins the second. */
function isOneObjectALine(content: Buffer): boolean {
  const [first, second] = content.toString("utf8", 0, 1 << 20).split(/\r?\n/);
  if (!/^\s*\{.*\}\s*$/.test(first) || second === undefined || !/^\s*\{/.test(second)) return false;
  try {
    JSON.parse(first);
    return true;
  } catch {
    return false;
  }
}

function invalid(where: string, got: string, cause?: unknown): DataError {
  return new DataError(
    "invalid-annotations",
    `${where}: expected JSON, got ${got}`,
    cause === undefined ? undefined : { cause },
  );
}
