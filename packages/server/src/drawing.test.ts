/** Drawing over HTTP: the annotator's own queue, drafts and their conflicts, proposals by arm and time. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  type AnnotatingCase,
  type AnnotationContent,
  annotatingCaseSchema,
  type DrawnShape,
  emptyAnnotation,
  namedDrawingTimesSchema,
  outlinesColumn,
  queuesSchema,
  worklistSchema,
} from "@malleolus/schema";
import { type Study, storeProposals } from "@malleolus/studies";
import { imageId } from "@malleolus/studies/test-people";
import { openStudyDrawingTimes } from "./figures/study-drawing-times.ts";
import { addDrawableCases, type Client, joinRoom, setUp, testRoom } from "./test-room.ts";

const ID = "case-1";
const VIEWS = ["ap", "mortise", "lateral"] as const;

async function annotator(context: Parameters<typeof testRoom>[0], protocol = {}) {
  const given = await testRoom(context);
  Object.assign(given.study.protocol.annotation, { unassistedShare: 0, ...protocol });
  await addDrawableCases(given.study, [ID, "case-2"]);
  const administrator = await setUp(given);
  const join = (person: string) => joinRoom(given, administrator, { person });
  return { ...given, administrator, join, drawer: await join("annotator-1") };
}

async function propose(study: Study, caseId = ID): Promise<number> {
  const { ids } = await storeProposals(
    study,
    [
      {
        image: imageId(caseId, "ap"),
        model: { sha256: "c0".repeat(32), name: "preliminary", version: "1" },
        isLowerLeg: true,
        shapes: [
          { structure: "fibula", polygons: [[10, 10, 90, 10, 90, 90]], line: null, score: 0.8 },
        ],
        probabilities: null,
        flippedProbabilities: null,
        segmentation: null,
        view: null,
        side: null,
      },
    ],
    "test",
  );
  return ids[0];
}

/** The codes of an annotator's cases that hold proposals or not are the same: all are looked through. */
async function openCase(client: Client, wanted: (one: AnnotatingCase) => boolean = () => true) {
  const list = worklistSchema.parse((await client.get("/api/worklist?queue=annotation")).json());
  for (const { code } of list.entries) {
    const url = `/api/annotating/${code}`;
    const found = annotatingCaseSchema.parse((await client.get(url)).json());
    if (wanted(found)) return { url, found };
  }
  throw new Error("internal: no such case");
}

function shape(image: string, structure: string, changes: Partial<DrawnShape> = {}): DrawnShape {
  return {
    id: `s-${structure}`,
    image,
    structure,
    form: "polygon",
    points: [20, 20, 60, 20, 60, 60],
    widthMm: null,
    order: 1,
    locked: false,
    doubtful: false,
    parents: [],
    offer: null,
    ...changes,
  };
}

function content(found: AnnotatingCase, changes: Partial<AnnotationContent> = {}) {
  const seconds = Object.fromEntries(found.images.map(({ id }) => [id, 10]));
  const visibility = Object.fromEntries(found.images.map(({ id }) => [id, "impossible" as const]));
  return { ...emptyAnnotation, seconds, visibility, ...changes };
}

const save = (client: Client, url: string, version: number, drawn: AnnotationContent) =>
  client.send("PUT", `${url}/draft`, { requestId: randomUUID(), version, content: drawn });
const submit = (client: Client, url: string, version: number, drawn: AnnotationContent) =>
  client.send("POST", `${url}/submission`, { requestId: randomUUID(), version, content: drawn });

