import assert from "node:assert/strict";
import { test } from "node:test";
import { closeStudy, openStudy, type Study } from "../study.ts";
import { newStudy, TEST_POSTGRES } from "../test-study.ts";
import { inTransaction, type StudyTransaction } from "./in-transaction.ts";

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

/** One study, opened as by two processes; once where it is SQLite's, whose second one would hold up this thread. */
async function openedTwice(context: TestContext): Promise<[Study, Study]> {
  const { study: folder } = await newStudy(context);
  const one = await openStudy(folder);
  const other = TEST_POSTGRES === undefined ? one : await openStudy(folder);
  context.after(async () => {
    await closeStudy(one);
    if (other !== one) await closeStudy(other);
  });
  return [one, other];
}

async function countPatients(database: Study["database"]): Promise<number> {
  const { count } = await database
    .selectFrom("patients")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

async function addPatient(transaction: StudyTransaction, id: string): Promise<void> {
  await transaction.insertInto("patients").values({ id, hospital: "a" }).execute();
}

test("inTransaction: of many that count and then write each counts what those before it wrote", async (context) => {
  const studies = await openedTwice(context);
  const numbers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      inTransaction(studies[i % 2].database, async (transaction) => {
        const count = await countPatients(transaction);
        await addPatient(transaction, `patient ${i}`);
        return count;
      }),
    ),
  );
  assert.deepEqual(
    numbers.toSorted((a, b) => a - b),
    Array.from({ length: 12 }, (_, i) => i),
  );
});

const onServer = { skip: TEST_POSTGRES === undefined && "SQLite lets the second one wait" };

test(
  "inTransaction: one that others have overtaken is done again, from nothing",
  onServer,
  async (context) => {
    const [one, other] = await openedTwice(context);
    const counts: number[] = [];
    await inTransaction(one.database, async (transaction) => {
      counts.push(await countPatients(transaction));
      if (counts.length === 1) {
        await inTransaction(other.database, async (within) => {
          await addPatient(within, `after ${await countPatients(within)}`);
        });
      }
      await addPatient(transaction, `mine after ${counts.at(-1)}`);
    });
    assert.deepEqual(counts, [0, 1]);
    const rows = await one.database.selectFrom("patients").select("id").orderBy("id").execute();
    assert.deepEqual(
      rows.map(({ id }) => id),
      ["after 0", "mine after 1"],
    );
  },
);

test("inTransaction: what fails for another reason is thrown, and leaves nothing", async (context) => {
  const [one] = await openedTwice(context);
  let calls = 0;
  const fails = inTransaction(one.database, async (transaction) => {
    calls++;
    await addPatient(transaction, "a");
    await inTransaction(transaction, (within) => addPatient(within, "b"));
    throw new Error("no");
  });
  await assert.rejects(fails, /^Error: no$/);
  assert.deepEqual([calls, await countPatients(one.database)], [1, 0]);
});
