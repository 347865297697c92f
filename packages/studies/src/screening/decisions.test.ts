import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { importDicom } from "../import/import-dicom.ts";
import { importReports } from "../import/import-reports.ts";
import { closeStudy, findHospital, openKeys, openStudy } from "../study.ts";
import { newStudy, PASSPHRASE, writeArchive } from "../test-study.ts";
import { decidingWords, explainCase, latestDecisions, summarizeDecisions } from "./decisions.ts";
import { screenCases } from "./screen-cases.ts";
import { compareWithTruth, openTruth } from "./screening-truth.ts";

const REPORTS = [
  "Fracture of the distal fibula, Weber B.",
  "No fracture.",
  "No fracture of the fibula, old tibial fracture.",
  "No fracture.",
  "Geen fractuur zichtbaar van de enkel.",
];

/** A screened study of six cases, of which the first five have a report. */
async function screenedStudy(context: Parameters<typeof newStudy>[0]) {
  const { folder, study: path } = await newStudy(context);
  writeArchive(join(folder, "archive"), 6, 1);
  const csv = join(folder, "reports.csv");
  const rows = REPORTS.map((report, index) => `ACC${1000 + index},"${report}"`);
  writeFileSync(csv, ["accession,report", ...rows, ""].join("\n"));
  const study = await openStudy(path);
  const keys = await openKeys(study, PASSPHRASE);
  context.after(() => {
    keys.close();
    void closeStudy(study);
  });
  const given = { hospital: findHospital(study, undefined), keys, who: "tester" };
  await importDicom(study, { ...given, paths: [join(folder, "archive")] });
  await importReports(study, { ...given, path: csv });
  await screenCases(study, "tester");
  const truth = (lines: readonly string[]) => {
    const file = join(folder, "truth.csv");
    writeFileSync(file, ["accession_number,patient_id,study_date,truth", ...lines, ""].join("\n"));
    return { path: file, hospital: given.hospital, keys };
  };
  return { study, truth };
}

async function listDecisions(study: Parameters<typeof latestDecisions>[0]) {
  return Array.fromAsync(latestDecisions(study));
}

test("compareWithTruth: by language the predicted and the actual states, and the cases where they differ", async (context) => {
  const { study, truth } = await screenedStudy(context);
  const file = truth([
    "ACC1000,P,20190410,fracture",
    "ACC1001,P,20190410,No fracture",
    "ACC1002,P,20190410,excluded:callus",
    "ACC1003,P,20190410,fracture",
    "ACC1004,P,20190410,no fracture",
    "ACC1005,P,20190410,no fracture",
    "ACC9999,P,20190410,fracture",
  ]);
  const compared = await compareWithTruth(study, await openTruth(study, file));
  assert.deepEqual([compared.rows, compared.compared], [7, 5]);
  assert.deepEqual([compared.unscreenedLines, compared.unmatchedLines], [[7], [8]]);
  const english = compared.languages.find(({ language }) => language === "en");
  assert.deepEqual(english?.cases, [
    { predicted: "candidate fracture", actual: "candidate fracture" },
    { predicted: "candidate no fracture", actual: "candidate no fracture" },
    { predicted: "excluded by keyword", actual: "excluded by keyword" },
    { predicted: "candidate no fracture", actual: "candidate fracture" },
  ]);
  assert.deepEqual([english.withRightCode, english.rightlyExcluded], [0, 1]);
  assert.deepEqual(
    compared.disagreements.map(({ line, predicted, actual }) => ({ line, predicted, actual })),
    [{ line: 5, predicted: "candidate no fracture", actual: "candidate fracture" }],
  );
});

test("openTruth: a table that cannot be used says why", async (context) => {
  const { study, truth } = await screenedStudy(context);
  const refused = (lines: readonly string[], message: RegExp) =>
    assert.rejects(openTruth(study, truth(lines)), message);
  await refused(["ACC7,P,20190410,fracture"], /hospital a, got 1 of which none is in the study/);
  await refused(["ACC1000,P,20190410,broken"], /line 2: expected "fracture", .*got "broken"/);
  await refused(["ACC1000,P,20190410,excluded:banana"], /tibia-involved.*got "excluded:banana"/);
  const file = truth([]);
  writeFileSync(file.path, "number,truth\n1,fracture\n");
  await assert.rejects(openTruth(study, file), /"accession_number" and "truth" among its first/);
  await refused(
    [`ACC1000,P,20190410,${"a report by mistake ".repeat(9)}`],
    /got a text of 180 letters/,
  );
});

test("summarizeDecisions: counts the words that decided, the most frequent first", async (context) => {
  const { study } = await screenedStudy(context);
  const { uncertain, words } = await summarizeDecisions(study);
  assert.equal(uncertain, 0);
  assert.deepEqual(words[0], {
    predicted: "candidate no fracture",
    words: "no fracture",
    count: 2,
  });
  assert.deepEqual(
    words.find(({ predicted }) => predicted === "old-fracture")?.words,
    "old tibial fracture",
  );
});

test("latestDecisions: of each case its latest screening only", async (context) => {
  const { study } = await screenedStudy(context);
  const first = await listDecisions(study);
  await screenCases(study, "tester");
  const second = await listDecisions(study);
  assert.equal(first.length, 5);
  assert.deepEqual(second, first);
  assert.ok(first.every(({ decision }) => decidingWords(decision) !== ""));
});

test("explainCase: by an id or its last digits, with the report", async (context) => {
  const { study } = await screenedStudy(context);
  const decided = await listDecisions(study);
  const old = decided.find(({ decision }) => decision.codes[0] === "old-fracture");
  assert.ok(old !== undefined);
  for (const id of [old.caseId, old.caseId.slice(-12)]) {
    const found = await explainCase(study, id);
    assert.deepEqual([found.caseId, found.run, found.text], [old.caseId, 1, REPORTS[2]]);
    for (const { words } of found.decision.evidence) {
      assert.equal(found.text.slice(words.start, words.end), words.text);
    }
  }
  await assert.rejects(explainCase(study, "no digits"), /expected a case's id .* got none/);
  await assert.rejects(explainCase(study, ""), /expected a case's id .* got several/);
  const known = new Set(decided.map(({ caseId }) => caseId));
  const cases = await study.database.selectFrom("cases").select("id").execute();
  const unscreened = cases.find(({ id }) => !known.has(id));
  await assert.rejects(explainCase(study, unscreened?.id ?? ""), /was never screened/);
});
