import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  casesForPower,
  patientsForProportion,
  positivesForAuc,
  readerStudyPower,
} from "@malleolus/evaluation";
import { run } from "../test-command.ts";

test("sample-size: of a share and of an area, in words and as JSON", async () => {
  const share = await run("sample-size", "share", "0.9", "--width", "0.1");
  assert.deepEqual(
    [share.code, share.written],
    [0, `${patientsForProportion(0.9, 0.1)} patients\n`],
  );
  const area = [
    "sample-size",
    "auc",
    "0.95",
    "--width",
    "0.08",
    "--negatives-per-positive",
    "0.37",
  ];
  const positives = positivesForAuc(0.95, 0.08, 0.37);
  const negatives = Math.ceil(0.37 * positives);
  assert.equal(
    (await run(...area)).written,
    `${positives} patients with and ${negatives} without a fracture\n`,
  );
  assert.deepEqual(JSON.parse((await run(...area, "--json")).written), { positives, negatives });
});

test("sample-size readers: from the variances in a report, patients or power", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-size-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const components = {
    reader: 0.0015,
    conditionByReader: 0.0002,
    error: 0.0008,
    sameReader: 0.0003,
    sameCondition: 0.0003,
    neitherSame: 0.0002,
  };
  const path = join(folder, "report.json");
  const report = { readerStudy: { patients: 114, analysis: { components } } };
  writeFileSync(path, JSON.stringify(report));
  const args = [
    "sample-size",
    "readers",
    "--report",
    path,
    "--readers",
    "8",
    "--difference",
    "0.05",
  ];
  const pilot = { components, cases: 114 };
  const planned = { readers: 8, difference: 0.05, question: "random readers and cases" } as const;
  const patients = casesForPower(pilot, planned, 0.8);
  assert.match((await run(...args)).written, new RegExp(`^${patients} patients, as mixed`));
  const power = readerStudyPower(pilot, { ...planned, cases: 200 });
  const told = await run(...args, "--patients", "200", "--json");
  assert.deepEqual(JSON.parse(told.written), { power });
  const both = await run(...args, "--patients", "200", "--power", "0.9");
  assert.equal(both.code, 2, both.said);
  assert.match(both.said, /'--power <share>' cannot be used with option '--patients <n>'/);
  // Readers who differ this much are not made up for by patients.
  const apart = { ...components, conditionByReader: 0.05 };
  writeFileSync(
    path,
    JSON.stringify({ readerStudy: { patients: 114, analysis: { components: apart } } }),
  );
  assert.match((await run(...args)).written, /^no number of patients would do/);
  writeFileSync(path, JSON.stringify({ readerStudy: null }));
  const none = await run(...args);
  assert.equal(none.code, 1);
  assert.match(none.said, /expected the report of a reader study, got one without/);
});

test("sample-size: what is no share is wrong usage", async () => {
  for (const wrong of [
    ["share", "1", "--width", "0.1"],
    ["share", "0.9"],
    ["auc", "0.9", "--width", "0.1", "--negatives-per-positive", "0"],
  ]) {
    const { code, said } = await run("sample-size", ...wrong);
    assert.equal(code, 2, said);
  }
});
