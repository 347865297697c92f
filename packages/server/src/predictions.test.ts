/**
 * Radiographs that somebody has a detector look at: by a process of its own, for their account alone, and nothing of
 * them is kept. Which process looks is a test's here, on the real channel.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { CSRF_HEADER, type ShownPrediction, shownPredictionSchema } from "@malleolus/schema";
import { openPredictions } from "./predictions/predictions.ts";
import { type Client, joinRoom, setUp, type TestRoom, testRoom } from "./test-room.ts";

/** It refuses a file of three bytes, ends at one of four, and finds one fracture on any other. */
const PROGRAM = `const { readFileSync } = require("node:fs");
process.on("disconnect", () => process.exit());
process.on("message", ({ id, paths }) => {
  const sizes = paths.map((path) => readFileSync(path).length);
  if (sizes.includes(4)) process.exit(7);
  if (sizes.includes(3)) {
    process.send({ news: "refused", id, reason: "radiograph 1: expected DICOM, JPEG or PNG" });
    return;
  }
  process.send({ news: "progress", id, done: 1, total: paths.length });
  const finding = { class: "weber_b", score: 0.9, box: [0, 0, 1, 1], polygons: [[0, 0, 1, 0, 1, 1]],
    areaMm2: null, lengthMm: null, calibration: "none" };
  const result = { analysedAt: "2026-03-01T10:00:00.000Z", modelSha256: "ab".repeat(32),
    modelVersion: "0.1.0", scoreThreshold: 0.5, answer: null,
    predictions: paths.map(() => ({ width: 2, height: 2, findings: [finding],
      classScores: { weber_b: 0.9, weber_a: 0.1 }, view: "ap" })) };
  const facts = paths.map(() => ({ side: "left", pixelSpacingMm: null, spacingSource: "none",
    notes: ["a note"] }));
  process.send({ news: "looked", id, result, facts });
});
process.send({ news: "ready", modelSha256: "ab".repeat(32) }, () => undefined);`;

const startAnalysis = () =>
  spawn(process.execPath, ["-e", PROGRAM], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });

const RADIOGRAPH = Buffer.from(dicomFile(GRAY_2X2));

async function room(context: TestContext) {
  const given = await testRoom(context, { startAnalysis });
  return { ...given, administrator: await setUp(given) };
}

function put({ app }: TestRoom, client: Client, url: string, bytes: Buffer) {
  const headers = {
    ...client.headers,
    [CSRF_HEADER]: client.session.csrf,
    "content-type": "application/octet-stream",
  };
  return app.inject({ method: "PUT", url, headers, body: bytes });
}

async function predict(given: TestRoom, client: Client, bytes: Buffer): Promise<ShownPrediction> {
  const id = randomUUID();
  const url = `/api/predictions/${id}`;
  const received = await put(given, client, `${url}/files/0?name=ankle.dcm`, bytes);
  assert.equal(received.statusCode, 200, received.body);
  assert.equal((await client.send("POST", `${url}/analysis`)).statusCode, 200);
  for (let tries = 0; tries < 1500; tries++) {
    const now = shownPredictionSchema.parse((await client.get(url)).json());
    if (now.state === "done" || now.state === "refused") return now;
    await wait(50);
  }
  throw new Error("it was never looked at");
}

test("predictions: what was found is shown to its account alone, and nothing is left when it is forgotten", async (context) => {
  const given = await room(context);
  const { administrator, study } = given;
  const { id, state, files, result } = await predict(given, administrator, RADIOGRAPH);
  assert.deepEqual([state, files], ["done", ["ankle.dcm"]]);
  assert.ok(result !== null);
  const [image] = result.images;
  assert.deepEqual([image.view, image.side, image.width], ["ap", "left", 2]);
  assert.deepEqual(
    result.findings.map((one) => [one.image, one.class]),
    [[image.id, "weber_b"]],
  );
  assert.deepEqual([result.called, result.scores.weber_b], [null, 0.9]);
  assert.deepEqual(result.notes, ["radiograph 1: a note"]);
  const picture = `/api/predictions/${id}/images/${image.id}/half`;
  const shown = await administrator.get(picture);
  assert.equal(shown.statusCode, 200, shown.body);
  assert.equal(shown.headers["cache-control"], "no-store");

  const other = await joinRoom(given, administrator, { roles: ["researcher"] });
  for (const url of [`/api/predictions/${id}`, picture]) {
    assert.equal((await other.get(url)).statusCode, 404, url);
  }
  assert.equal((await other.send("DELETE", `/api/predictions/${id}`)).statusCode, 404);
  const again = `/api/predictions/${id}/files/1?name=more.dcm`;
  const late = await put(given, administrator, again, RADIOGRAPH);
  assert.equal(late.json().code, "state");

  assert.equal((await administrator.send("DELETE", `/api/predictions/${id}`)).statusCode, 200);
  assert.equal((await administrator.get(picture)).statusCode, 404);
  await assert.rejects(
    given.room.images.read(image.id, "/nowhere", "half", "identity"),
    "the picture was kept",
  );
  assert.deepEqual(leftIn(`${study.folder}.predictions`), []);
});

function leftIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
}

test("predictions: a file that is no radiograph is named, and one at which the process ends is tried twice", async (context) => {
  const given = await room(context);
  const refused = await predict(given, given.administrator, Buffer.from("abc"));
  assert.deepEqual(
    [refused.state, refused.problem],
    ["refused", "ankle.dcm: expected DICOM, JPEG or PNG"],
  );
  const ended = await predict(given, given.administrator, Buffer.from("abcd"));
  assert.match(ended.problem ?? "", /ended by itself, twice/);
  // The next one is looked at all the same.
  assert.equal((await predict(given, given.administrator, RADIOGRAPH)).state, "done");
});

test("predictions: without a detector it is said, and one that cannot be loaded is given up", async (context) => {
  const given = await testRoom(context);
  const administrator = await setUp(given);
  assert.equal((await administrator.get("/api/predictions")).json().canPredict, false);
  const url = `/api/predictions/${randomUUID()}/files/0?name=a`;
  assert.equal((await put(given, administrator, url, RADIOGRAPH)).json().code, "state");

  const broken = await testRoom(context, {
    startAnalysis: () =>
      spawn(process.execPath, ["-e", ""], { stdio: ["ignore", "ignore", "inherit", "ipc"] }),
  });
  const client = await setUp(broken);
  const refused = await predict(broken, client, RADIOGRAPH);
  assert.match(refused.problem ?? "", /cannot be loaded/);
});

test("predictions: one for which nobody asks any more is removed by itself", async (context) => {
  const { study } = await testRoom(context);
  const forgotten: string[] = [];
  const predictions = openPredictions({
    studyFolder: study.folder,
    start: startAnalysis,
    forget: (image) => forgotten.push(image),
    keptMs: 2000,
  });
  context.after(() => predictions.close());
  const id = randomUUID();
  const file = { name: "a", bytes: Readable.from([RADIOGRAPH]) };
  await predictions.receive(id, 0, file, "ada");
  predictions.start(id, "ada");
  while (predictions.state(id, "ada").state !== "done") await wait(50);
  for (let tries = 0; tries < 600 && forgotten.length === 0; tries++) await wait(100);
  assert.equal(forgotten.length, 1);
  assert.throws(() => predictions.state(id, "ada"), /nothing of it was kept/);
  const left = () => leftIn(`${study.folder}.predictions`);
  for (let tries = 0; tries < 600 && left().length > 0; tries++) await wait(100);
  assert.deepEqual(left(), []);
});
