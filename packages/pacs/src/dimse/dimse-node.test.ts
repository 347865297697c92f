/** The node against dcmtk's programs, and against callers that do what none should. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readFileParts } from "@malleolus/data/dicom";
import { runDcmtk, skipWithoutDcmtk } from "../test-dcmtk.ts";
import {
  associateRequest,
  CR,
  EXPLICIT,
  eventually,
  openRawSocket,
  startTestNode,
} from "../test-node.ts";
import { dataSetOf, filesOfStudy, radiograph } from "../test-study.ts";
import { Association } from "./association.ts";
import { RADIOGRAPH_CLASSES, RESULT_CLASSES } from "./classes.ts";
import { COMMAND, STATUS, writeCommand } from "./command.ts";
import { type Pdu, writePdu } from "./pdu.ts";
import { PduConnection } from "./pdu-connection.ts";

const asModality = (port: number) => [
  "-aet",
  "MODALITY",
  "-aec",
  "MALLEOLUS",
  "127.0.0.1",
  String(port),
];

test(
  "C-ECHO is answered to those who call it by its name and are on the list",
  skipWithoutDcmtk(),
  async (context) => {
    const node = await startTestNode(context);
    const echo = (calling: string, called: string) =>
      runDcmtk("echoscu", "-aet", calling, "-aec", called, "127.0.0.1", String(node.port));
    assert.equal((await echo("MODALITY", "MALLEOLUS")).code, 0);
    assert.match((await echo("STRANGER", "MALLEOLUS")).said, /Calling AE Title Not Recognized/);
    assert.match((await echo("MODALITY", "OTHER")).said, /Called AE Title Not Recognized/);
    assert.deepEqual(node.events, [
      { kind: "refused", calling: "STRANGER", reason: "calling title" },
      { kind: "refused", calling: "MODALITY", reason: "called title" },
    ]);
  },
);

test(
  "C-STORE: what dcmtk sends lies in the folder as it was, and only under its whole name",
  skipWithoutDcmtk(),
  async (context) => {
    const classes = [...RADIOGRAPH_CLASSES, ...RESULT_CLASSES];
    const node = await startTestNode(context, { classes });
    const files = filesOfStudy();
    const folder = testFolder(context);
    const paths = [...files].map(([uid, file]) => {
      const path = join(folder, uid);
      writeFileSync(path, file);
      return path;
    });
    const sent = await runDcmtk("storescu", "-R", ...asModality(node.port), ...paths);
    assert.equal(sent.code, 0, sent.said);
    assert.deepEqual(node.names(), [...files.keys()].map((uid) => `${uid}.dcm`).toSorted());
    for (const [uid, file] of files) {
      const kept = readFileSync(join(node.folder, `${uid}.dcm`));
      assert.deepEqual(dataSetOf(kept), dataSetOf(file), uid);
      const dumped = await runDcmtk("dcmdump", join(node.folder, `${uid}.dcm`));
      assert.match(dumped.said, /MALLEOLUS/);
    }
    // The same again replaces the same.
    assert.equal((await runDcmtk("storescu", "-R", ...asModality(node.port), ...paths)).code, 0);
    assert.equal(node.names().length, files.size);
  },
);

test(
  "C-STORE: implicit and compressed objects come as they are",
  skipWithoutDcmtk(),
  async (context) => {
    const node = await startTestNode(context);
    const folder = testFolder(context);
    const plain = join(folder, "plain.dcm");
    const coded = join(folder, "coded.dcm");
    writeFileSync(plain, radiograph("1.3.99.5.1"));
    assert.equal((await runDcmtk("storescu", "-xi", ...asModality(node.port), plain)).code, 0);
    const implicit = readFileParts(readFileSync(join(node.folder, "1.3.99.5.1.dcm")), "kept");
    assert.equal(implicit.transferSyntax, "1.2.840.10008.1.2");
    const compressed = await runDcmtk("dcmcjpeg", plain, coded);
    if (compressed.code !== 0) return context.diagnostic("dcmcjpeg absent");
    assert.equal((await runDcmtk("storescu", "-xs", ...asModality(node.port), coded)).code, 0);
    const kept = readFileParts(readFileSync(join(node.folder, "1.3.99.5.1.dcm")), "kept");
    assert.equal(kept.transferSyntax, "1.2.840.10008.1.2.4.70");
  },
);

/** A folder of the test's own. */
function testFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-sent-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** An association of ours with the node, message by message. */
async function associate(context: TestContext, port: number) {
  const socket = await openRawSocket(context, port);
  const connection = new PduConnection(socket, { mostPduBytes: 131_072, idleMs: 60_000 }, "test");
  await connection.write(associateRequest());
  const answer = await connection.read();
  assert.equal(answer.type, "associate accept");
  const accepted = { id: 1, abstractSyntax: CR, transferSyntax: EXPLICIT };
  return {
    socket,
    connection,
    accepted,
    association: new Association(connection, [accepted], 0, "test"),
  };
}

