/**
 * Reports in the reading room: listed by their folders, the page under a policy of its own, and each case with what
 * holds and what was found, on its own radiographs alone. What is not a report of this version is not shown.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type Finding,
  type ReportedPatient,
  type ReportHead,
  reportCaseSchema,
  reportSchema,
  reportsSchema,
} from "@malleolus/schema";
import { imageId } from "@malleolus/studies/test-people";
import { addReadableCases, setUp, testRoom } from "./test-room.ts";

const HEAD: ReportHead = {
  format: "malleolus-report-cases-1",
  title: "The tests",
  subtitle: "What a detector finds.",
  generatedAt: "2026-01-31T09:00:00.000Z",
  tests: [{ id: "internal-difficult", name: "Internal test", patients: ["P-1", "P-2"], right: 1 }],
};
const FINDING: Finding = {
  class: "weber_b",
  score: 0.8,
  box: [10, 10, 30, 30],
  polygons: [[10, 10, 30, 10, 30, 30]],
  areaMm2: 50,
  lengthMm: 14,
  calibration: "calibrated",
};

function reported(patient: string, caseId: string, called: string): ReportedPatient {
  return {
    patient,
    truth: "weber_a",
    called,
    scores: { weber_a: 0.2, weber_b: 0.8 },
    images: [
      { image: imageId(caseId, "lateral"), truths: null, findings: [] },
      {
        image: imageId(caseId, "ap"),
        truths: [{ class: "weber_a", polygons: [[12, 12, 28, 12, 28, 28]] }],
        findings: [FINDING],
      },
    ],
  };
}

async function room(context: TestContext) {
  const given = await testRoom(context);
  await addReadableCases(given.study, ["one", "two"]);
  const write = (id: string, name: string, lines: readonly object[]) => {
    const folder = join(given.study.folder, "reports", id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.html"), `<!doctype html><title>${id}</title>`);
    writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  };
  write("abc123", "cases.jsonl", [
    HEAD,
    reported("P-1", "one", "weber_a"),
    reported("P-2", "two", "weber_b"),
  ]);
  write("older", "report.json", [{}]);
  return { ...given, write, administrator: await setUp(given) };
}

test("reports: listed, shown under a policy of their own, and never another file", async (context) => {
  const { administrator, write } = await room(context);
  const list = async () =>
    reportsSchema.parse((await administrator.get("/api/reports")).json()).reports;
  const [only, ...others] = await list();
  assert.deepEqual(others, [], "one without its cases is not listed");
  assert.deepEqual(
    [only.id, only.title, only.tests],
    ["abc123", "The tests", [{ name: "Internal test", patients: 2, right: 1 }]],
  );
  write("newer", "cases.jsonl", [{ ...HEAD, generatedAt: "2026-02-01T09:00:00.000Z" }]);
  assert.deepEqual(
    (await list()).map(({ id }) => id),
    ["newer", "abc123"],
  );

  const page = await administrator.get("/api/reports/abc123/page");
  assert.match(page.headers["content-type"] ?? "", /^text\/html/);
  assert.match(page.body, /<title>abc123/);
  const policy = String(page.headers["content-security-policy"]);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /sandbox allow-same-origin allow-top-navigation-by-user-activation$/);
  assert.doesNotMatch(policy, /script/);
  for (const id of ["older", "nothing", "..%2Freports%2Fabc123", "."]) {
    const refused = await administrator.get(`/api/reports/${id}/page`);
    assert.ok(refused.statusCode === 404 || refused.statusCode === 400, id);
  }
});

test("reports: a case has what holds and what was found, and its own radiographs alone", async (context) => {
  const { administrator, write } = await room(context);
  const { tests } = reportSchema.parse((await administrator.get("/api/reports/abc123")).json());
  assert.deepEqual(tests, [{ id: "internal-difficult", patients: ["P-1", "P-2"] }]);
  const open = async (patient: string) =>
    reportCaseSchema.parse(
      (await administrator.get(`/api/reports/abc123/cases/${patient}`)).json(),
    );
  const [first, second] = [await open("P-1"), await open("P-2")];
  assert.deepEqual(
    [first.truth, first.called, first.place, first.of, first.previous, first.next],
    ["weber_a", "weber_a", 1, 2, null, "P-2"],
  );
  // In the order of hanging, whatever the report's.
  assert.deepEqual(
    first.images.map(({ view }) => view),
    ["ap", "mortise", "lateral"],
  );
  const [ap] = first.images;
  assert.deepEqual(
    first.findings.map(({ image, score }) => [image, score]),
    [[ap.id, 0.8]],
  );
  assert.deepEqual(
    first.truths.map(({ image, class: name }) => [image, name]),
    [[ap.id, "weber_a"]],
  );
  const picture = (patient: string, image: string) =>
    administrator.get(`/api/reports/abc123/cases/${patient}/images/${image}/half`);
  assert.equal((await picture("P-1", ap.id)).statusCode, 200);
  assert.equal((await picture("P-1", second.images[0].id)).statusCode, 404, "of another case");
  assert.equal((await picture("P-3", ap.id)).statusCode, 404);

  // Written again it is read again; what is damaged says where.
  write("abc123", "cases.jsonl", [HEAD, { patient: "P-1", truth: 1 }]);
  const damaged = await administrator.get("/api/reports/abc123/cases/P-1");
  assert.equal(damaged.statusCode, 500);
  assert.equal((await administrator.get("/api/reports/abc123/cases/P-2")).statusCode, 404);
});
