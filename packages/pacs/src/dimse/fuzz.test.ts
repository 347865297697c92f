/** A thousand conversations that went wrong somewhere: the node lives, and writes nothing wrong. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readFileParts } from "@malleolus/data/dicom";
import fc from "fast-check";
import { associateRequest, CR, eventually, openRawSocket, startTestNode } from "../test-node.ts";
import { dataSetOf, radiograph } from "../test-study.ts";
import { COMMAND, writeCommand } from "./command.ts";
import { dimseClient } from "./dimse-client.ts";
import { writePdu } from "./pdu.ts";

const INSTANCE = "1.3.99.12";
const RUNS = 1_000;
const AT_ONCE = 8;

/** What a modality sends that stores one radiograph, a PDU each. */
function conversation(): Buffer[] {
  const command = writeCommand(
    { field: COMMAND.store, messageId: 1, affectedClass: CR, affectedInstance: INSTANCE },
    true,
  );
  const data = dataSetOf(radiograph(INSTANCE));
  const value = (bytes: Uint8Array, isCommand: boolean, isLast: boolean) =>
    writePdu({ type: "data", values: [{ context: 1, isCommand, isLast, bytes }] });
  return [
    writePdu(associateRequest()),
    value(command, true, true),
    value(data.subarray(0, 2_000), false, false),
    value(data.subarray(2_000), false, true),
    writePdu({ type: "release request" }),
  ];
}

const numbers = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 127, 128, 254, 255));
const place = fc.record({ pdu: fc.nat(4), at: fc.double({ min: 0, max: 1, noNaN: true }) });
/** Heads, where lengths and types stand, are hit as often as all else together. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant("byte" as const), where: place, value: numbers }),
  fc.record({ kind: fc.constant("head" as const), pdu: fc.nat(4), at: fc.nat(11), value: numbers }),
  fc.record({ kind: fc.constant("cut" as const), where: place }),
  fc.record({
    kind: fc.constant("insert" as const),
    where: place,
    bytes: fc.uint8Array({ maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant("again" as const), pdu: fc.nat(4) }),
  fc.record({ kind: fc.constant("leave out" as const), pdu: fc.nat(4) }),
  fc.record({ kind: fc.constant("swap" as const), pdu: fc.nat(3) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(pdus: readonly Buffer[], mutations: readonly Mutation[]): Buffer {
  let all = pdus.map((pdu) => Buffer.from(pdu));
  for (const one of mutations) {
    if (all.length === 0) break;
    const index = ("where" in one ? one.where.pdu : one.pdu) % all.length;
    const pdu = all[index];
    const at = "where" in one ? Math.floor(one.where.at * (pdu.length - 1)) : 0;
    switch (one.kind) {
      case "byte":
        if (pdu.length > 0) pdu[at] = one.value;
        break;
      case "head":
        if (pdu.length > one.at) pdu[one.at] = one.value;
        break;
      case "cut":
        all[index] = pdu.subarray(0, at);
        break;
      case "insert":
        all[index] = Buffer.concat([pdu.subarray(0, at), one.bytes, pdu.subarray(at)]);
        break;
      case "again":
        all.splice(index, 0, Buffer.from(pdu));
        break;
      case "leave out":
        all = all.filter((_, i) => i !== index);
        break;
      case "swap":
        if (index + 1 < all.length) all.splice(index, 2, all[index + 1], pdu);
        break;
    }
  }
  return Buffer.concat(all);
}

/** Sends it, and waits until the node has let go. */
async function converse(context: TestContext, port: number, bytes: Buffer): Promise<void> {
  const socket = await openRawSocket(context, port);
  const closed = once(socket, "close");
  socket.resume();
  socket.end(bytes);
  await closed;
}

test("the conversation as it should be is stored", async (context) => {
  const node = await startTestNode(context);
  await converse(context, node.port, Buffer.concat(conversation()));
  await eventually("it is stored", () => node.names().join() === `${INSTANCE}.dcm`);
});

test(`${RUNS} mutated conversations leave the node alive, and nothing wrong in its folder`, async (context) => {
  const node = await startTestNode(context, {
    limits: { idleMs: 5_000, mostAssociations: 4 * AT_ONCE },
  });
  const samples = fc.sample(fc.array(mutation, { minLength: 1, maxLength: 3 }), {
    numRuns: RUNS,
    seed: 19,
  });
  const whole = conversation();
  const waiting = [...samples];
  let broken = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        await converse(context, node.port, mutated(whole, next));
        broken++;
      }
    }),
  );
  assert.equal(broken, RUNS);
  await eventually("all of them have ended", () => node.busy() === 0);
  const peer = {
    host: "127.0.0.1",
    port: node.port,
    calledTitle: "MALLEOLUS",
    callingTitle: "MODALITY",
  };
  await dimseClient(peer).echo();
  for (const name of node.names()) {
    assert.match(name, /^[0-9.]+\.dcm$/);
    const parts = readFileParts(readFileSync(join(node.folder, name)), name);
    assert.equal(`${parts.sopInstance}.dcm`, name);
  }
  // The mutations bite: most of the conversations were ended by the node, and some did no harm.
  const kinds = Map.groupBy(node.events, ({ kind }) => kind);
  assert.ok((kinds.get("broken")?.length ?? 0) > RUNS / 4, `${kinds.get("broken")?.length} broken`);
  assert.ok((kinds.get("stored")?.length ?? 0) > 10, `${kinds.get("stored")?.length} stored`);
});