const WRONG_OBJECTS: readonly (readonly [
  what: string,
  status: number,
  instance: string,
  data: Uint8Array,
  affectedClass?: string,
])[] = [
  ["a UID that leaves the folder", STATUS.invalidInstance, "../../etc/x", Buffer.from("x")],
  ["a UID that is a path", STATUS.invalidInstance, "/tmp/1.2.3", Buffer.from("x")],
  ["no UID", STATUS.invalidInstance, "", Buffer.from("x")],
  ["another class than its context's", STATUS.classMismatch, "1.3.99.1", Buffer.from("x"), "1.2.3"],
  [
    "a data set of another object",
    STATUS.classMismatch,
    "1.3.99.1",
    dataSetOf(radiograph("1.3.99.12")),
  ],
  ["a data set of no object", STATUS.classMismatch, "1.3.99.1", Buffer.alloc(100_000)],
];

for (const [what, status, affectedInstance, data, affectedClass = CR] of WRONG_OBJECTS) {
  test(`C-STORE: ${what} is refused, and nothing is written`, async (context) => {
    const node = await startTestNode(context);
    const { association, accepted } = await associate(context, node.port);
    const command = { field: COMMAND.store, messageId: 1, affectedClass, affectedInstance };
    await association.send(accepted, command, data);
    const answer = await association.receive();
    assert.equal(answer?.command.status, status);
    // The association goes on.
    const good = radiograph("1.3.99.12");
    const right = { ...command, affectedClass: CR, affectedInstance: "1.3.99.12" };
    await association.send(accepted, right, dataSetOf(good));
    assert.equal((await association.receive())?.command.status, STATUS.success);
    assert.deepEqual(node.names(), ["1.3.99.12.dcm"]);
    await association.release();
  });
}

test("an object that breaks off leaves nothing", async (context) => {
  const node = await startTestNode(context);
  const { socket } = await associate(context, node.port);
  const command = {
    field: COMMAND.store,
    messageId: 1,
    affectedClass: CR,
    affectedInstance: "1.3.99.12",
  };
  const data = dataSetOf(radiograph("1.3.99.12", 400, 400));
  const value = (bytes: Uint8Array, isCommand: boolean, isLast: boolean): Pdu => ({
    type: "data",
    values: [{ context: 1, isCommand, isLast, bytes }],
  });
  socket.write(writePdu(value(writeCommand(command, true), true, true)));
  socket.write(writePdu(value(data.subarray(0, 100_000), false, false)));
  await eventually("a part of it is on the disk", () =>
    node.names().some((name) => name.endsWith(".part")),
  );
  socket.destroy();
  await eventually("the part is gone", () => node.names().length === 0);
  await eventually("it is told", () => node.events.some(({ kind }) => kind === "broken"));
});