test("drawing: a queue of one's own, a draft, a submission, an annotation a radiograph with its time", async (context) => {
  const { drawer, study } = await annotator(context);
  const { queues } = queuesSchema.parse((await drawer.get("/api/queues")).json());
  assert.deepEqual(
    queues.map(({ key, left, drafts }) => [key, left, drafts]),
    [["annotation", 2, 0]],
  );
  const { url, found } = await openCase(drawer);
  assert.deepEqual([found.state, found.hasFracture, found.of], ["new", true, 2]);
  assert.deepEqual(
    found.structures.map(({ id }) => id),
    ["fibula", "tibia", "fracture"],
  );
  const [ap, mortise] = found.images;
  const line = shape(ap.id, "fracture", { form: "line", points: [10, 10, 50, 40], widthMm: 3 });
  const drawn = content(found, {
    shapes: [line, shape(mortise.id, "tibia")],
    visibility: { ...content(found).visibility, [ap.id]: "difficult" },
  });
  const saved = await save(drawer, url, 0, drawn);
  assert.equal(saved.json().version, 1, saved.body);
  const { draft, state } = annotatingCaseSchema.parse((await drawer.get(url)).json());
  assert.deepEqual([state, draft?.content], ["draft", drawn]);
  const done = await submit(drawer, url, 1, drawn);
  assert.equal(done.statusCode, 200, done.body);
  assert.equal(done.json().next, found.next ?? found.previous);
  const rows = await study.database
    .selectFrom("annotations")
    .innerJoin("images", "images.sha256", "annotations.image_sha256")
    .select(["images.sha256", "visibility", "outlines", "seconds", "author", "proposals"])
    .execute();
  assert.equal(rows.length, 3);
  assert.deepEqual(new Set(rows.map(({ seconds }) => seconds)), new Set([10]));
  const outlines = rows.flatMap((row) => outlinesColumn.read(row.outlines, "outlines"));
  assert.deepEqual(
    outlines.toSorted((a, b) => (a.structure < b.structure ? -1 : 1)),
    [
      { structure: "fracture", polygons: [], lines: [{ points: line.points, widthMm: 3 }] },
      { structure: "tibia", polygons: [[20, 20, 60, 20, 60, 60]] },
    ],
  );
  const again = annotatingCaseSchema.parse((await drawer.get(url)).json());
  assert.deepEqual([again.state, again.submitted?.revisable], ["submitted", true]);
  const revised = await submit(drawer, url, 2, {
    ...drawn,
    seconds: { ...drawn.seconds, [ap.id]: 25 },
  });
  assert.equal(revised.statusCode, 200, revised.body);
  const second = await study.database
    .selectFrom("annotations")
    .select("seconds")
    .where("revision", "=", 2)
    .execute();
  assert.deepEqual(second.map(({ seconds }) => seconds).toSorted(), [0, 0, 15], "no time twice");
});

test("drawing: two tabs: the second save is stale, changes nothing, and the same act is done once", async (context) => {
  const { drawer } = await annotator(context);
  const { url, found } = await openCase(drawer);
  const mine = content(found, { shapes: [shape(found.images[0].id, "fibula")] });
  const body = { requestId: randomUUID(), version: 0, content: mine };
  const first = await drawer.send("PUT", `${url}/draft`, body);
  assert.deepEqual((await drawer.send("PUT", `${url}/draft`, body)).json(), first.json());
  const stale = await save(drawer, url, 0, content(found));
  assert.deepEqual([stale.statusCode, stale.json().code], [409, "stale"]);
  const { draft } = annotatingCaseSchema.parse((await drawer.get(url)).json());
  assert.deepEqual([draft?.version, draft?.content.shapes.length], [1, 1]);
});

