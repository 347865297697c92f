/** An import that is killed, over and over, and goes on. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { closeStudy, openKeys, openStudy } from "../study.ts";
import { newStudy, PASSPHRASE, writeArchive } from "../test-study.ts";
import { importInto, inspectStudy } from "./test-import.ts";
import { importProcess } from "./test-import-process.ts";

const [KILLS, PATIENTS, IMAGES] = [10, 20, 3];

/** Lets an import run until it told of some files, and a moment longer. */
async function importAndKill(study: string, archive: string, files: number, thenMs: number) {
  const child = spawn(process.execPath, [importProcess, study, archive]);
  let seen = 0;
  child.stdout.on("data", (data) => {
    seen += String(data).split("\n").length - 1;
    if (seen >= files) setTimeout(() => child.kill("SIGKILL"), thenMs);
  });
  const [, signal] = await once(child, "close");
  return { signal, seen };
}

test("importDicom: killed ten times, it goes on and every file is there once", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, PATIENTS, IMAGES);
  const moments: string[] = [];
  for (let i = 0; i < KILLS; i++) {
    // Those behind are known again each time: ever later, so that each dies amid new ones.
    const files = 1 + Math.floor(i * 5 + Math.random() * 5);
    const thenMs = Math.random() * 15;
    const { signal, seen } = await importAndKill(study, archive, files, thenMs);
    moments.push(`${signal} ${thenMs.toFixed(1)} ms after file ${files}, ${seen} were told`);
  }
  const where = moments.join("; ");
  const kills = moments.filter((moment) => moment.startsWith("SIGKILL")).length;
  assert.ok(kills >= KILLS - 2, where);

  // What lies beside its place is left alone for a day.
  for (const aside of globSync(join(study, "images", "*", "*.tmp"))) {
    utimesSync(aside, new Date(), new Date(2020, 1, 1));
  }
  const { counts } = await importInto(study, archive);
  const all = PATIENTS * IMAGES;
  assert.deepEqual([counts.imported + counts.known, counts.refused], [all, 0], where);
  // It also compares the files of the store with the records.
  const { images, cases, patients, files, transitions } = await inspectStudy(study);
  assert.deepEqual([images.length, files.length], [all, all], where);
  assert.deepEqual([cases.length, patients.length], [PATIENTS, PATIENTS], where);
  assert.deepEqual(
    transitions.map(({ case_id, from_state, to_state }) => [case_id, from_state, to_state]).sort(),
    cases.map(({ id }) => [id, null, "imported"]).sort(),
    where,
  );

  const opened = await openStudy(study);
  const keys = await openKeys(opened, PASSPHRASE);
  const ids = patients.map(({ id }) => keys.entry(id)?.patientId).sort();
  keys.close();
  await closeStudy(opened);
  assert.deepEqual(ids, Array.from({ length: PATIENTS }, (_, i) => `MRN${7000 + i}`).sort(), where);
});
