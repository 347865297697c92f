/**
 * The whole suite of studies once more, on PostgreSQL: every test file that makes a study, in two processes that make
 * it on a server of this test's. What is about files of SQLite stays behind.
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { findPostgres, quickestPlace, startPostgres } from "./test-postgres.ts";

const OF_FILES: readonly string[] = [
  // Long, and more of processes and files than of the database.
  "import/import-kill.test.ts",
  "import/real-files.test.ts",
  // Hundreds of databases in memory.
  "assignment/assign-properties.test.ts",
  // These start servers of their own.
  "on-postgres.test.ts",
  "own-postgres.test.ts",
];
const USES_A_STUDY = /test-(?:study|people|import|screening)[\w-]*\.ts"/;

const bin = findPostgres();
const skip = bin === null && "PostgreSQL is not installed: apt-get install postgresql";

test("studies: every test of a study passes on PostgreSQL", { skip }, async (context) => {
  const server = await startPostgres(bin ?? "", { max_wal_size: "256MB" }, quickestPlace());
  context.after(() => server.stop());
  const files = globSync("**/*.test.ts", { cwd: import.meta.dirname })
    .filter((file) => !OF_FILES.includes(file))
    .filter((file) => USES_A_STUDY.test(readFileSync(join(import.meta.dirname, file), "utf8")))
    .toSorted();
  assert.ok(files.length > 30, `${files.length} files`);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const results = [0, 1].map((half) => {
    const some = files.filter((_, index) => index % 2 === half);
    // A process for each file would take longer to load the package than most of them to run.
    const args = ["--test", "--test-isolation=none", "--test-reporter=dot", ...some];
    return promisify(execFile)(process.execPath, args, {
      cwd: import.meta.dirname,
      env: { ...env, MALLEOLUS_TEST_POSTGRES: server.url },
      maxBuffer: 64 * 2 ** 20,
      // Before this file is ended itself, and could not say of what.
      timeout: 25 * 60_000,
    }).then(
      ({ stdout }) => {
        const passed = stdout.split(".").length - 1;
        assert.ok(passed > some.length, `${some.length} files, and ${passed} tests of them`);
      },
      ({ stdout, message, signal }) => {
        throw new Error([stdout, message, ...(signal === null ? [] : [signal])].join("\n"));
      },
    );
  });
  for (const result of await Promise.allSettled(results)) {
    assert.equal(result.status, "fulfilled", result.status === "rejected" ? result.reason : "");
  }
});

test("startPostgres: a server ends with its process, even one that is killed", {
  skip,
}, async () => {
  const program = `import { startPostgres } from ${JSON.stringify(import.meta.resolve("./test-postgres.ts"))};
    const { url } = await startPostgres(${JSON.stringify(bin)});
    console.log(url);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout.setEncoding("utf8"), "data");
  const folder = new URL(said.trim().replace("@/", "@socket/")).searchParams.get("host") ?? "";
  assert.ok(existsSync(join(folder, "data", "postmaster.pid")));
  child.kill("SIGKILL");
  for (const until = Date.now() + 60_000; existsSync(folder); await setTimeout(50)) {
    assert.ok(Date.now() < until, `${folder} is still there`);
  }
});
