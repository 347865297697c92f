/**
 * Uploads: a radiograph comes in de-identified, and whatever else comes is refused in words, with the server
 * alive and nothing left on the disk.
 *
 * `MALLEOLUS_UPLOAD_FILES=10000` uploads so many files that chance has spoilt; the size of the largest file
 * that is sent is `MALLEOLUS_UPLOAD_BYTES`, 4294967296 for 4 GiB against the real limit.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { CSRF_HEADER, type Upload, uploadSchema, uploadsSchema } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { type Client, joinRoom, setUp, type TestRoom, testRoom } from "./test-room.ts";
import {
  deflatedBomb,
  mutated,
  seeded,
  uploadedRadiograph,
  type ZipEntry,
  zeros,
  zipFile,
} from "./test-uploads.ts";

/** Of the studies that tests make. */
const PASSPHRASE = "correct horse";
const FILES = Number(process.env.MALLEOLUS_UPLOAD_FILES ?? 300);
const LARGEST_BYTES = Number(process.env.MALLEOLUS_UPLOAD_BYTES ?? 32 * 2 ** 20);
const LIMIT_BYTES = process.env.MALLEOLUS_UPLOAD_BYTES === undefined ? 2 ** 20 : 2 * 2 ** 30;

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

async function roomWithUpload(context: TestContext, largestUploadBytes = LIMIT_BYTES) {
  const given = await testRoom(context, { largestUploadBytes, requestsPerMinute: 1e6 });
  const administrator = await setUp(given);
  const researcher = await joinRoom(given, administrator, { roles: ["researcher"] });
  const opened = await open(researcher);
  assert.equal(opened.statusCode, 200, opened.body);
  return { given, administrator, researcher };
}

const open = (client: Client, passphrase = PASSPHRASE, hospital = "a") =>
  client.send("POST", "/api/uploads", { hospital, passphrase });

function put(
  { app }: TestRoom,
  { headers, session }: Client,
  name: string,
  bytes: Buffer | Readable,
) {
  return app.inject({
    method: "PUT",
    url: `/api/uploads/files?name=${encodeURIComponent(name)}`,
    headers: {
      ...headers,
      [CSRF_HEADER]: session.csrf,
      "content-type": "application/octet-stream",
    },
    payload: bytes,
  });
}

async function ended(client: Client): Promise<Upload> {
  const answer = await client.send("POST", "/api/uploads/end");
  assert.equal(answer.statusCode, 200, answer.body);
  return untilOver(client);
}

async function untilOver(client: Client): Promise<Upload> {
  for (;;) {
    const { upload } = uploadsSchema.parse((await client.get("/api/uploads")).json());
    assert.ok(upload !== null);
    if (upload.state === "done" || upload.state === "failed") return upload;
    await wait(50);
  }
}

function assertNothingStaged({ folder, images }: Study): void {
  assert.ok(!existsSync(`${folder}.uploads`), "what was received is gone");
  const left = existsSync(images) ? readdirSync(images, { recursive: true }).map(String) : [];
  assert.deepEqual(
    left.filter((name) => !/^\w{2}(\/\w{64}\.dcm)?$/.test(name)),
    [],
  );
}

