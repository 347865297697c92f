/** A senior settles what both annotators have submitted: worst first, without names, once, and with a reason. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  type AnnotatingCase,
  annotatingCaseSchema,
  type DrawnShape,
  emptyAnnotation,
  outlinesColumn,
  settledAgreedSchema,
  settlingCaseSchema,
  settlingListSchema,
  worklistSchema,
} from "@malleolus/schema";
import { addDrawableCases, type Client, joinRoom, setUp, testRoom } from "./test-room.ts";

type Square = readonly [x: number, y: number, side: number];

async function room(context: Parameters<typeof testRoom>[0], cases: readonly string[]) {
  const given = await testRoom(context);
  Object.assign(given.study.protocol.annotation, { unassistedShare: 0 });
  await addDrawableCases(given.study, cases);
  const administrator = await setUp(given);
  const join = (person: string) => joinRoom(given, administrator, { person });
  const annotators = [await join("annotator-1"), await join("annotator-2")] as const;
  return { ...given, annotators, senior: await join("senior") };
}

function fibula(image: string, [x, y, side]: Square): DrawnShape {
  return {
    id: "fibula",
    image,
    structure: "fibula",
    form: "polygon",
    points: [x, y, x + side, y, x + side, y + side, x, y + side],
    widthMm: null,
    order: 1,
    locked: false,
    doubtful: false,
    parents: [],
    offer: null,
  };
}

/** Draws a fibula on the AP view of each case, in the order in which the annotator has them. */
async function drawAll(client: Client, squareOf: (found: AnnotatingCase) => Square): Promise<void> {
  const list = worklistSchema.parse((await client.get("/api/worklist?queue=annotation")).json());
  for (const { code } of list.entries) {
    const url = `/api/annotating/${code}`;
    const found = annotatingCaseSchema.parse((await client.get(url)).json());
    const [ap] = found.images;
    const done = await client.send("POST", `${url}/submission`, {
      requestId: randomUUID(),
      version: found.draft?.version ?? 0,
      content: {
        ...emptyAnnotation,
        shapes: [fibula(ap.id, squareOf(found))],
        visibility: Object.fromEntries(found.images.map(({ id }) => [id, "impossible"])),
      },
    });
    assert.equal(done.statusCode, 200, done.body);
  }
}

const settle = (client: Client, code: string, image: string, take: object, reason = "the cortex") =>
  client.send("POST", `/api/settling/${code}/decisions`, {
    requestId: randomUUID(),
    image,
    reason,
    take,
  });

async function listOf(client: Client) {
  return settlingListSchema.parse((await client.get("/api/settling")).json()).entries;
}

async function caseOf(client: Client, code: string) {
  return settlingCaseSchema.parse((await client.get(`/api/settling/${code}`)).json());
}

