/**
 * A text file as pieces of text, however large, in the character set that it is in: UTF-8, UTF-16
 * with or without a mark, or what older systems of western Europe write. What was guessed is told.
 */
import { closeSync, openSync, readSync } from "node:fs";

export type Encoding =
  | "utf-8"
  | "utf-16le"
  | "utf-16be"
  | "windows-1252"
  | "utf-8 with other bytes";

const PIECE_BYTES = 1 << 20;

/** Stands for a byte that is no UTF-8, until its row is known: no text has these letters. */
const ODD_BYTE = 0x10ff00;
const ODD = new RegExp(
  `[\\u{${(ODD_BYTE + 0x80).toString(16)}}-\\u{${(ODD_BYTE + 0xff).toString(16)}}]`,
  "gu",
);
const WESTERN = new TextDecoder("windows-1252");

/** Reads the file once, and more often only where it is not plain UTF-8. */
export function tellEncoding(path: string): Encoding {
  const [head] = readPieces(path);
  if (head === undefined) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const unmarked = unmarkedUtf16(head);
  if (unmarked !== null) return unmarked;
  let letters = 0;
  let odd = 0;
  for (const { bytes } of wholeCharacters(path)) {
    for (let at = 0; at < bytes.length; ) {
      const length = utf8Length(bytes, at);
      if (length === 0) odd++;
      else if (length > 1) letters++;
      at += Math.max(length, 1);
    }
  }
  if (odd === 0) return "utf-8";
  return letters === 0 ? "windows-1252" : "utf-8 with other bytes";
}

/** The file's text, piece by piece, without byte order mark and control characters of old systems. */
export function* decodeFile(path: string, encoding: Encoding): Generator<string> {
  if (encoding === "utf-8 with other bytes") {
    for (const { bytes } of wholeCharacters(path)) yield plain(decodeMixed(bytes));
    return;
  }
  const decoder = new TextDecoder(encoding);
  for (const bytes of readPieces(path)) yield plain(decoder.decode(bytes, { stream: true }));
  yield plain(decoder.decode());
}

/** Whether a text holds bytes that were no UTF-8. */
export function hasOddBytes(text: string): boolean {
  return text.search(ODD) >= 0;
}

/** The text with those bytes as western European letters. */
export function readOddBytes(text: string): string {
  return text.replace(ODD, (letter) =>
    WESTERN.decode(Uint8Array.of((letter.codePointAt(0) ?? ODD_BYTE) - ODD_BYTE)),
  );
}

/** NUL, and the Ctrl-Z with which DOS ends a file. */
function plain(text: string): string {
  return text.replaceAll("\0", "").replaceAll("\u001a", "");
}

function* readPieces(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const bytes = new Uint8Array(PIECE_BYTES);
      const length = readSync(file, bytes);
      if (length === 0) return;
      yield bytes.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** Pieces that divide no character of UTF-8. */
function* wholeCharacters(path: string): Generator<{ readonly bytes: Uint8Array }> {
  let rest = new Uint8Array();
  for (const piece of readPieces(path)) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    let end = bytes.length;
    while (end > 0 && bytes.length - end < 3 && (bytes[end - 1] & 0xc0) === 0x80) end--;
    if (end > 0 && bytes[end - 1] >= 0xc0) end--;
    else end = bytes.length;
    yield { bytes: bytes.subarray(0, end) };
    rest = bytes.slice(end);
  }
  if (rest.length > 0) yield { bytes: rest };
}

/** Bytes of the character at `at`; 0 where it is none of UTF-8. */
function utf8Length(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first < 0x80) return 1;
  const length = first >= 0xf5 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let next = at + 1; next < at + length; next++) {
    if ((bytes[next] & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1];
  const isOverlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const isOutside = (first === 0xed && second >= 0xa0) || (first === 0xf4 && second >= 0x90);
  return isOverlong || isOutside ? 0 : length;
}

function decodeMixed(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8");
  let text = "";
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = utf8Length(bytes, at);
    if (length === 0) {
      text += decoder.decode(bytes.subarray(from, at)) + String.fromCodePoint(ODD_BYTE + bytes[at]);
      from = at + 1;
    }
    at += Math.max(length, 1);
  }
  return text + decoder.decode(bytes.subarray(from));
}

/** UTF-16 without a mark: of western text every other byte is 0. */
function unmarkedUtf16(head: Uint8Array): Encoding | null {
  const sample = head.subarray(0, 4096);
  const zeros = [0, 0];
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2]++;
  const most = sample.length * 0.3;
  if (zeros[1] > most && zeros[0] === 0) return "utf-16le";
  return zeros[0] > most && zeros[1] === 0 ? "utf-16be" : null;
}
