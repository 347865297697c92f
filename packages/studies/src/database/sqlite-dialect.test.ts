import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { scratchFolder } from "../test-study.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";

interface Tables {
  counts: { name: string; count: number };
}

/** Two connections to one new database, as of two processes. */
async function twoConnections(context: { after(cleanUp: () => void | Promise<void>): void }) {
  const path = join(scratchFolder(context), "a.sqlite");
  const open = () => new Kysely<Tables>({ dialect: sqliteDialect(path) });
  const [one, other] = [open(), open()];
  context.after(async () => {
    await one.destroy();
    await other.destroy();
  });
  await one.schema
    .createTable("counts")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("count", "integer", (column) => column.notNull())
    .execute();
  await one.insertInto("counts").values({ name: "a", count: 0 }).execute();
  return { one, other };
}

async function increase(database: Kysely<Tables>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const row = await transaction.selectFrom("counts").selectAll().executeTakeFirstOrThrow();
    await new Promise((resolve) => setImmediate(resolve));
    await transaction
      .updateTable("counts")
      .set({ count: row.count + 1 })
      .execute();
  });
}

test("sqliteDialect: transactions of one connection follow each other", async (context) => {
  const { one } = await twoConnections(context);
  await Promise.all(Array.from({ length: 20 }, () => increase(one)));
  const { count } = await one.selectFrom("counts").selectAll().executeTakeFirstOrThrow();
  assert.equal(count, 20);
});

test("sqliteDialect: a transaction that throws leaves nothing, and the next goes on", async (context) => {
  const { one, other } = await twoConnections(context);
  const fails = one.transaction().execute(async (transaction) => {
    await transaction.updateTable("counts").set({ count: 9 }).execute();
    throw new Error("no");
  });
  await assert.rejects(fails, /^Error: no$/);
  await increase(one);
  await increase(other);
  const { count } = await other.selectFrom("counts").selectAll().executeTakeFirstOrThrow();
  assert.equal(count, 2);
});

test("sqliteDialect: migrations that fail leave the tables as they were", async (context) => {
  const { one } = await twoConnections(context);
  const first: Migration = {
    up: (db) => db.schema.alterTable("counts").renameTo("sums").execute(),
  };
  const second: Migration = { up: () => Promise.reject(new Error("no")) };
  const provider = { getMigrations: async () => ({ first, second }) };
  const { error } = await new Migrator({ db: one, provider }).migrateToLatest();
  assert.match(String(error), /^Error: no$/);
  await increase(one);
  const { count } = await one.selectFrom("counts").selectAll().executeTakeFirstOrThrow();
  assert.equal(count, 1);
});

test("sqliteDialect: a row with a wrong reference or a taken key is refused", async (context) => {
  const { one } = await twoConnections(context);
  await assert.rejects(
    one.insertInto("counts").values({ name: "a", count: 1 }).execute(),
    /UNIQUE/,
  );
  const { numUpdatedRows } = await one
    .updateTable("counts")
    .set({ count: 3 })
    .where("name", "=", "absent")
    .executeTakeFirstOrThrow();
  assert.equal(numUpdatedRows, 0n);
});

test("sqliteDialect: a number that JavaScript cannot hold is an error", async (context) => {
  const { one } = await twoConnections(context);
  await one
    .updateTable("counts")
    .set(({ eb }) => ({ count: eb("count", "+", 2 ** 53 - 1) }))
    .execute();
  await one
    .updateTable("counts")
    .set(({ eb }) => ({ count: eb("count", "+", 2) }))
    .execute();
  await assert.rejects(one.selectFrom("counts").selectAll().execute(), /too large/);
});

test("sqliteDialect: a statement asked again has its own values, after a failure and after its table changed too", async (context) => {
  const { one } = await twoConnections(context);
  const all = () => one.selectFrom("counts").selectAll().orderBy("name").execute();
  const add = (name: string, count: number) =>
    one.insertInto("counts").values({ name, count }).execute();
  assert.equal((await all()).length, 1);
  await add("b", 1);
  await assert.rejects(add("b", 2), /UNIQUE/);
  await add("c", 3);
  assert.deepEqual(
    (await all()).map(({ count }) => count),
    [0, 1, 3],
  );
  await one.schema.alterTable("counts").addColumn("more", "text").execute();
  assert.deepEqual(Object.keys((await all())[0]), ["name", "count", "more"]);
});

test("sqliteDialect: rows that are taken one after the other stand beside the same question", async (context) => {
  const { one } = await twoConnections(context);
  await one.insertInto("counts").values({ name: "b", count: 1 }).execute();
  const question = () => one.selectFrom("counts").selectAll().orderBy("name");
  const [first] = await question().execute();
  const names: string[] = [];
  for await (const { name } of question().stream()) names.push(name);
  assert.deepEqual([first.name, ...names], ["a", "a", "b"]);
});
