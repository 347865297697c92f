import assert from "node:assert/strict";
import { test } from "node:test";
import { APPLICATION_CONTEXT, type Pdu, pduType, readPdu, writePdu } from "./pdu.ts";

const pdus: readonly Pdu[] = [
  {
    type: "associate request",
    calledTitle: "ARCHIVE",
    callingTitle: "MALLEOLUS",
    applicationContext: APPLICATION_CONTEXT,
    mostPduBytes: 16_384,
    roles: [{ abstractSyntax: "1.2.3", user: false, provider: true }],
    contexts: [
      { id: 1, abstractSyntax: "1.2.3", transferSyntaxes: ["1.2.840.10008.1.2"] },
      { id: 3, abstractSyntax: "1.2.4", transferSyntaxes: ["1.2", "1.3"] },
    ],
  },
  {
    type: "associate accept",
    calledTitle: "ARCHIVE",
    callingTitle: "MALLEOLUS",
    mostPduBytes: 0,
    roles: [],
    contexts: [{ id: 1, result: 0, transferSyntax: "1.2.840.10008.1.2" }],
  },
  { type: "associate reject", result: 1, source: 1, reason: 7 },
  {
    type: "data",
    values: [
      { context: 1, isCommand: true, isLast: true, bytes: Buffer.from("command") },
      { context: 1, isCommand: false, isLast: false, bytes: Buffer.alloc(0) },
    ],
  },
  { type: "release request" },
  { type: "release answer" },
  { type: "abort", source: 2, reason: 6 },
];

test("PDUs of every kind are read as they were written", () => {
  for (const pdu of pdus) {
    const bytes = writePdu(pdu);
    assert.equal(bytes.readUInt32BE(2), bytes.length - 6, pdu.type);
    assert.equal(pduType(bytes[0]), pdu.type);
    assert.deepEqual(readPdu(pdu.type, bytes.subarray(6)), pdu);
  }
  assert.deepEqual([pduType(0), pduType(8), pduType(255)], [undefined, undefined, undefined]);
});

test("a PDU that ends anywhere within what it announces is refused", () => {
  const [request, accept, reject, data] = pdus;
  for (const pdu of [request, accept, reject, data]) {
    const body = writePdu(pdu).subarray(6);
    // Cut between two items, a request is a shorter request.
    const refused = Array.from({ length: body.length }, (_, cut) => body.subarray(0, cut)).filter(
      (cut) => {
        try {
          readPdu(pdu.type, cut);
          return false;
        } catch (error) {
          assert.equal(error instanceof Error && "code" in error && error.code, "answer");
          return true;
        }
      },
    );
    assert.ok(refused.length >= body.length - 12, `${pdu.type}: ${refused.length} refused`);
  }
});

test("lengths that lie are held against the bytes that there are", () => {
  const value = (length: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(length);
    return bytes;
  };
  for (const length of [0, 1, 5, 0x7fffffff, 0xffffffff]) {
    assert.throws(() => readPdu("data", value(length)), { code: "answer" }, String(length));
  }
  assert.equal(readPdu("data", value(4)).type, "data");
});