test("settling: one drawing is adopted as it is, another mended, and what agrees is settled together", async (context) => {
  const { annotators, senior, study } = await room(context, ["case-1"]);
  await drawAll(annotators[0], () => [10, 10, 40]);
  assert.deepEqual(await listOf(senior), [], "one of two is not enough");
  await drawAll(annotators[1], () => [40, 10, 40]);
  const [entry] = await listOf(senior);
  assert.deepEqual([entry.differing, entry.agreeing], [1, 2]);
  assert.ok(entry.worstIou !== null && Math.abs(entry.worstIou - 1 / 7) < 0.01);

  const { case: found, radiographs } = await caseOf(senior, entry.code);
  assert.deepEqual([found.draft, found.threads, found.proposals.offers], [null, [], []]);
  const [ap] = radiographs;
  assert.deepEqual(
    [ap.differs, ap.drawings.length, ap.agreement.map(({ structure }) => structure)],
    [true, 2, ["fibula"]],
  );
  assert.doesNotMatch(JSON.stringify({ found, radiographs }), /annotator-\d/);
  const image = `/api/settling/${entry.code}/images/${ap.image}/half`;
  assert.equal((await senior.get(image)).statusCode, 200);
  assert.equal((await annotators[0].get(image)).statusCode, 403);

  const noReason = await settle(senior, entry.code, ap.image, { what: "drawing", place: 1 }, " ");
  assert.equal(noReason.statusCode, 400);
  const adopted = await settle(senior, entry.code, ap.image, { what: "drawing", place: 1 });
  assert.equal(adopted.statusCode, 200, adopted.body);
  const truth = await study.database
    .selectFrom("image_truths")
    .selectAll()
    .executeTakeFirstOrThrow();
  assert.deepEqual([truth.how, truth.why, truth.who], ["adjudicated", "the cortex", "senior"]);
  assert.deepEqual(outlinesColumn.read(truth.outlines, "truth"), ap.drawings[1].outlines);
  const again = await settle(senior, entry.code, ap.image, { what: "drawing", place: 0 });
  assert.equal(again.json().code, "state", again.body);

  const [settled] = (await caseOf(senior, entry.code)).radiographs;
  assert.deepEqual([settled.settled, settled.drawings.length], ["adjudicated", 1]);
  const rest = await senior.send("POST", "/api/settling/agreed", { requestId: randomUUID() });
  assert.deepEqual(settledAgreedSchema.parse(rest.json()), { settled: 2, differing: 0 });
  assert.deepEqual(await listOf(senior), []);
  const { state } = await study.database
    .selectFrom("cases")
    .select("state")
    .executeTakeFirstOrThrow();
  assert.equal(state, "annotated");
});

test("settling: the worst comes first, and a senior's own drawing holds", async (context) => {
  const { annotators, senior, study } = await room(context, ["case-1", "case-2"]);
  // The second annotator lies farther off on the case that comes first to them.
  await drawAll(annotators[0], () => [10, 10, 40]);
  let shift = 40;
  await drawAll(annotators[1], () => {
    shift -= 15;
    return [10 + shift, 10, 40];
  });
  const entries = await listOf(senior);
  assert.equal(entries.length, 2);
  const [first, second] = entries.map(({ worstIou }) => worstIou ?? 1);
  assert.ok(first < second, `${first}, ${second}`);
  const [{ code }] = entries;
  const { radiographs } = await caseOf(senior, code);
  const { image } = radiographs[0];
  const own = (square: Square, visibility: string | null = "impossible") => ({
    what: "own",
    visibility,
    shapes: [fibula(image, square)],
  });
  const outside = await settle(senior, code, image, own([80, 80, 4000]));
  assert.match(outside.json().message, /leaves the radiograph/);
  const ungraded = await settle(senior, code, image, own([20, 10, 40], null));
  assert.match(ungraded.json().message, /how the fracture is seen/);
  const mended = await settle(senior, code, image, own([20, 10, 40]));
  assert.equal(mended.statusCode, 200, mended.body);
  const { outlines } = await study.database
    .selectFrom("image_truths")
    .select("outlines")
    .executeTakeFirstOrThrow();
  assert.deepEqual(outlinesColumn.read(outlines, "truth"), [
    { structure: "fibula", polygons: [[20, 10, 60, 10, 60, 50, 20, 50]] },
  ]);
  assert.equal((await settle(senior, "0".repeat(12), image, own([1, 1, 9]))).statusCode, 404);
});

test("settling: a drawing that was given back waits, also where the annotators agree", async (context) => {
  const { annotators, senior, study } = await room(context, ["case-1"]);
  for (const client of annotators) await drawAll(client, () => [10, 10, 40]);
  const reviews = worklistSchema.parse((await senior.get("/api/reviews")).json());
  const back = await senior.send("POST", `/api/reviews/${reviews.entries[0].code}/return`, {
    requestId: randomUUID(),
    reason: "look again",
  });
  assert.equal(back.statusCode, 200, back.body);
  assert.deepEqual(await listOf(senior), []);
  const none = await senior.send("POST", "/api/settling/agreed", { requestId: randomUUID() });
  assert.deepEqual(settledAgreedSchema.parse(none.json()), { settled: 0, differing: 0 });
  assert.deepEqual(await study.database.selectFrom("image_truths").selectAll().execute(), []);
});
