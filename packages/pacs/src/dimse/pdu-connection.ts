/**
 * PDUs over a socket, one after another: read only when somebody asks for the next, so that a sender who is faster
 * than the disk waits; and written only as fast as the other side takes them.
 */
import type { Socket } from "node:net";
import { causeText } from "@malleolus/errors";
import { PacsError } from "../errors.ts";
import { PDU_HEAD_BYTES, type Pdu, pduType, readPdu, writePdu } from "./pdu.ts";

export interface ConnectionLimits {
  /** Of one P-DATA: what we say that we take. */
  readonly mostPduBytes: number;
  /** Until the next PDU has come as a whole, and until one is written. */
  readonly idleMs: number;
}

/** Of all but P-DATA: 128 contexts with two dozen syntaxes each. */
const MOST_HEAD_BYTES = 262_144;

export class PduConnection {
  readonly mostPduBytes: number;
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #idleMs: number;
  readonly #where: string;
  #buffered: Buffer = Buffer.alloc(0);
  #fault: Error | null = null;
  /** A piece that was waited for and not taken yet. */
  #waiting: Promise<IteratorResult<unknown>> | null = null;

  /** `where` begins the messages of errors. */
  constructor(socket: Socket, { mostPduBytes, idleMs }: ConnectionLimits, where: string) {
    this.mostPduBytes = mostPduBytes;
    this.#socket = socket;
    this.#idleMs = idleMs;
    this.#where = where;
    this.#chunks = socket[Symbol.asyncIterator]();
    // Whoever reads or writes next is told; without anybody who listens it would end the process.
    socket.on("error", (error) => {
      this.#fault ??= error;
    });
    socket.setNoDelay(true);
  }

  /**
   * The next one.
   *
   * @throws PacsError `unreachable` where the connection ends or nothing comes for too long, `limit` for one that is
   *   too long, `answer` for one that is none.
   */
  async read(): Promise<Pdu> {
    return this.#inTime(async () => {
      const head = await this.#take(PDU_HEAD_BYTES);
      const type = pduType(head[0]);
      const length = head.readUInt32BE(2);
      if (type === undefined) {
        throw new PacsError(
          "answer",
          `${this.#where}: expected a PDU, got a first byte of ${head[0]}; does the other side speak DIMSE?`,
        );
      }
      const most = type === "data" ? this.mostPduBytes : MOST_HEAD_BYTES;
      if (length > most) {
        throw new PacsError(
          "limit",
          `${this.#where}: expected a PDU of at most ${most} bytes, got one of ${length}`,
        );
      }
      return readPdu(type, await this.#take(length));
    });
  }

  /** Whether the next one begins within a time; nothing of it is taken. */
  async hasMore(withinMs: number): Promise<boolean> {
    if (this.#buffered.length > 0) return true;
    // The piece that comes, sooner or later, is the next that is read.
    this.#waiting ??= this.#chunks.next();
    const timer = Promise.withResolvers<false>();
    const timeout = setTimeout(() => timer.resolve(false), withinMs);
    try {
      return await Promise.race([this.#waiting.then(() => true), timer.promise]);
    } finally {
      clearTimeout(timeout);
    }
  }

  /** @throws PacsError `unreachable`. */
  async write(pdu: Pdu): Promise<void> {
    await this.#inTime(async () => {
      const error = await new Promise<Error | null | undefined>((resolve) => {
        this.#socket.write(writePdu(pdu), resolve);
      });
      if (error === null || error === undefined) return;
      this.#fault ??= error;
      throw this.#broken();
    });
  }

  /** Says that something is wrong, as far as the other side still listens, and ends. */
  abort(source: number, reason: number): void {
    if (this.#socket.destroyed) return;
    this.#socket.end(writePdu({ type: "abort", source, reason }));
    // It may never close its own side.
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
  }

  /** After the last PDU of either side. */
  close(): void {
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** What takes too long goes on without anybody who waits: its connection is to be aborted. */
  async #inTime<T>(act: () => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#fault ??= new Error(`nothing moved for ${this.#idleMs} ms`);
      late.reject(this.#broken());
    }, this.#idleMs);
    try {
      return await Promise.race([act(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #take(count: number): Promise<Buffer> {
    const chunks = [this.#buffered];
    let length = this.#buffered.length;
    while (length < count) {
      const chunk = await this.#next();
      chunks.push(chunk);
      length += chunk.length;
    }
    const all = chunks.length === 1 ? this.#buffered : Buffer.concat(chunks);
    this.#buffered = all.subarray(count);
    return all.subarray(0, count);
  }

  async #next(): Promise<Buffer> {
    let next: IteratorResult<unknown>;
    try {
      next = await (this.#waiting ?? this.#chunks.next());
    } catch (cause) {
      this.#fault ??= cause instanceof Error ? cause : new Error(String(cause));
      throw this.#broken();
    } finally {
      this.#waiting = null;
    }
    if (next.done === true || !Buffer.isBuffer(next.value)) throw this.#broken();
    return next.value;
  }

  #broken(): PacsError {
    const why = this.#fault === null ? "the other side closed it" : causeText(this.#fault);
    return new PacsError("unreachable", `${this.#where}: the connection broke (${why})`, {
      cause: this.#fault,
    });
  }
}
