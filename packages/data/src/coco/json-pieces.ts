/**
 * An object of lists from JSON that is too long for one string: every record is cut out by its
 * brackets and parsed by itself. Whether a record is right is `JSON.parse`'s business; here only what
 * stands around the records is read.
 */

const [QUOTE, BACKSLASH, COMMA, COLON] = ['"', "\\", ",", ":"].map(codeOf);
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [..."{}[]"].map(codeOf);

/**
 * The value in the bytes of UTF-8.
 *
 * @throws SyntaxError as `JSON.parse`, or RangeError for a record that is too long itself.
 */
export function parseInPieces(bytes: Buffer): unknown {
  let position = afterBlanks(bytes, 0);
  if (bytes[position] !== OPEN_OBJECT) return parsePiece(bytes, 0, bytes.length);
  const found: Record<string, unknown> = {};
  position = afterBlanks(bytes, position + 1);
  while (bytes[position] !== CLOSE_OBJECT) {
    const keyEnd = endOfValue(bytes, position);
    const key = parsePiece(bytes, position, keyEnd);
    const colon = afterBlanks(bytes, keyEnd);
    if (typeof key !== "string" || bytes[colon] !== COLON) throw unexpected(bytes, position);
    const start = afterBlanks(bytes, colon + 1);
    const { value, end } =
      bytes[start] === OPEN_LIST ? parseList(bytes, start) : parseWhole(bytes, start);
    found[key] = value;
    position = afterSeparator(bytes, end, CLOSE_OBJECT);
  }
  const rest = afterBlanks(bytes, position + 1);
  if (rest < bytes.length) throw unexpected(bytes, rest);
  return found;
}

interface Piece {
  readonly value: unknown;
  /** Of the first byte behind it. */
  readonly end: number;
}

function parseList(bytes: Buffer, start: number): Piece {
  const value: unknown[] = [];
  let position = afterBlanks(bytes, start + 1);
  while (bytes[position] !== CLOSE_LIST) {
    const piece = parseWhole(bytes, position);
    value.push(piece.value);
    position = afterSeparator(bytes, piece.end, CLOSE_LIST);
  }
  return { value, end: position + 1 };
}

function parseWhole(bytes: Buffer, start: number): Piece {
  const end = endOfValue(bytes, start);
  return { value: parsePiece(bytes, start, end), end };
}

function parsePiece(bytes: Buffer, start: number, end: number): unknown {
  return JSON.parse(bytes.toString("utf8", start, end));
}

/** Behind the value that begins here: where its brackets are closed, or a comma or bracket ends it. */
function endOfValue(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let position = start; position < bytes.length; position++) {
    const byte = bytes[position];
    if (byte === QUOTE) {
      position = endOfText(bytes, position);
      if (depth === 0) return position + 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 0) return position;
      depth--;
      if (depth === 0) return position + 1;
    } else if (byte === COMMA && depth === 0) return position;
  }
  throw new SyntaxError("Unexpected end of JSON input");
}

/** The quote that ends the text which one begins. */
function endOfText(bytes: Buffer, start: number): number {
  for (let position = start + 1; ; ) {
    const end = bytes.indexOf(QUOTE, position);
    if (end < 0) throw new SyntaxError("Unexpected end of JSON input");
    let backslashes = 0;
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
    position = end + 1;
  }
}

/** Behind a comma and what is blank, where another value must begin; or at the closing bracket. */
function afterSeparator(bytes: Buffer, end: number, closing: number): number {
  const position = afterBlanks(bytes, end);
  if (bytes[position] === closing) return position;
  const next = afterBlanks(bytes, position + 1);
  if (bytes[position] !== COMMA || bytes[next] === closing) throw unexpected(bytes, position);
  return next;
}

function afterBlanks(bytes: Buffer, start: number): number {
  let position = start;
  while (bytes[position] === 0x20 || (bytes[position] >= 0x09 && bytes[position] <= 0x0d))
    position++;
  return position;
}

function unexpected(bytes: Buffer, position: number): SyntaxError {
  if (position >= bytes.length) return new SyntaxError("Unexpected end of JSON input");
  const found = bytes.toString("utf8", position, position + 12);
  return new SyntaxError(`Unexpected ${JSON.stringify(found)} at byte ${position}`);
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}
