/**
 * An association that both sides have agreed on: messages, each a command and perhaps a data set, over its
 * presentation contexts. The same on the side that asked for it and on the one that took it.
 *
 * A data set is read as it comes, piece by piece, and never held as a whole here.
 */
import { PacsError } from "../errors.ts";
import {
  type Command,
  hasDataSet,
  MOST_COMMAND_BYTES,
  type NewCommand,
  readCommand,
  writeCommand,
} from "./command.ts";
import { DATA_VALUE_HEAD_BYTES, type DataValue } from "./pdu.ts";
import type { PduConnection } from "./pdu-connection.ts";

export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

export interface Message {
  readonly context: AcceptedContext;
  readonly command: Command;
  /** The data set's pieces, once; none where the command has no data set. */
  readonly data: AsyncIterable<Uint8Array>;
}

/** What we send in one P-DATA where the other side takes any length. */
const MOST_SENT_BYTES = 131_072;
const LEAST_SENT_BYTES = 256;

export class Association {
  readonly contexts: readonly AcceptedContext[];
  readonly #connection: PduConnection;
  readonly #where: string;
  readonly #sentBytes: number;
  #values: DataValue[] = [];
  /** Whose data set is still to come, in part at least. */
  #open: AcceptedContext | null = null;
  #lastMessage = 0;

  /** `theirMostPduBytes` is 0 where they take any length. */
  constructor(
    connection: PduConnection,
    contexts: readonly AcceptedContext[],
    theirMostPduBytes: number,
    where: string,
  ) {
    this.contexts = contexts;
    this.#connection = connection;
    this.#where = where;
    const most = theirMostPduBytes === 0 ? MOST_SENT_BYTES : theirMostPduBytes;
    this.#sentBytes = Math.max(
      LEAST_SENT_BYTES,
      Math.min(MOST_SENT_BYTES, most) - DATA_VALUE_HEAD_BYTES,
    );
  }

  nextMessageId(): number {
    this.#lastMessage = (this.#lastMessage % 65_535) + 1;
    return this.#lastMessage;
  }

  /** @throws PacsError `refused` where the other side did not accept the class. */
  contextOf(abstractSyntax: string, transferSyntax?: string): AcceptedContext {
    const found = this.contexts.find(
      (context) =>
        context.abstractSyntax === abstractSyntax &&
        (transferSyntax === undefined || context.transferSyntax === transferSyntax),
    );
    if (found !== undefined) return found;
    const written = transferSyntax === undefined ? "" : ` written as ${transferSyntax}`;
    throw new PacsError(
      "refused",
      `${this.#where}: expected the class ${abstractSyntax}${written} to be accepted, and it was not; ` +
        "allow it in the archive's configuration",
    );
  }

  /** @throws PacsError `unreachable`. */
  async send(context: AcceptedContext, command: NewCommand, data?: Uint8Array): Promise<void> {
    await this.#sendPieces(context, writeCommand(command, data !== undefined), true);
    if (data !== undefined) await this.#sendPieces(context, data, false);
  }

  async #sendPieces(
    context: AcceptedContext,
    bytes: Uint8Array,
    isCommand: boolean,
  ): Promise<void> {
    let at = 0;
    do {
      const piece = bytes.subarray(at, at + this.#sentBytes);
      at += piece.length;
      const isLast = at >= bytes.length;
      const value = { context: context.id, isCommand, isLast, bytes: piece };
      await this.#connection.write({ type: "data", values: [value] });
    } while (at < bytes.length);
  }

  /**
   * The next message, null where the other side releases the association. What was not read of the data set before
   * is passed over.
   *
   * @throws PacsError `answer` where the other side breaks the protocol, `refused` where it aborts, `unreachable`.
   */
  async receive(): Promise<Message | null> {
    while ((await this.#nextPiece()) !== null);
    const first = await this.#nextValue(true);
    if (first === null) return null;
    const pieces = [first];
    let length = first.bytes.length;
    for (let last = first; !last.isLast; ) {
      const next = await this.#nextValue(false);
      if (next === null || next.context !== first.context || !next.isCommand) {
        throw this.#fault("the rest of a command", "something else");
      }
      length += next.bytes.length;
      if (length > MOST_COMMAND_BYTES)
        throw this.#fault("a command", `more than ${MOST_COMMAND_BYTES} bytes`);
      pieces.push(next);
      last = next;
    }
    if (!first.isCommand) throw this.#fault("a command", "a data set");
    const context = this.contexts.find(({ id }) => id === first.context);
    if (context === undefined) {
      throw this.#fault("a context that was accepted", String(first.context));
    }
    const command = readCommand(Buffer.concat(pieces.map(({ bytes }) => bytes)));
    if (hasDataSet(command)) this.#open = context;
    return { context, command, data: this.#pieces() };
  }

  /** Whether something comes within a time. It may be asked between messages. */
  hasMore(withinMs: number): Promise<boolean> {
    return this.#values.length > 0 ? Promise.resolve(true) : this.#connection.hasMore(withinMs);
  }

  /** Ends it from our side. @throws PacsError `unreachable` or `answer`. */
  async release(): Promise<void> {
    await this.#connection.write({ type: "release request" });
    for (;;) {
      const pdu = await this.#connection.read();
      if (pdu.type === "release answer" || pdu.type === "abort") return this.#connection.close();
      // Both may ask at once (PS3.8 section 9.2): the one that took the association answers first.
      if (pdu.type === "release request") await this.#connection.write({ type: "release answer" });
    }
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = await this.#nextPiece();
      if (piece === null) return;
      yield piece;
    }
  }

  /** Of the open data set; null where none is open any more. */
  async #nextPiece(): Promise<Uint8Array | null> {
    if (this.#open === null) return null;
    const value = await this.#nextValue(false);
    if (value === null || value.isCommand || value.context !== this.#open.id) {
      throw this.#fault("the rest of a data set", "something else");
    }
    if (value.isLast) this.#open = null;
    return value.bytes;
  }

  /** Null where the other side releases, which it may between messages alone. */
  async #nextValue(mayRelease: boolean): Promise<DataValue | null> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) return value;
      const pdu = await this.#connection.read();
      switch (pdu.type) {
        case "data":
          this.#values = [...pdu.values];
          break;
        case "release request":
          if (!mayRelease) throw this.#fault("the rest of a message", "a release");
          await this.#connection.write({ type: "release answer" });
          this.#connection.close();
          return null;
        case "abort":
          throw new PacsError(
            "refused",
            `${this.#where}: the other side ended the association (source ${pdu.source}, reason ${pdu.reason}); its log says why`,
          );
        default:
          throw this.#fault("a message", JSON.stringify(pdu.type));
      }
    }
  }

  #fault(expected: string, got: string): PacsError {
    return new PacsError("answer", `${this.#where}: expected ${expected}, got ${got}`);
  }
}
