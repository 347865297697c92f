import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import { openDatabase } from "../database/open-database.ts";
import { type StoredTable, tableNames } from "../database/table-keys.ts";
import { assignReaders } from "../reading/assign-readers.ts";
import { resolveReadings } from "../reading/resolve-readings.ts";
import { submitReading } from "../reading/submit-reading.ts";
import { closeStudy, openStudy, type Study } from "../study.ts";
import { addCases, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { newServerDatabase, scratchFolder, TEST_POSTGRES } from "../test-study.ts";
import { hashTable } from "./copy-database.ts";
import { moveStudy, withDatabase } from "./move-study.ts";

const onServer = {
  skip: TEST_POSTGRES === undefined && "it needs a server: on-postgres.test.ts runs it",
};

/** A study that some have read. */
async function readStudy(context: Parameters<typeof studyWithPeople>[0]): Promise<Study> {
  const study = await studyWithPeople(context);
  const ids = ["Ä", "a", "B", "_", "é", "🦴"].map((name) => `case ${name}`);
  await addCases(
    study,
    ids.map((id) => ({ id })),
  );
  await assignReaders(study, "curation");
  for (const reader of OBSERVERS) {
    for (const id of ids) await submitReading(study, reading(id, reader, "weber_b"));
  }
  await resolveReadings(study, { panel: "curation", who: "me" });
  return study;
}

async function hashesOf(study: Study): Promise<[StoredTable, string][]> {
  const hashes: [StoredTable, string][] = [];
  for (const table of tableNames()) {
    hashes.push([table, (await hashTable(study.database, table)).sha256]);
  }
  return hashes;
}

test("tableNames: every table of a new database but those of work that goes on", async (context) => {
  const path = join(scratchFolder(context), "a.sqlite");
  const database = await openDatabase(path);
  context.after(() => database.destroy());
  const tables = await database.introspection.getTables();
  const names = tables.filter(({ isView }) => !isView).map(({ name }) => name);
  assert.deepEqual([...tableNames(), "jobs", "import_token"].toSorted(), names.toSorted());
});

test(
  "moveStudy: from PostgreSQL to a file and back, with every row, and the next row's number",
  onServer,
  async (context) => {
    const study = await readStudy(context);
    const before = await hashesOf(study);
    assert.ok(new Set(before.map(([, hash]) => hash)).size > 5);

    const there = await moveStudy(study, join(study.folder, "moved.sqlite"));
    assert.equal(there.to, "moved.sqlite");
    const inFile = await openStudy(study.folder);
    context.after(() => closeStudy(inFile));
    assert.deepEqual(await hashesOf(inFile), before);
    assert.deepEqual(
      there.tables.map(({ table, sha256 }) => [table, sha256]),
      before,
    );
    await submitReading(inFile, { ...reading("case a", OBSERVERS[0], "weber_c") }).catch(
      () => undefined,
    );
    await inFile.database.deleteFrom("transitions").where("id", "=", 3).execute();

    const url = await newServerDatabase(context);
    const back = await moveStudy(inFile, url);
    assert.equal(back.from, "moved.sqlite");
    const again = await openStudy(study.folder);
    context.after(() => closeStudy(again));
    assert.deepEqual(await hashesOf(again), await hashesOf(inFile));
    const latest = await again.database
      .selectFrom("transitions")
      .select(({ fn }) => fn.max("id").as("id"))
      .executeTakeFirstOrThrow();
    const { id } = await again.database
      .insertInto("transitions")
      .values({ case_id: "case a", to_state: "read", at: "now", who: "me", why: "test" })
      .returning("id")
      .executeTakeFirstOrThrow();
    assert.equal(id, latest.id + 1);
  },
);

test(
  "moveStudy: a database with a study is refused, and a row that changes on the way undoes all",
  onServer,
  async (context) => {
    const study = await readStudy(context);
    const other = await studyWithPeople(context);
    const configuration = readFileSync(join(study.folder, "malleolus.toml"), "utf8");
    await assert.rejects(moveStudy(study, other.configuration.storage.database), {
      code: "exists",
    });
    const url = await newServerDatabase(context);
    const target = await openDatabase(url);
    context.after(() => target.destroy());
    await sql`
    create function lose() returns trigger language plpgsql as
    $$ begin new.certainty := 5; return new; end $$`.execute(target);
    await sql`create trigger lose before insert on readings for each row execute function lose()`.execute(
      target,
    );
    await assert.rejects(
      moveStudy(study, url),
      /readings: expected the 18 rows .* nothing was moved/,
    );
    assert.deepEqual(await target.selectFrom("cases").selectAll().execute(), []);
    assert.equal(readFileSync(join(study.folder, "malleolus.toml"), "utf8"), configuration);
  },
);

test("withDatabase: the line below [storage], whatever else stands there", async (context) => {
  const { folder } = await studyWithPeople(context);
  const path = join(folder, "malleolus.toml");
  const text = `# database = "no"\n${readFileSync(path, "utf8")}`;
  const changed = withDatabase(text, "postgres://u@/d", path);
  const lines = (all: string) => all.split("\n").filter((line) => !line.startsWith("database"));
  assert.deepEqual(lines(changed), lines(text));
  assert.match(changed, /^database = "postgres:\/\/u@\/d"$/m);
  const inline = text.replace(/^database = .*$/m, "").replace("[storage]", "[storage]\n# none");
  writeFileSync(path, inline);
  assert.throws(() => withDatabase(inline, "b.sqlite", path), { code: "configuration" });
});
