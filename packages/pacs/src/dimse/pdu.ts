/**
 * The messages of DICOM's upper layer (PS3.8 section 9.3), bytes to records and back. It knows nothing of sockets
 * and of what is said in them.
 *
 * What comes is somebody else's: every length is held against the bytes that there are, before it is used.
 */
import { PacsError } from "../errors.ts";

/** A presentation context as it is asked for. */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** As it is answered; `result` 0 is accepted, and only then the syntax means something. */
export interface AnsweredContext {
  readonly id: number;
  readonly result: number;
  readonly transferSyntax: string;
}

/** Who may be user and provider of a class, where it is not the usual way round. */
export interface Role {
  readonly abstractSyntax: string;
  readonly user: boolean;
  readonly provider: boolean;
}

interface AssociationHead {
  readonly calledTitle: string;
  readonly callingTitle: string;
  /** Of one P-DATA that this side takes; 0 for any. */
  readonly mostPduBytes: number;
  readonly roles: readonly Role[];
}

export type AssociateRequest = AssociationHead & {
  readonly type: "associate request";
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
};

export type AssociateAccept = AssociationHead & {
  readonly type: "associate accept";
  readonly contexts: readonly AnsweredContext[];
};

export interface AssociateReject {
  readonly type: "associate reject";
  /** 1 for good, 2 for now. */
  readonly result: number;
  readonly source: number;
  readonly reason: number;
}

/** A piece of a command or of a data set. */
export interface DataValue {
  readonly context: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

export interface DataTransfer {
  readonly type: "data";
  readonly values: readonly DataValue[];
}

export interface Abort {
  readonly type: "abort";
  readonly source: number;
  readonly reason: number;
}

export type Pdu =
  | AssociateRequest
  | AssociateAccept
  | AssociateReject
  | DataTransfer
  | { readonly type: "release request" }
  | { readonly type: "release answer" }
  | Abort;

export const APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1";
/** Type, a reserved byte, and the length of what follows. */
export const PDU_HEAD_BYTES = 6;
/** Of a value of a P-DATA: its length, its context and its control byte. */
export const DATA_VALUE_HEAD_BYTES = 6;
/** Of this software, as in the files that it writes. */
const IMPLEMENTATION_CLASS = "2.25.271844402113906529804722187254871042417";
const IMPLEMENTATION_VERSION = "MALLEOLUS";

/** By the byte that they begin with, from 1. */
const TYPES: readonly Pdu["type"][] = [
  "associate request",
  "associate accept",
  "associate reject",
  "data",
  "release request",
  "release answer",
  "abort",
];

/** What a PDU's first byte says it is. Undefined for none. */
export function pduType(byte: number): Pdu["type"] | undefined {
  return TYPES[byte - 1];
}

// --- Reading --------------------------------------------------------------------------------------

/** @throws PacsError `answer`: the body of a PDU that is not what its type says. */
export function readPdu(type: Pdu["type"], body: Uint8Array): Pdu {
  const fields = new Fields(body, `a PDU ${JSON.stringify(type)}`);
  switch (type) {
    case "associate request":
      return readAssociateRequest(fields);
    case "associate accept":
      return readAssociateAccept(fields);
    case "associate reject": {
      fields.skip(1);
      return { type, result: fields.byte(), source: fields.byte(), reason: fields.byte() };
    }
    case "data":
      return { type, values: readDataValues(fields) };
    case "release request":
    case "release answer":
      return { type };
    case "abort": {
      fields.skip(2);
      return { type, source: fields.byte(), reason: fields.byte() };
    }
  }
}

/** The items of the head of an association, before they are told apart by who asks. */
function readAssociation(fields: Fields) {
  const version = fields.uint16();
  // A bit for each version; the first is the only one that there has ever been.
  if ((version & 1) === 0) throw fields.fault("protocol version 1", String(version));
  fields.skip(2);
  const calledTitle = fields.text(16);
  const callingTitle = fields.text(16);
  fields.skip(32);
  const items = readItems(fields);
  const user = items.filter(({ type }) => type === 0x50).flatMap(({ value }) => readItems(value));
  const [largest] = user.filter(({ type }) => type === 0x51);
  return {
    items,
    head: {
      calledTitle,
      callingTitle,
      mostPduBytes: largest === undefined ? 0 : largest.value.uint32(),
      roles: user.filter(({ type }) => type === 0x54).map(({ value }) => readRole(value)),
    },
  };
}

function readAssociateRequest(fields: Fields): AssociateRequest {
  const { items, head } = readAssociation(fields);
  const [application] = items.filter(({ type }) => type === 0x10);
  const contexts = items
    .filter(({ type }) => type === 0x20)
    .map(({ value }): ProposedContext => {
      const id = value.byte();
      value.skip(3);
      const syntaxes = readItems(value);
      const [abstract] = syntaxes.filter(({ type }) => type === 0x30);
      if (abstract === undefined) throw value.fault("an abstract syntax", "none");
      const transferSyntaxes = syntaxes
        .filter(({ type }) => type === 0x40)
        .map((item) => item.value.rest());
      return { id, abstractSyntax: abstract.value.rest(), transferSyntaxes };
    });
  return {
    type: "associate request",
    ...head,
    applicationContext: application?.value.rest() ?? "",
    contexts,
  };
}

function readAssociateAccept(fields: Fields): AssociateAccept {
  const { items, head } = readAssociation(fields);
  const contexts = items
    .filter(({ type }) => type === 0x21)
    .map(({ value }): AnsweredContext => {
      const id = value.byte();
      value.skip(1);
      const result = value.byte();
      value.skip(1);
      // Of a context that was not accepted, some write no syntax.
      const [syntax] = readItems(value).filter(({ type }) => type === 0x40);
      return { id, result, transferSyntax: syntax?.value.rest() ?? "" };
    });
  return { type: "associate accept", ...head, contexts };
}

function readRole(value: Fields): Role {
  const abstractSyntax = value.text(value.uint16());
  return { abstractSyntax, user: value.byte() === 1, provider: value.byte() === 1 };
}

function readItems(fields: Fields): { readonly type: number; readonly value: Fields }[] {
  const items: { readonly type: number; readonly value: Fields }[] = [];
  while (fields.left > 0) {
    const type = fields.byte();
    fields.skip(1);
    items.push({ type, value: fields.part(fields.uint16()) });
  }
  return items;
}

function readDataValues(fields: Fields): DataValue[] {
  const values: DataValue[] = [];
  while (fields.left > 0) {
    const length = fields.uint32();
    if (length < 2) throw fields.fault("a value of at least 2 bytes", String(length));
    const value = fields.part(length);
    const context = value.byte();
    const control = value.byte();
    values.push({
      context,
      isCommand: (control & 1) === 1,
      isLast: (control & 2) === 2,
      bytes: value.bytes(value.left),
    });
  }
  return values;
}

/** Bytes that are taken one field after another, and never beyond their end. */
class Fields {
  readonly #bytes: Buffer;
  readonly #where: string;
  #at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.bytes(1).readUInt8();
  }

