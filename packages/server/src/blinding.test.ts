/**
 * Blinding, as a test that can fail: a canary in every reading, note, report, proposal, verdict and name of
 * somebody else; every route walked by every role; and all bytes that came back searched for it. Those who run a study
 * see who takes part and how far they are, and no note, report or model's word either.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { accessSchema, caseSchema, type Prelabel, worklistSchema } from "@malleolus/schema";
import { createRound, storeProposals, submitReading } from "@malleolus/studies";
import { imageId } from "@malleolus/studies/test-people";
import { z } from "zod";
import {
  type Answer,
  addReadableCases,
  type Client,
  joinRoom,
  setUp,
  testRoom,
} from "./test-room.ts";

const CANARY = "canary";
const [NAME, NOTE, REPORT, MODEL] = ["bird", "note", "report", "model"].map((of) => CANARY + of);
const IDS = ["case-one", "case-two", "case-three"];
const VIEWS = ["ap", "mortise", "lateral"] as const;
/** What a reader must not come across, besides the canary. */
const SECRETS = [
  ...IDS,
  "observer-2",
  "observer-3",
  "patient of",
  "candidate fracture",
  ...IDS.flatMap((id) => VIEWS.map((view) => imageId(id, view))),
];

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ "x-access": accessSchema }))),
});

/** What a model that is called by the canary says of a radiograph. */
function proposalOf(image: string): Prelabel {
  return {
    image,
    model: { sha256: "c0".repeat(32), name: MODEL, version: MODEL },
    isLowerLeg: true,
    shapes: [{ structure: "fibula", polygons: [[10, 10, 20, 10, 20, 20]], line: null, score: 0.8 }],
    probabilities: null,
    flippedProbabilities: null,
    segmentation: null,
    view: null,
    side: null,
  };
}

test("blinding: no byte that a reader gets tells of others, of reports, of models, or who it is", async (context) => {
  const given = await testRoom(context);
  const { study, app } = given;
  await addReadableCases(study, IDS);
  const at = new Date().toISOString();
  const { database } = study;
  for (const caseId of IDS) {
    const reading = {
      caseId,
      panel: "curation",
      decision: { kind: "class", id: "weber_b" },
    } as const;
    for (const reader of ["observer-2", "observer-3"]) {
      await submitReading(study, { ...reading, reader, note: NOTE });
    }
    await database
      .insertInto("reports")
      .values({ id: `report ${caseId}`, case_id: caseId, text: REPORT, at, who: NAME })
      .execute();
    await storeProposals(study, [proposalOf(imageId(caseId, "ap"))], NAME);
  }
  await database
    .insertInto("verdicts")
    .values({
      panel: "reference",
      case_id: "case-one",
      revision: 1,
      decision_kind: "class",
      decision_id: NOTE,
      how: "consensus",
      ambiguous: 1,
      at,
      who: NAME,
      why: NOTE,
    })
    .execute();
  await database
    .insertInto("transitions")
    .values({
      case_id: "case-one",
      from_state: null,
      to_state: "imported",
      at,
      who: NAME,
      why: NOTE,
    })
    .execute();
  await createRound(
    study,
    {
      name: "Second look",
      people: ["observer-1", "senior", "surgeon-1"],
      repeatShare: 1,
      washoutDays: 0,
      seed: 3,
    },
    { who: NAME, at },
  );
  // A job that somebody has started, and what it says.
  const job = join(study.folder, "jobs", "1", "job");
  mkdirSync(job, { recursive: true });
  const asked = { format: "malleolus-job-1", args: ["report"], dataset: null, process: null };
  writeFileSync(join(job, "job.json"), JSON.stringify({ ...asked, who: NAME, at }));
  writeFileSync(join(job, "log"), `case-one: ${NAME}\n`);
  const administrator = await setUp(given);
  const person = async (id: string) => joinRoom(given, administrator, { person: id });
  const readers = [await person("observer-1"), await person("senior"), await person("surgeon-1")];
  // Somebody else's name and account are as secret as what they said.
  await database.updateTable("accounts").set({ name: NAME }).where("person", "is", null).execute();

  const { paths } = documentSchema.parse((await administrator.get("/api/openapi.json")).json());
  const answers: { url: string; answer: Answer }[] = [];
  for (const reader of readers) await walk(reader, Object.keys(paths), answers);
  const seen = new Set(answers.map(({ url }) => url));
  assert.ok(answers.length > 60 && seen.size > 40, `${answers.length} answers of ${seen.size}`);
  assert.ok(
    answers.some(({ answer }) => answer.rawPayload.includes("MLR1")),
    "no radiograph came",
  );
  for (const { url, answer } of answers) {
    const bytes = Buffer.concat([Buffer.from(JSON.stringify(answer.headers)), answer.rawPayload]);
    for (const word of [CANARY, ...SECRETS]) {
      assert.ok(!bytes.includes(word), `${url} (${answer.statusCode}) tells "${word}"`);
    }
    assert.equal(answer.headers.etag, undefined, url);
    assert.equal(answer.headers["last-modified"], undefined, url);
  }
  for (const role of ["viewer", "researcher", "administrator"] as const) {
    const staff =
      role === "administrator" ? administrator : await staffOf(given, administrator, role);
    const seenByStaff: { url: string; answer: Answer }[] = [];
    await walk(staff, Object.keys(paths), seenByStaff);
    const secrets = [
      NOTE,
      REPORT,
      MODEL,
      "patient of",
      ...(role === "viewer" ? ["observer-2"] : []),
    ];
    for (const { url, answer } of seenByStaff) {
      const bytes = Buffer.concat([Buffer.from(JSON.stringify(answer.headers)), answer.rawPayload]);
      for (const word of secrets) {
        assert.ok(!bytes.includes(word), `${url} (${answer.statusCode}) tells ${role} "${word}"`);
      }
    }
  }
  // The search itself finds what is there: those who run the study see it.
  const audit = await administrator.get("/api/progress");
  assert.ok(audit.rawPayload.includes("observer-2"));
  const told = await administrator.get("/api/jobs/1");
  assert.ok(told.rawPayload.includes(`case-one: ${NAME}`), told.body);
  assert.ok(app.hasRoute({ method: "GET", url: "/api/cases/:code" }));
});