test("limits: objects and bytes of an association, PDUs, callers at once and idle ones", async (context) => {
  const limits = {
    mostObjects: 2,
    mostObjectBytes: 20_000,
    mostPduBytes: 16_384,
    mostAssociations: 1,
    idleMs: 400,
  };
  const node = await startTestNode(context, { limits });
  const send = async (instance: string, width: number, count = 1) => {
    const { association, accepted } = await associate(context, node.port);
    for (let i = 0; i < count; i++) {
      const command = {
        field: COMMAND.store,
        messageId: i + 1,
        affectedClass: CR,
        affectedInstance: instance,
      };
      await association.send(accepted, command, dataSetOf(radiograph(instance, width)));
      assert.equal((await association.receive())?.command.status, STATUS.success);
    }
    await association.release();
    await eventually("the node sees the end", () => node.busy() === 0);
  };
  await send("1.3.99.1", 60, 2);
  await assert.rejects(send("1.3.99.2", 60, 3), /ended the association|connection broke/);
  await eventually("it is over", () => node.busy() === 0);
  await assert.rejects(send("1.3.99.3", 600), /ended the association|connection broke/);
  assert.deepEqual(node.names(), ["1.3.99.1.dcm", "1.3.99.2.dcm"]);

  await eventually("it is over", () => node.busy() === 0);
  const first = await associate(context, node.port);
  const second = await openRawSocket(context, node.port);
  const connection = new PduConnection(second, { mostPduBytes: 16_384, idleMs: 60_000 }, "test");
  await connection.write(associateRequest());
  assert.deepEqual(await connection.read(), {
    type: "associate reject",
    result: 2,
    source: 3,
    reason: 2,
  });
  // Who says nothing is not waited for.
  await assert.rejects(
    first.connection
      .read()
      .then((pdu) => assert.equal(pdu.type, "abort"))
      .then(() => first.connection.read()),
    { code: "unreachable" },
  );

  await eventually("it is over", () => node.busy() === 0);
  const third = await associate(context, node.port);
  const long = Buffer.alloc(6);
  long.writeUInt8(4);
  long.writeUInt32BE(0x7fffffff, 2);
  third.socket.write(long);
  assert.equal((await third.connection.read()).type, "abort");
  assert.ok(
    node.events.some(
      (event) =>
        event.kind === "broken" && /at most 16384 bytes, got one of 2147483647/.test(event.reason),
    ),
  );
});

test("a sender who is faster than the disk waits: nothing is piled up", async (context) => {
  const gate = Promise.withResolvers<void>();
  let written = 0;
  const node = await startTestNode(context, {
    receiver: {
      open: async () => ({
        async write(bytes) {
          written += bytes.length;
          if (written > 1_000_000) await gate.promise;
        },
        commit: async () => undefined,
        discard: async () => undefined,
      }),
    },
  });
  const { association, accepted, socket } = await associate(context, node.port);
  const data = Buffer.concat([dataSetOf(radiograph("1.3.99.12")), Buffer.alloc(40_000_000)]);
  const command = {
    field: COMMAND.store,
    messageId: 1,
    affectedClass: CR,
    affectedInstance: "1.3.99.12",
  };
  const sending = association.send(accepted, command, data);
  await eventually("the disk is full of work", () => written > 1_000_000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  // What the system's buffers hold, and no more.
  const gone = socket.bytesWritten - socket.writableLength;
  assert.ok(gone < 16_000_000, `${gone} bytes were taken from the sender`);
  gate.resolve();
  await sending;
  assert.equal((await association.receive())?.command.status, STATUS.success);
  assert.ok(written > 40_000_000);
  await association.release();
});

test("a disk that fails is answered, and the association goes on", async (context) => {
  let fails = true;
  const node = await startTestNode(context, {
    receiver: {
      open: async () => ({
        async write() {
          if (fails) throw new Error("ENOSPC: no space left");
        },
        commit: async () => undefined,
        discard: async () => undefined,
      }),
    },
  });
  const { association, accepted } = await associate(context, node.port);
  const command = {
    field: COMMAND.store,
    messageId: 1,
    affectedClass: CR,
    affectedInstance: "1.3.99.12",
  };
  const data = dataSetOf(radiograph("1.3.99.12", 600, 400));
  await association.send(accepted, command, data);
  assert.equal((await association.receive())?.command.status, STATUS.outOfResources);
  fails = false;
  await association.send(accepted, command, data);
  assert.equal((await association.receive())?.command.status, STATUS.success);
  await association.release();
});

test("it listens where it is told to, and nowhere else", async (context) => {
  const node = await startTestNode(context);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  if (others.length === 0) return context.diagnostic("no other address than loopback's");
  for (const { address } of others) {
    const socket = connect({ host: address, port: node.port });
    const outcome = await new Promise((resolve) => {
      socket.once("connect", () => resolve("open"));
      socket.once("error", () => resolve("closed"));
    });
    socket.destroy();
    assert.equal(outcome, "closed", address);
  }
});

test("names that are no AE titles are refused before anything is opened", async (context) => {
  for (const title of ["", " ", "ONE\\TWO", "SEVENTEEN LETTERS", "É"]) {
    await assert.rejects(startTestNode(context, { title }), { code: "title" });
    await assert.rejects(startTestNode(context, { callingTitles: [title] }), { code: "title" });
  }
});