  uint16(): number {
    return this.bytes(2).readUInt16BE();
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  skip(count: number): void {
    this.bytes(count);
  }

  /** Trimmed of what fills it up. */
  text(count: number): string {
    return this.bytes(count)
      .toString("latin1")
      .replace(/^[ ]+|[ \0]+$/g, "");
  }

  rest(): string {
    return this.text(this.left);
  }

  part(count: number): Fields {
    return new Fields(this.bytes(count), this.#where);
  }

  bytes(count: number): Buffer {
    if (count > this.left)
      throw this.fault(`${count} more bytes at byte ${this.#at}`, `${this.left}`);
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return taken;
  }

  fault(expected: string, got: string): PacsError {
    return new PacsError(
      "answer",
      `${this.#where}: expected ${expected}, got ${got}; does the other side speak DICOM's upper layer?`,
    );
  }
}

// --- Writing --------------------------------------------------------------------------------------

export function writePdu(pdu: Pdu): Buffer {
  const body = bodyOf(pdu);
  const head = Buffer.alloc(PDU_HEAD_BYTES);
  head.writeUInt8(TYPES.indexOf(pdu.type) + 1);
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function bodyOf(pdu: Pdu): Buffer {
  switch (pdu.type) {
    case "associate request":
      return writeAssociation(pdu, pdu.contexts.map(proposedItem));
    case "associate accept":
      return writeAssociation(pdu, pdu.contexts.map(answeredItem));
    case "associate reject":
      return Buffer.of(0, pdu.result, pdu.source, pdu.reason);
    case "data":
      return Buffer.concat(pdu.values.map(writeDataValue));
    case "release request":
    case "release answer":
      return Buffer.alloc(4);
    case "abort":
      return Buffer.of(0, 0, pdu.source, pdu.reason);
  }
}

function writeAssociation(head: AssociationHead, contexts: readonly Buffer[]): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(head.mostPduBytes);
  const user = [
    item(0x51, size),
    item(0x52, Buffer.from(IMPLEMENTATION_CLASS, "latin1")),
    ...head.roles.map(roleItem),
    item(0x55, Buffer.from(IMPLEMENTATION_VERSION, "latin1")),
  ];
  return Buffer.concat([
    Buffer.of(0, 1, 0, 0),
    titleBytes(head.calledTitle),
    titleBytes(head.callingTitle),
    Buffer.alloc(32),
    item(0x10, Buffer.from(APPLICATION_CONTEXT, "latin1")),
    ...contexts,
    item(0x50, Buffer.concat(user)),
  ]);
}

function proposedItem({ id, abstractSyntax, transferSyntaxes }: ProposedContext): Buffer {
  return item(
    0x20,
    Buffer.concat([
      Buffer.of(id, 0, 0, 0),
      item(0x30, Buffer.from(abstractSyntax, "latin1")),
      ...transferSyntaxes.map((syntax) => item(0x40, Buffer.from(syntax, "latin1"))),
    ]),
  );
}

function answeredItem({ id, result, transferSyntax }: AnsweredContext): Buffer {
  const syntax = item(0x40, Buffer.from(transferSyntax, "latin1"));
  return item(0x21, Buffer.concat([Buffer.of(id, 0, result, 0), syntax]));
}

function roleItem({ abstractSyntax, user, provider }: Role): Buffer {
  const uid = Buffer.from(abstractSyntax, "latin1");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(uid.length);
  return item(0x54, Buffer.concat([length, uid, Buffer.of(user ? 1 : 0, provider ? 1 : 0)]));
}

function item(type: number, value: Uint8Array): Buffer {
  const head = Buffer.of(type, 0, 0, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

function titleBytes(title: string): Buffer {
  return Buffer.from(title.padEnd(16).slice(0, 16), "latin1");
}

function writeDataValue({ context, isCommand, isLast, bytes }: DataValue): Buffer {
  const head = Buffer.alloc(DATA_VALUE_HEAD_BYTES);
  head.writeUInt32BE(bytes.length + 2);
  head.writeUInt8(context, 4);
  head.writeUInt8((isCommand ? 1 : 0) | (isLast ? 2 : 0), 5);
  return Buffer.concat([head, bytes]);
}
