/**
 * Blinding of annotators, as a test that can fail: a canary in the other annotator's drawing and comments, in
 * readings, reports, verdicts and names; every route walked by an annotator and by a senior who reviews;
 * and all bytes that came back searched for it.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { annotatingCaseSchema, emptyAnnotation, worklistSchema } from "@malleolus/schema";
import { storeProposals } from "@malleolus/studies";
import { imageId } from "@malleolus/studies/test-people";
import {
  type Answer,
  addDrawableCases,
  type Client,
  joinRoom,
  setUp,
  testRoom,
} from "./test-room.ts";

const CANARY = "canarybird";
const IDS = ["case-one", "case-two"];
const SECRETS = [
  ...IDS,
  "weber_b",
  "annotator-2",
  "patient of",
  ...IDS.flatMap((id) => (["ap", "mortise", "lateral"] as const).map((view) => imageId(id, view))),
];

test("blinding: no byte that an annotator gets tells of the other, of readings, reports or the class", async (context) => {
  const given = await testRoom(context);
  const { study } = given;
  // Drawn without: what a model says is a secret, too.
  Object.assign(study.protocol.annotation, { unassistedShare: 1 });
  await addDrawableCases(study, IDS);
  const at = new Date().toISOString();
  for (const caseId of IDS) {
    await study.database
      .insertInto("reports")
      .values({ id: `report ${caseId}`, case_id: caseId, text: CANARY, at, who: CANARY })
      .execute();
    await study.database
      .insertInto("readings")
      .values({
        panel: "curation",
        case_id: caseId,
        reader: "observer-2",
        revision: 1,
        decision_kind: "class",
        decision_id: "weber_b",
        note: CANARY,
        blind: 1,
        at,
      })
      .execute();
    await storeProposals(
      study,
      [
        {
          image: imageId(caseId, "ap"),
          model: { sha256: "c0".repeat(32), name: CANARY, version: CANARY },
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
      CANARY,
    );
  }
  const administrator = await setUp(given);
  const join = (person: string) => joinRoom(given, administrator, { person });
  const other = await join("annotator-2");
  await drawCanaries(other);
  const answers: { url: string; answer: Answer }[] = [];
  await walk(await join("annotator-1"), answers);
  assert.ok(answers.length > 40, `${answers.length} answers`);
  for (const { url, answer } of answers) {
    const bytes = Buffer.concat([Buffer.from(JSON.stringify(answer.headers)), answer.rawPayload]);
    for (const word of [CANARY, ...SECRETS]) {
      assert.ok(!bytes.includes(word), `${url} (${answer.statusCode}) tells "${word}"`);
    }
    assert.equal(answer.headers.etag, undefined, url);
  }
  // A senior sees the drawing and its comments, and still not whose they are, nor the class.
  const senior = await join("senior");
  const { entries } = worklistSchema.parse((await senior.get("/api/reviews")).json());
  const seen = await senior.get(`/api/reviews/${entries[0].code}`);
  assert.ok(seen.body.includes(CANARY), "the search finds what is there");
  for (const word of SECRETS) assert.ok(!seen.body.includes(word), word);
});

/** The other annotator's drawing and comments, full of canaries. */
async function drawCanaries(client: Client): Promise<void> {
  const list = worklistSchema.parse((await client.get("/api/worklist?queue=annotation")).json());
  for (const { code } of list.entries) {
    const url = `/api/annotating/${code}`;
    const { images } = annotatingCaseSchema.parse((await client.get(url)).json());
    const shape = {
      id: CANARY,
      image: images[0].id,
      structure: "fibula",
      form: "polygon" as const,
      points: [20, 20, 60, 20, 60, 60],
      widthMm: null,
      order: 1,
      locked: false,
      doubtful: false,
      parents: [],
      offer: null,
    };
    const visibility = Object.fromEntries(images.map(({ id }) => [id, "impossible" as const]));
    const content = { ...emptyAnnotation, shapes: [shape], visibility };
    const comment = { image: images[0].id, x: 5, y: 5, text: CANARY };
    const said = await client.send("POST", `${url}/threads`, {
      requestId: randomUUID(),
      ...comment,
    });
    assert.equal(said.statusCode, 200, said.body);
    const body = { requestId: randomUUID(), version: 0, content };
    const done = await client.send("POST", `${url}/submission`, body);
    assert.equal(done.statusCode, 200, done.body);
  }
}

async function walk(client: Client, answers: { url: string; answer: Answer }[]): Promise<void> {
  const keep = (url: string, answer: Answer) => {
    answers.push({ url, answer });
    return answer;
  };
  keep("/api/queues", await client.get("/api/queues"));
  const url = "/api/worklist?queue=annotation";
  const list = worklistSchema.parse(keep(url, await client.get(url)).json());
  for (const { code } of list.entries) {
    const base = `/api/annotating/${code}`;
    const found = annotatingCaseSchema.parse(keep(base, await client.get(base)).json());
    keep(`${base}/offers`, await client.get(`${base}/offers`));
    for (const { id } of found.images) {
      for (const size of ["full", "half"]) {
        const image = `${base}/images/${id}/${size}`;
        keep(image, await client.get(image));
      }
    }
    const image = found.images[0].id;
    const wrong = { ...emptyAnnotation, visibility: { [image]: "easy" as const } };
    const acts = [
      ["PUT", "draft", { version: 0, content: emptyAnnotation }],
      ["PUT", "draft", { version: 0, content: emptyAnnotation }],
      ["POST", "submission", { version: 1, content: wrong }],
      ["POST", "submission", { version: 9, content: wrong }],
      ["POST", "threads", { image, x: 1, y: 2, text: "own" }],
      ["POST", "threads", { image: "f".repeat(32), x: 1, y: 2, text: "own" }],
      ["POST", "threads/1/comments", { text: "own" }],
      ["PATCH", "threads/1", { resolved: true }],
      ["PATCH", "threads/99", { resolved: true }],
    ] as const;
    for (const [method, what, body] of acts) {
      const of = `${base}/${what}`;
      keep(of, await client.send(method, of, { requestId: randomUUID(), ...body }));
    }
    const { threads } = annotatingCaseSchema.parse(keep(base, await client.get(base)).json());
    // The other has opened two.
    assert.deepEqual(
      threads.map(({ id }) => id),
      [1],
      "a thread's number counts the own alone",
    );
    keep(`/api/cases/${code}`, await client.get(`/api/cases/${code}`));
    keep(`/api/reviews/${code}`, await client.get(`/api/reviews/${code}`));
  }
}
