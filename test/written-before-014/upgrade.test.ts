/**
 * A backup that a version before migration 014 made of a study with something in every table: restored, upgraded, read
 * and gone on with. The older rows are read by plain SQL before today's code opens the database.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { readRadiograph } from "@malleolus/data";
import {
  annotationAgreement,
  annotatorWorklist,
  backUpStudy,
  classesOfCases,
  closeStudy,
  cocoExport,
  findReaderTask,
  findSession,
  imagePath,
  listCases,
  listMembers,
  listReopenings,
  listRounds,
  openKeys,
  openQueue,
  openStudy,
  readAudit,
  readerWorklist,
  readFlow,
  readingMatrix,
  readTestSets,
  requireConsent,
  type Study,
  screenCases,
  selectionVisibleTo,
  submitOwnReading,
  wrongFindingRounds,
} from "@malleolus/studies";

const PASSPHRASE = "written before 014";
const SQLITE = "study.sqlite";
/** What migrations 014 to 016 change: a table's name, a column that is added, a table that is new. */
const RENAMED = new Map([["corrections", "wrong_findings"]]);
const NEW_TABLES = ["import_token"];
/** Where Kysely notes which migrations were done, and SQLite which numbers were given. */
const BOOKKEEPING = /^(kysely_|sqlite_)/;

type Row = Readonly<Record<string, unknown>>;
type Rows = ReadonlyMap<string, readonly Row[]>;

interface Restored {
  /** Where the study, its key file and what the older version said of it are. */
  readonly folder: string;
  readonly before: Rows;
  readonly told: Readonly<Record<string, unknown>>;
}

/** The older version's backup, unpacked as somebody would who restores it. */
function restore(context: TestContext): Restored {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-before-014-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  unpack(join(import.meta.dirname, "study.tar.gz"), folder);
  unpack(join(folder, "backup.tar"), folder);
  const told = JSON.parse(readFileSync(join(folder, "told.json"), "utf8"));
  return { folder, before: rowsOf(join(folder, "study", SQLITE)), told };
}

function unpack(archive: string, folder: string): void {
  execFileSync("tar", ["-xf", archive, "-C", folder]);
}

/** Opened by today's code, which upgrades it. */
async function upgrade(context: TestContext, folder: string): Promise<Study> {
  const study = await openStudy(join(folder, "study"));
  context.after(() => closeStudy(study));
  return study;
}

/** Of every table, each row as it is stored. */
function rowsOf(path: string): Rows {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database
      .prepare("select name from sqlite_schema where type = 'table' order by name")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !BOOKKEEPING.test(name));
    return new Map(
      tables.map((name) => [
        name,
        database
          .prepare(`select * from "${name}"`)
          .all()
          .map((row): Row => ({ ...row }))
          .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      ]),
    );
  } finally {
    database.close();
  }
}

/** What today's database must hold, of the older one's rows. */
function upgraded(before: Rows): Rows {
  const after = new Map<string, readonly Row[]>(NEW_TABLES.map((name) => [name, []]));
  for (const [table, rows] of before) after.set(RENAMED.get(table) ?? table, rows);
  after.set(
    "jobs",
    (before.get("jobs") ?? []).map((row) => {
      const { kind, model } = JSON.parse(String(row.content));
      return { ...row, topic: `${kind}/${model}` };
    }),
  );
  return after;
}

function assertSameRows(actual: Rows, expected: Rows): void {
  assert.deepEqual([...actual.keys()].toSorted(), [...expected.keys()].toSorted());
  for (const [table, rows] of expected) assert.deepEqual(actual.get(table), rows, table);
}

/** What of the domain the older version said, as JSON has it. A field that a later version adds is no loss. */
async function assertTold(study: Study, told: Restored["told"]): Promise<void> {
  const actual: Readonly<Record<string, unknown>> = {
    flow: await readFlow(study),
    cases: await listCases(study),
    classes: [...(await classesOfCases(study))].toSorted(),
    curation: await readingMatrix(study, "curation"),
    reference: await readingMatrix(study, "reference"),
    rounds: await listRounds(study),
    reopenings: await listReopenings(study),
    annotationAgreement: await annotationAgreement(study),
    tests: await readTestSets(study),
    externalTest: (await cocoExport(study, "external test")).dataset,
    selection: await selectionVisibleTo(study, { viewer: "coordinator" }),
    members: await listMembers(study),
    audit: await readAudit(study, { limit: 100 }),
    wrongFindings: await wrongFindingRounds(study),
  };
  assert.deepEqual(Object.keys(actual).toSorted(), Object.keys(told).toSorted());
  for (const [what, value] of Object.entries(told)) {
    const said: unknown = JSON.parse(JSON.stringify(actual[what]));
    assert.partialDeepStrictEqual(said, value, what);
    // Of a list, partialDeepStrictEqual lets some be enough.
    assert.deepEqual(lengthsIn(said, value), lengthsIn(value, value), what);
  }
}

