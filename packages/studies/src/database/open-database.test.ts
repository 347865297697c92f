import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { closeStudy, openStudy } from "../study.ts";
import { newStudy } from "../test-study.ts";

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

/** A study's folder, whose database has other migrations on record than were done. */
async function recordedOtherwise(context: TestContext, statement: string): Promise<string> {
  const { study: folder } = await newStudy(context);
  const study = await openStudy(folder);
  await sql.raw(statement).execute(study.database);
  await closeStudy(study);
  return folder;
}

test("openDatabase: a migration that is not on record is done", async (context) => {
  const folder = await recordedOtherwise(
    context,
    "delete from kysely_migration where name = (select max(name) from kysely_migration)",
  );
  // Its tables are there already.
  await assert.rejects(openStudy(folder), {
    name: "StudyError",
    code: "configuration",
    message:
      /got one whose tables cannot be brought up to date \(.*(exists|duplicate).*; they are as they were: .* restore the last backup \(malleolus backup\)$/,
  });
});

test("openDatabase: what a later version has migrated is refused", async (context) => {
  const folder = await recordedOtherwise(
    context,
    "insert into kysely_migration (name, timestamp) values ('999-later', '2999-01-01T00:00:00.000Z')",
  );
  await assert.rejects(openStudy(folder), {
    name: "StudyError",
    code: "configuration",
    message:
      /got one that a later version of Malleolus has brought up to date \(999-later\); use that version, or restore the backup from before it$/,
  });
});
