/**
 * `multipart/related` (RFC 2387), in which DICOMweb carries files: parts out of a stream as they come, one at a
 * time in memory, and files into a body.
 */
import { randomBytes } from "node:crypto";
import { PacsError } from "../errors.ts";

const LINE_END = Buffer.from("\r\n");
const HEADER_END = Buffer.from("\r\n\r\n");
/** Of a part; ours have two short lines. */
const LONGEST_HEADER = 16_384;

/** A boundary in none of the files: 24 random bytes. */
export function multipartOf(files: readonly Uint8Array[]): { type: string; body: Uint8Array } {
  const boundary = `malleolus-${randomBytes(24).toString("hex")}`;
  const parts = files.flatMap((file) => [
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    file,
    LINE_END,
  ]);
  return {
    type: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    body: Uint8Array.from(Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])),
  };
}

/** @throws PacsError `answer` for a type without a boundary. */
export function boundaryOf(contentType: string | null, where: string): string {
  const match = /^multipart\/related\b.*;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? "",
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary !== undefined) return boundary;
  throw new PacsError(
    "answer",
    `${where}: expected multipart/related, got ${contentType ?? "no content type"}`,
  );
}

/**
 * The parts' bodies, in their order.
 *
 * @throws PacsError `answer` where the stream ends within a part, `limit` for a part of more than `mostBytes`.
 */
export async function* readParts(
  stream: AsyncIterable<Uint8Array>,
  boundary: string,
  mostBytes: number,
  where: string,
): AsyncGenerator<Uint8Array> {
  const reader = new Reader(stream, where);
  const delimiter = Buffer.from(`--${boundary}`);
  // What stands before the first delimiter is for nobody.
  await reader.until(delimiter, LONGEST_HEADER);
  while (!(await reader.endsHere())) {
    // The rest of the delimiter's line, then headers, which may be none.
    await reader.until(HEADER_END, LONGEST_HEADER);
    yield await reader.until(Buffer.concat([LINE_END, delimiter]), mostBytes);
  }
}

/** What has come of a stream and was not taken yet. */
class Reader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #where: string;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>, where: string) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#where = where;
  }

  /** All before some bytes, which are passed over. */
  async until(end: Buffer, most: number): Promise<Uint8Array> {
    const waiting: Buffer[] = [];
    let length = 0;
    for (;;) {
      const at = this.#buffered.indexOf(end);
      if (at >= 0) {
        const found = Buffer.concat([...waiting, this.#buffered.subarray(0, at)]);
        this.#buffered = this.#buffered.subarray(at + end.length);
        if (found.length > most) throw this.#tooLong(most);
        return found;
      }
      // The end may have begun: so many bytes stay to be looked at again.
      const sure = Math.max(0, this.#buffered.length - end.length + 1);
      waiting.push(this.#buffered.subarray(0, sure));
      length += sure;
      this.#buffered = this.#buffered.subarray(sure);
      if (length > most) throw this.#tooLong(most);
      await this.#more();
    }
  }

  /** Whether the delimiter that was passed over was the last one: two more dashes. */
  async endsHere(): Promise<boolean> {
    while (this.#buffered.length < 2) await this.#more();
    return this.#buffered.subarray(0, 2).toString("latin1") === "--";
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true) {
      throw new PacsError(
        "answer",
        `${this.#where}: the answer ends within a part; the connection broke: ask again`,
      );
    }
    this.#buffered = Buffer.concat([this.#buffered, value]);
  }

  #tooLong(most: number): PacsError {
    return new PacsError(
      "limit",
      `${this.#where}: expected parts of at most ${most} bytes, got a longer one`,
    );
  }
}