test("drawing: what does not hold together is refused in words that tell nothing of the study", async (context) => {
  const { drawer } = await annotator(context);
  const { url, found } = await openCase(drawer);
  const [ap] = found.images;
  const cases: readonly (readonly [Partial<AnnotationContent>, RegExp])[] = [
    [{ visibility: {} }, /how the fracture is seen/],
    [{ shapes: [shape(ap.id, "fracture")] }, /impossible/],
    [{ shapes: [shape(ap.id, "fibula", { points: [0, 0, 9, 9, 9, 0, 0, 9] })] }, /crosses itself/],
    [{ shapes: [shape(ap.id, "fibula", { points: [0, 0, 500, 0, 9, 9] })] }, /leaves/],
    [{ shapes: [shape(ap.id, "talus")] }, /not accepted as it is/],
    [
      { parked: [{ id: "p", image: ap.id, structure: "fibula", tool: "polygon", points: [1, 1] }] },
      /put aside/,
    ],
    [{ shapes: [shape("f".repeat(32), "fibula")] }, /not this case's/],
  ];
  for (const [changes, expected] of cases) {
    const refused = await submit(drawer, url, 0, content(found, changes));
    assert.equal(refused.statusCode, 400, refused.body);
    assert.match(refused.json().message, expected);
    assert.doesNotMatch(refused.body, /weber|[0-9a-f]{64}|case-1/);
  }
  assert.equal(annotatingCaseSchema.parse((await drawer.get(url)).json()).state, "new");
});

test("drawing: proposals come at once, are decided one by one, and an open one keeps the case back", async (context) => {
  const { drawer, study } = await annotator(context);
  const prelabel = await propose(study);
  const { url, found } = await openCase(drawer, ({ proposals }) => proposals.offers.length > 0);
  const { shown, offers } = found.proposals;
  assert.deepEqual([shown, offers.map(({ key }) => key)], ["at once", [`${prelabel} fibula`]]);
  const [offer] = offers;
  const open = await submit(drawer, url, 0, content(found));
  assert.match(open.json().message, /undecided/);
  const accepted = shape(offer.image, "fibula", {
    points: [...offer.polygons[0]],
    offer: offer.key,
  });
  const drawn = content(found, {
    shapes: [accepted],
    decisions: [{ offer: offer.key, is: "accepted" }],
  });
  const done = await submit(drawer, url, 0, drawn);
  assert.equal(done.statusCode, 200, done.body);
  const decision = await study.database
    .selectFrom("proposal_decisions")
    .select(["decision", "overlap", "prelabel_id"])
    .executeTakeFirstOrThrow();
  assert.deepEqual({ ...decision }, { decision: "accepted", overlap: 1, prelabel_id: prelabel });
  const again = await submit(drawer, url, 1, drawn);
  assert.equal(again.statusCode, 200, again.body);
});

test("drawing: proposals wait for the first own shape where the study says so, or never come", async (context) => {
  const { drawer, study } = await annotator(context, { proposals: "after the first shape" });
  await propose(study);
  await propose(study, "case-2");
  const { url, found } = await openCase(drawer);
  assert.deepEqual(found.proposals, { shown: "after the first shape", offers: [] });
  const lateral = found.images.find(({ view }) => view === "lateral");
  const elsewhere = content(found, { shapes: [shape(lateral?.id ?? "", "tibia")] });
  await save(drawer, url, 0, elsewhere);
  assert.deepEqual((await drawer.get(`${url}/offers`)).json().offers, []);
  const ap = found.images.find(({ view }) => view === "ap");
  const there = content(found, { shapes: [shape(ap?.id ?? "", "tibia")] });
  await save(drawer, url, 1, there);
  assert.equal((await drawer.get(`${url}/offers`)).json().offers.length, 1);
  Object.assign(study.protocol.annotation, { proposals: "never" });
  assert.deepEqual((await drawer.get(`${url}/offers`)).json(), { shown: "never", offers: [] });
});

test("drawing: an unassisted case shows no proposal, whatever the study's time for them", async (context) => {
  const { drawer, study } = await annotator(context, { unassistedShare: 1 });
  await propose(study);
  await propose(study, "case-2");
  const { found } = await openCase(drawer);
  assert.deepEqual(found.proposals, { shown: "never", offers: [] });
});

test("drawing: one annotator's case, radiographs and drawing are nobody else's", async (context) => {
  const { drawer, join } = await annotator(context);
  const { url, found } = await openCase(drawer);
  await save(drawer, url, 0, content(found, { shapes: [shape(found.images[0].id, "fibula")] }));
  const other = await join("annotator-2");
  assert.equal((await other.get(url)).statusCode, 404);
  assert.equal((await other.get(`${url}/images/${found.images[0].id}/full`)).statusCode, 404);
  assert.equal((await drawer.get(`${url}/images/${found.images[0].id}/full`)).statusCode, 200);
  const theirs = await openCase(other);
  assert.deepEqual([theirs.found.draft, theirs.found.state], [null, "new"]);
});

test("drawing: an annotator who has still to read a case does not get it to draw", async (context) => {
  const { drawer, study } = await annotator(context);
  await study.database
    .insertInto("tasks")
    .values({
      queue: "reference",
      case_id: ID,
      person: "annotator-1",
      seat: 0,
      position: "0".repeat(20),
      done: 0,
    })
    .execute();
  const list = worklistSchema.parse((await drawer.get("/api/worklist?queue=annotation")).json());
  assert.equal(list.entries.length, 1);
});

test("review: a senior comments and gives back, the annotator answers and submits again, nobody else sees it", async (context) => {
  const { drawer, join, study } = await annotator(context);
  const { url, found } = await openCase(drawer);
  const code = url.split("/").at(-1);
  const drawn = content(found);
  const senior = await join("senior");
  const list = async () =>
    worklistSchema.parse((await senior.get("/api/reviews")).json()).entries.map((one) => one.code);
  assert.deepEqual(await list(), []);
  await submit(drawer, url, 0, drawn);
  assert.deepEqual(await list(), [code]);
  const review = `/api/reviews/${code}`;
  const seen = annotatingCaseSchema.parse((await senior.get(review)).json());
  assert.equal((await senior.get(`${review}/images/${seen.images[0].id}/half`)).statusCode, 200);
  assert.doesNotMatch(JSON.stringify(seen), /annotator-1/);
  const said = await senior.send("POST", `${review}/threads`, {
    requestId: randomUUID(),
    image: seen.images[0].id,
    x: 12,
    y: 40,
    text: "Look here",
  });
  assert.equal(said.statusCode, 200, said.body);
  const back = await senior.send("POST", `${review}/return`, {
    requestId: randomUUID(),
    reason: "The line goes on",
  });
  assert.equal(back.statusCode, 200, back.body);
  assert.deepEqual(await list(), []);
  const returned = annotatingCaseSchema.parse((await drawer.get(url)).json());
  assert.deepEqual([returned.state, returned.returned?.reason], ["draft", "The line goes on"]);
  const [thread] = returned.threads;
  assert.deepEqual(
    thread.comments.map(({ author, isOwn, text }) => [author, isOwn, text]),
    [["senior", false, "Look here"]],
  );
  const answer = await drawer.send("POST", `${url}/threads/${thread.id}/comments`, {
    requestId: randomUUID(),
    text: "Done",
  });
  assert.equal(answer.json().threads[0].comments.length, 2, answer.body);
  const closed = await drawer.send("PATCH", `${url}/threads/${thread.id}`, {
    requestId: randomUUID(),
    resolved: true,
  });
  assert.notEqual(closed.json().threads[0].resolvedAt, null);
  assert.equal(closed.json().threads[0].comments.length, 2, "what was said stays");
  const again = await submit(drawer, url, 1, drawn);
  assert.equal(again.statusCode, 200, again.body);
  const done = annotatingCaseSchema.parse((await drawer.get(url)).json());
  assert.deepEqual([done.state, done.returned], ["submitted", null]);
  const other = await openCase(await join("annotator-2"));
  assert.deepEqual(other.found.threads, []);
  assert.equal((await study.database.selectFrom("comments").selectAll().execute()).length, 3);
  assert.equal((await (await join("annotator-2").catch(() => drawer)).get(review)).statusCode, 403);
});

test("drawing times: by annotator and arm, with what was moved, for those who run the study alone", async (context) => {
  const { drawer, administrator, study } = await annotator(context);
  const prelabel = await propose(study);
  const none = namedDrawingTimesSchema.parse(
    (await administrator.get("/api/drawing-times")).json(),
  );
  assert.deepEqual([none.rows, none.difference.value], [[], null]);
  const { url, found } = await openCase(drawer, ({ proposals }) => proposals.offers.length > 0);
  const [offer] = found.proposals.offers;
  const points = offer.polygons[0].map((value) => value + 2);
  const drawn = content(found, {
    shapes: [shape(offer.image, "fibula", { points, offer: offer.key })],
    decisions: [{ offer: `${prelabel} fibula`, is: "mended" }],
    seconds: { ...content(found).seconds, [offer.image]: 40 },
  });
  const done = await submit(drawer, url, 0, drawn);
  assert.equal(done.statusCode, 200, done.body);
  const answer = await administrator.get("/api/drawing-times");
  const { rows, arms, difference, names } = namedDrawingTimesSchema.parse(answer.json());
  assert.deepEqual(
    rows.map(({ annotator: who, arm, drawings, seconds, objects }) => [
      who,
      arm,
      drawings,
      seconds.value,
      objects.value,
    ]),
    [["annotator-1", "assisted", 3, 20, 1 / 3]],
  );
  const { movedMm } = arms[0];
  assert.ok(movedMm.value !== null && movedMm.value > 0 && movedMm.value < 2, `${movedMm.value}`);
  assert.deepEqual([difference.value, Object.keys(names).includes("annotator-1")], [null, true]);
  assert.equal((await drawer.get("/api/drawing-times")).statusCode, 403);
});

test("drawing times: computed beside those who draw, once for all who ask, and not while the server stops", async (context) => {
  const { study } = await annotator(context);
  const times = openStudyDrawingTimes(study);
  let [turns, isOver] = [0, false];
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const [first, second] = await Promise.all([times.now(), times.now()]);
  isOver = true;
  assert.ok(turns > 20, `${turns} turns`);
  assert.equal(first.difference, second.difference, "computed once");
  const asked = assert.rejects(times.now(), /The server is stopping/);
  await times.close();
  await asked;
  await assert.rejects(times.now(), /The server is stopping/);
});

test("drawing: views of a case come in the order of hanging", async (context) => {
  const { drawer } = await annotator(context);
  const { found } = await openCase(drawer);
  assert.deepEqual(
    found.images.map(({ view }) => view),
    VIEWS,
  );
});
