/** What takes a PostgreSQL of a test's own: who may connect to it, and what it is asked. */
import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { sql } from "kysely";
import { openDatabase } from "./database/open-database.ts";
import { topicOf } from "./jobs/job-queue.ts";
import { pgBossQueue } from "./jobs/pg-boss-queue.ts";
import {
  createTestDatabase,
  findPostgres,
  quickestPlace,
  startPostgres,
  type TestPostgres,
} from "./test-postgres.ts";
import { scratchFolder } from "./test-study.ts";

const bin = findPostgres();
const skip = bin === null && "PostgreSQL is not installed: apt-get install postgresql";

/** Every statement goes into the server's log, a prepared one with its name. */
const LOGGED = { log_min_messages: "log", log_statement: "all" };

let server: TestPostgres;
let folder: string;

before(async () => {
  if (bin === null) return;
  server = await startPostgres(bin, LOGGED, quickestPlace());
  folder = new URL(server.url.replace("@/", "@socket/")).searchParams.get("host") ?? "";
});
after(() => server?.stop());

test("a password of the file that PGPASSFILE names opens a database and its queue, without a warning of pg's", {
  skip,
}, async (context) => {
  const [user, password] = ["ada", "se:cr\\et"];
  const url = await createTestDatabase(server.url, "of-ada");
  const administration = await openDatabase(url);
  await sql`create role ada superuser login password ${sql.lit(password)}`.execute(administration);
  await administration.destroy();
  const rules = join(folder, "data", "pg_hba.conf");
  writeFileSync(rules, `local all ${user} scram-sha-256\n${readFileSync(rules, "utf8")}`);
  await server.restart("fast");

  const warnings: Error[] = [];
  const hear = (warning: Error) => warnings.push(warning);
  process.on("warning", hear);
  const { PGPASSFILE, PGPASSWORD } = process.env;
  const restore = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  context.after(() => {
    process.off("warning", hear);
    restore("PGPASSFILE", PGPASSFILE);
    restore("PGPASSWORD", PGPASSWORD);
  });
  const file = join(scratchFolder(context), "passwords");
  process.env.PGPASSFILE = file;
  delete process.env.PGPASSWORD;

  const own = url.replace("postgres@", `${user}@`);
  const opens = async (location = own) => {
    const database = await openDatabase(location);
    try {
      await (await pgBossQueue(location, database, {})).close();
    } finally {
      await database.destroy();
    }
  };
  const others = [`${folder}:5432:of-ada:bob:no`, `${folder}:5432:of-bob:ada:no`, "db:*:*:ada:no"];
  const fits = `${folder}:5432:of-ada:ada:se\\:cr\\\\et`;
  const write = (...lines: string[]) => writeFileSync(file, `${lines.join("\n")}\n`);

  write(...others, fits, "*:*:*:*:no");
  chmodSync(file, 0o600);
  await opens();
  await setImmediate();
  assert.deepEqual(warnings, []);

  // Whoever else may read it.
  chmodSync(file, 0o640);
  await assert.rejects(opens(), /client password must be a string/);
  chmodSync(file, 0o600);
  write(...others);
  await assert.rejects(opens(), /client password must be a string/);
  write(`${folder}:5432:of-ada:ada:wrong`);
  await assert.rejects(opens(), /password authentication failed/);
  // What is said elsewhere comes first.
  await opens(own.replace("@", `:${encodeURIComponent(password)}@`));
  process.env.PGPASSWORD = password;
  await opens();
});

test("pgBossQueue: a claim is planned anew after 1, 3 and 7 that found a job, and what follows it is planned once", {
  skip,
}, async () => {
  await using opened = new AsyncDisposableStack();
  const url = await createTestDatabase(server.url, "of-plans");
  const database = await openDatabase(url);
  opened.defer(() => database.destroy());
  const queue = await pgBossQueue(url, database, {});
  opened.defer(() => queue.close());
  const log = join(folder, "log");
  const start = statSync(log).size;

  const content = { kind: "analyze" as const, model: "m", images: [] };
  const topic = topicOf(content);
  // An empty queue's plan is good for the first.
  assert.equal(await queue.claim(topic), null);
  assert.equal(await queue.claim(topic), null);
  await queue.send(Array.from({ length: 8 }, (_, index) => ({ key: `${index}`, content })));
  for (let done = 0; done < 8; done++) {
    const job = await queue.claim(topic);
    assert.ok(job !== null);
    assert.ok(await queue.keep(job));
    assert.ok(await queue.complete(job, {}));
  }
  const said = readFileSync(log).subarray(start).toString();
  const executed = Array.from(
    said.matchAll(/execute malleolus-(\d+)-(\d+): /g),
    ([, ...name]) => name,
  );
  const plans = Map.groupBy(executed, ([statement]) => statement);
  assert.deepEqual(
    Array.from(plans.values(), (names) => names.map(([, plan]) => plan).join("")),
    ["0001122223", "00000000", "00000000"],
    "of a claim, a sign of life and a completion",
  );
});
