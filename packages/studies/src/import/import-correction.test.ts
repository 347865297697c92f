import assert from "node:assert/strict";
import { appendFileSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { closeStudy, findHospital, openKeys, openStudy } from "../study.ts";
import { newStudy, PASSPHRASE, writeArchive } from "../test-study.ts";
import { importCorrection } from "./import-correction.ts";
import { inspectStudy } from "./test-import.ts";

async function open(context: TestContext) {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 2);
  /** With its configuration read anew. */
  const correct = async (told: string) => {
    const opened = await openStudy(study);
    const keys = await openKeys(opened, PASSPHRASE);
    const hospital = findHospital(opened, undefined);
    try {
      const given = { paths: [archive], hospital, keys, who: "tester", class: told };
      return await importCorrection(opened, given);
    } finally {
      keys.close();
      await closeStudy(opened);
    }
  };
  return { study, correct };
}

test("importCorrection: nothing comes into a study that does not say that its patients agreed", async (context) => {
  const { study, correct } = await open(context);
  await assert.rejects(correct("weber_b"), {
    code: "consent",
    message: /expected corrections = true under \[consent\] of protocol\.toml, got none/,
  });
  appendFileSync(join(study, "protocol.toml"), "\n[consent]\ncorrections = false\n");
  await assert.rejects(correct("weber_b"), { code: "consent", message: /got false/ });
  const { images, cases, files } = await inspectStudy(study);
  assert.deepEqual([images, cases, files], [[], [], []]);
});

test("importCorrection: de-identified, with the follow-up's class, once", async (context) => {
  const { study, correct } = await open(context);
  appendFileSync(join(study, "protocol.toml"), "\n[consent]\ncorrections = true\n");
  await assert.rejects(correct("weber_d"), { code: "source" });
  const { imported, classified } = await correct("weber_b");
  assert.deepEqual([imported, classified], [2, 1]);
  const again = await correct("weber_b");
  assert.deepEqual([again.imported, again.known, again.classified], [0, 2, 0]);
  await assert.rejects(correct("weber_c"), {
    code: "transition",
    message: /to become weber_c as its follow-up says, got one that is "agreed" \(weber_b\)/,
  });
  const { cases, transitions } = await inspectStudy(study);
  assert.deepEqual(
    cases.map((one) => [one.state, one.class]),
    [["agreed", "weber_b"]],
  );
  assert.match(transitions.at(-1)?.why ?? "", /its follow-up says weber_b/);
  for (const entry of globSync("**/*", { cwd: study, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const word of ["Name0", "MRN7000", "ACC1000"]) {
      assert.ok(!bytes.includes(word), `${word} in ${entry.name}`);
    }
  }
});