const staffOf = (
  given: Parameters<typeof joinRoom>[0],
  administrator: Client,
  role: "viewer" | "researcher",
) => joinRoom(given, administrator, { roles: [role] });

/** Every route with what the reader can know, right and wrong, and the reader's own acts in between. */
async function walk(
  reader: Client,
  paths: readonly string[],
  answers: { url: string; answer: Answer }[],
): Promise<void> {
  const keep = (url: string, answer: Answer) => {
    answers.push({ url, answer });
    return answer;
  };
  const codes: string[] = [];
  for (const queue of ["curation", "reference", "round-1", "round-2"]) {
    for (const status of ["left", "new", "draft", "done"]) {
      const url = `/api/worklist?queue=${queue}&status=${status}`;
      const list = keep(url, await reader.get(url));
      codes.push(
        ...(worklistSchema.safeParse(list.json()).data?.entries ?? []).map(({ code }) => code),
      );
    }
  }
  for (const code of new Set(codes)) {
    const url = `/api/cases/${code}`;
    const found = caseSchema.parse(keep(url, await reader.get(url)).json());
    for (const { id } of found.images) {
      const image = `${url}/images/${id}/half`;
      keep(image, await reader.get(image));
    }
    const acts = [
      ["PUT", "draft", { version: 0, content: { note: "own" } }],
      ["POST", "reading", { content: { decision: { kind: "class", id: "none" } } }],
      ["POST", "reading", { content: { decision: { kind: "exclusion", id: "cast" } } }],
      ["POST", "withdraw", {}],
      ["POST", "reading", { content: { decision: { kind: "exclusion", id: "cast" } } }],
      ["POST", "reopening", { reason: "own" }],
      ["POST", "draft", { version: 7, content: {} }],
    ] as const;
    for (const [method, what, body] of acts) {
      const of = `${url}/${what}`;
      keep(of, await reader.send(method, of, { requestId: randomUUID(), ...body }));
    }
    keep(url, await reader.get(url));
  }
  for (const path of paths) {
    const url = path
      .replace("{code}", "0".repeat(12))
      .replace("{image}", "0".repeat(32))
      .replace("{size}", "full")
      .replace("{id}", "1");
    keep(url, await reader.get(url));
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      if (path === "/api/logout") continue;
      keep(url, await reader.send(method, url));
    }
  }
}
