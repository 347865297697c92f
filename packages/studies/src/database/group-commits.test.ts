import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { Study } from "../study.ts";
import { studyWithPeople } from "../test-people.ts";
import { TEST_POSTGRES } from "../test-study.ts";
import { groupCommits } from "./group-commits.ts";

const add = (id: string) => async (study: Study) => {
  await study.database.insertInto("patients").values({ id, hospital: "a" }).execute();
  return id;
};

async function patients({ database }: Study): Promise<string[]> {
  const rows = await database.selectFrom("patients").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
}

test("groupCommits: each is answered with what it came to, and one that fails undoes itself alone", async (context) => {
  const study = await studyWithPeople(context);
  const { commit } = groupCommits(study);
  const answers = await Promise.allSettled([
    commit(add("one")),
    commit(async (within) => {
      await add("undone")(within);
      throw new Error("no");
    }),
    commit(add("one")),
    commit(add("two")),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected", "fulfilled"],
  );
  assert.deepEqual(await patients(study), ["one", "two"]);
});

const filesOnly = {
  skip: TEST_POSTGRES !== undefined && "a file of SQLite is told how full it may be",
};
test(
  "groupCommits: a database that is full refuses all of them, keeps nothing, and goes on afterwards",
  filesOnly,
  async (context) => {
    const study = await studyWithPeople(context);
    const { commit } = groupCommits(study);
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(study.database);
    await sql.raw(`pragma max_page_count = ${rows[0].page_count}`).execute(study.database);
    const large = (id: string) => add(`${id}${"x".repeat(100_000)}`);
    const answers = await Promise.allSettled([commit(add("small")), commit(large("a"))]);
    assert.equal(answers[1].status, "rejected");
    for (const answer of answers) {
      if (answer.status === "rejected") assert.match(String(answer.reason), /is full/);
    }
    const kept = await patients(study);
    assert.deepEqual(kept, answers[0].status === "fulfilled" ? ["small"] : []);
    await sql`pragma max_page_count = 1000000`.execute(study.database);
    await commit(add("later"));
    assert.ok((await patients(study)).includes("later"));
  },
);