test("uploads: radiographs come in without who they are of, once, and their sender hears it", async (context) => {
  const { given, researcher } = await roomWithUpload(context);
  const { study } = given;
  const zipped = { name: "disc/2.dcm", contents: [uploadedRadiograph(2)] };
  for (const [name, bytes] of [
    ["1.dcm", uploadedRadiograph(1)],
    ["again.dcm", uploadedRadiograph(1)],
    ["more.zip", await zipFile([zipped])],
  ] as const) {
    const answer = await put(given, researcher, name, bytes);
    assert.deepEqual([answer.statusCode, answer.json()], [200, { sizeBytes: bytes.length }]);
  }
  const upload = await ended(researcher);
  assert.deepEqual(
    [upload.state, upload.imported, upload.known, upload.refused, upload.waiting],
    ["done", 2, 1, 0, 0],
    JSON.stringify(upload),
  );
  assertNothingStaged(study);
  const kept = readdirSync(study.images, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  assert.equal(kept.length, 2);
  for (const { parentPath, name } of kept) {
    assert.ok(!readFileSync(join(parentPath, name), "latin1").includes("Canarybird"));
  }
  const imported = await study.database.selectFrom("transitions").select("who").execute();
  assert.deepEqual([...new Set(imported.map(({ who }) => who))], ["the-researcher"]);
});

test("uploads: another passphrase, another hospital, a second upload and no upload are refused in words", async (context) => {
  const given = await testRoom(context);
  const administrator = await setUp(given);
  const refusal = async (answer: Promise<{ statusCode: number; json(): { message: string } }>) => {
    const { statusCode, json } = await answer;
    return [statusCode, json().message];
  };
  assert.deepEqual(await refusal(open(administrator, "another")), [
    400,
    "The passphrase does not open the study's key file.",
  ]);
  assert.match(
    String((await refusal(open(administrator, PASSPHRASE, "z")))[1]),
    /no such hospital/,
  );
  const early = put(given, administrator, "1.dcm", uploadedRadiograph(1));
  assert.match(String((await refusal(early))[1]), /No upload of yours is open/);
  assert.equal((await open(administrator)).statusCode, 200);
  const researcher = await joinRoom(given, administrator, { roles: ["researcher"] });
  assert.match(String((await refusal(open(researcher)))[1]), /An upload by admin is open/);
  const others = put(given, researcher, "1.dcm", uploadedRadiograph(1));
  assert.deepEqual((await refusal(others))[0], 409);
  await researcher.send("DELETE", "/api/uploads");
  const cancelled = await untilOver(researcher);
  assert.deepEqual([cancelled.state, cancelled.failure], ["failed", "The upload was cancelled."]);
  assert.equal((await open(researcher)).statusCode, 200, "and the next can begin");
  assertNothingStaged(given.study);
});

test(`uploads: ${FILES} files that chance has spoilt are imported or refused, every one`, async (context) => {
  const { given, researcher } = await roomWithUpload(context);
  const chance = seeded(16);
  for (let number = 0; number < FILES; number++) {
    const file = mutated(uploadedRadiograph(number), chance);
    const answer = await put(given, researcher, `${number}.dcm`, file);
    assert.equal(answer.statusCode, 200, answer.body);
  }
  const { state, failure, imported, known, refused, refusals } = await ended(researcher);
  assert.deepEqual([state, failure], ["done", null]);
  assert.equal(imported + known + refused, FILES);
  assert.ok(imported > 0 && refused > 0, `${imported} imported, ${refused} refused`);
  for (const { file, reason } of refusals) {
    assert.match(file, /^\d+\.dcm$/);
    assert.ok(reason.length > 20 && !/internal|undefined|\n/.test(reason), reason);
    assert.ok(!reason.includes(given.study.folder), reason);
  }
  assertNothingStaged(given.study);
});

test("uploads: a zip file that leads out, and three that unfold to more than there is room for", async (context) => {
  const { given, researcher } = await roomWithUpload(context, 64 * 2 ** 20);
  const outside: ZipEntry[] = ["../../escaped.dcm", "/etc/escaped.dcm", "a\\..\\escaped.dcm"].map(
    (name, index) => ({ name, contents: [uploadedRadiograph(10 + index)] }),
  );
  const tooMuch = 2 ** 30 + 2 ** 20;
  const traps: readonly (readonly [name: string, bytes: Buffer])[] = [
    ["out.zip", await zipFile(outside)],
    ["claims.zip", await zipFile([{ name: "a.dcm", contents: [], claimedBytes: 0xffff_fff0 }])],
    [
      "lies.zip",
      await zipFile([{ name: "b.dcm", contents: zeros(200 * 2 ** 20), claimedBytes: 1000 }]),
    ],
    ["inflates.dcm", await deflatedBomb(tooMuch)],
    ["../../name.dcm", uploadedRadiograph(20)],
    ["..", uploadedRadiograph(21)],
  ];
  for (const [name, bytes] of traps) {
    assert.equal((await put(given, researcher, name, bytes)).statusCode, 200, name);
  }
  const { state, imported, refusals } = await ended(researcher);
  assert.deepEqual([state, imported], ["done", 5], JSON.stringify(refusals));
  assert.deepEqual(refusals.map(({ file }) => file).toSorted(), [
    "claims.zip/a.dcm",
    "inflates.dcm",
    "lies.zip/b.dcm",
  ]);
  assert.ok(!existsSync(join(given.study.folder, "..", "escaped.dcm")));
  assert.ok(!existsSync(join(given.study.folder, "..", "..", "escaped.dcm")));
  assertNothingStaged(given.study);
});

test(`uploads: ${LARGEST_BYTES} bytes where ${LIMIT_BYTES} are allowed, announced or not, and one that is cut off`, async (context) => {
  const { given, researcher } = await roomWithUpload(context);
  const address = await given.app.listen({ host: "127.0.0.1", port: 0 });
  for (const isAnnounced of [true, false]) {
    const sender = await openSender(address, researcher, isAnnounced ? LARGEST_BYTES : null);
    for (const piece of zeros(LARGEST_BYTES)) await sender.send(piece);
    const [status, message] = await sender.answer();
    assert.deepEqual([status, /^A file may have at most/.test(message)], [413, true], message);
  }
  const cut = await openSender(address, researcher, 1000);
  await cut.send(new Uint8Array(500));
  await wait(100);
  cut.end();
  assert.equal((await put(given, researcher, "1.dcm", uploadedRadiograph(1))).statusCode, 200);
  const { state, imported } = await ended(researcher);
  assert.deepEqual([state, imported], ["done", 1], "the server is alive");
  assertNothingStaged(given.study);
});

/**
 * Sends a file over a connection of its own, in chunks where its size is null: all of it, as a browser does,
 * whatever is answered meanwhile. Node's client waits for ever with what is left once an early answer has come.
 */
async function openSender(address: string, { headers, session }: Client, sizeBytes: number | null) {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let told = "";
  socket.on("data", (part) => {
    told += String(part);
  });
  const closed = once(socket, "close").then(() => {
    throw new Error(`the connection ended before all was sent; answered: ${told}`);
  });
  closed.catch(() => undefined);
  const write = async (part: Uint8Array | string) => {
    if (!socket.write(part)) await Promise.race([once(socket, "drain"), closed]);
  };
  const all = {
    ...headers,
    [CSRF_HEADER]: session.csrf,
    "content-type": "application/octet-stream",
    ...(sizeBytes === null
      ? { "transfer-encoding": "chunked" }
      : { "content-length": String(sizeBytes) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  await write(`PUT /api/uploads/files?name=large.dcm HTTP/1.1\r\n${lines.join("")}\r\n`);
  return {
    async send(piece: Uint8Array): Promise<void> {
      if (sizeBytes === null) await write(`${piece.length.toString(16)}\r\n`);
      await write(piece);
      if (sizeBytes === null) await write("\r\n");
    },
    async answer(): Promise<readonly [status: number, message: string]> {
      if (sizeBytes === null) await write("0\r\n\r\n");
      while (!told.endsWith("}")) await Promise.race([once(socket, "data"), closed]);
      socket.destroy();
      const body = told.slice(told.indexOf("\r\n\r\n"));
      return [Number(told.split(" ")[1]), JSON.parse(body).message];
    },
    end: () => socket.destroy(),
  };
}

test("uploads: a server that ends amid an upload leaves nothing, and the next starts clean", async (context) => {
  const given = await testRoom(context);
  const administrator = await setUp(given);
  await open(administrator);
  await put(given, administrator, "1.dcm", uploadedRadiograph(1));
  given.room.uploads.close();
  assert.ok(!existsSync(`${given.study.folder}.uploads`));
  assert.equal(uploadSchema.parse(given.room.uploads.state()).state, "failed");
});