/** Of each list in `value`, by its place, how long the one at that place in `said` is. */
function lengthsIn(said: unknown, value: unknown, place = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  const inner = Object.entries(value).map(([key, one]) =>
    lengthsIn(Object(said)[key], one, `${place}/${key}`),
  );
  const own = Array.isArray(value) ? { [place]: Object(said).length } : {};
  return Object.assign(own, ...inner);
}

test("an older study: something is in every table, so that nothing is lost unseen", (context) => {
  const { before } = restore(context);
  const empty = [...before].filter(([, rows]) => rows.length === 0).map(([name]) => name);
  assert.deepEqual(empty, []);
  assert.ok(before.has("corrections") && !before.has("wrong_findings"));
  const states = new Set(before.get("jobs")?.map(({ state }) => state));
  assert.deepEqual([...states].toSorted(), ["active", "completed", "dead", "waiting"]);
});

test("an older backup: restored and upgraded, every row is there as it was", async (context) => {
  const { folder, before } = restore(context);
  const study = await upgrade(context, folder);
  assertSameRows(rowsOf(join(study.folder, SQLITE)), upgraded(before));
});

test("an older backup: cases, readings, truths, rounds, accounts and audit are told as they were", async (context) => {
  const { folder, told } = restore(context);
  const study = await upgrade(context, folder);
  await assertTold(study, told);
  requireConsent(study);
  const images = await study.database.selectFrom("images").select("sha256").execute();
  assert.equal(images.length, 38);
  for (const { sha256 } of images) {
    const { width, height } = await readRadiograph(imagePath(study.images, sha256));
    assert.deepEqual([width, height], [50, 60]);
  }
});

test("an upgraded study: backed up by today's code and restored, it is the same once more", async (context) => {
  const { folder, before, told } = restore(context);
  const study = await upgrade(context, folder);
  const again = join(folder, "again");
  await backUpStudy(study, join(folder, "today.tar"));
  execFileSync("mkdir", [again]);
  unpack(join(folder, "today.tar"), again);
  assertSameRows(rowsOf(join(again, "study", SQLITE)), upgraded(before));
  await assertTold(await upgrade(context, again), told);
});

test("an older backup: its key file opens, and no other passphrase does", async (context) => {
  const { folder } = restore(context);
  const study = await upgrade(context, folder);
  await assert.rejects(openKeys(study, "another"), { code: "passphrase" });
  const keys = await openKeys(study, PASSPHRASE);
  try {
    const patients = (await listCases(study)).map(({ patient }) => keys.entry(patient)?.patientId);
    assert.equal(patients.filter((id) => /^MRN70\d\d$/.test(id ?? "")).length, 19);
  } finally {
    keys.close();
  }
});

test("an upgraded study: sessions hold, drafts are submitted, drawings and jobs go on, it is screened", async (context) => {
  const { folder, before } = restore(context);
  const study = await upgrade(context, folder);
  const session = await findSession(
    study,
    "token of a session",
    new Date(Date.parse(String(before.get("sessions")?.[0]?.at)) + 60_000),
  );
  assert.equal(session?.account.login, "anna");

  const left = { status: "left", search: undefined, limit: 100 } as const;
  const question = { queue: "curation", ...left } as const;
  const [entry, ...more] = (await readerWorklist(study, "observer-3", question)).entries;
  assert.deepEqual([entry?.state, more.length], ["draft", 0]);
  const task = await findReaderTask(study, "observer-3", entry.code);
  await submitOwnReading(study, task, {
    decision: { kind: "class", id: "weber_a" },
    certainty: 5,
  });
  assert.deepEqual((await readerWorklist(study, "observer-3", question)).entries, []);
  for (const annotator of ["annotator-1", "annotator-2"]) {
    assert.ok((await annotatorWorklist(study, annotator, left)).entries.length > 0, annotator);
  }

  const topic = `analyze/${"a1".repeat(32)}`;
  const queue = await openQueue(study);
  try {
    assert.equal(await queue.claim("prelabel/another"), null);
    const keys = [];
    for (let job = await queue.claim(topic); job !== null; job = await queue.claim(topic)) {
      keys.push(job.key);
    }
    // Whoever had the one that was active has said nothing since.
    assert.deepEqual(keys.toSorted(), ["active", "waiting"]);
    assert.equal(await queue.revive(), 1);
  } finally {
    await queue.close();
  }
  await screenCases(study, "screener", () => undefined);
});

test("an older database: one that was cut short is refused by its name, and stays as it is", async (context) => {
  const { folder } = restore(context);
  const path = join(folder, "study", SQLITE);
  const half = readFileSync(path).subarray(0, 40_000);
  writeFileSync(path, half);
  await assert.rejects(openStudy(join(folder, "study")), {
    code: "configuration",
    message:
      /study\.sqlite: expected a study's database, got one that cannot be opened \(.*\); restore the last backup/,
  });
  assert.deepEqual(readFileSync(path), half);
});
