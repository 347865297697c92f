import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { reportIdsColumn, screeningDecisionColumn } from "@malleolus/schema";
import { transitionCase } from "../cases/transition-case.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { importDicom } from "../import/import-dicom.ts";
import { importReports } from "../import/import-reports.ts";
import { assignReaders } from "../reading/assign-readers.ts";
import { submitReading } from "../reading/submit-reading.ts";
import { closeStudy, findHospital, openKeys, openStudy } from "../study.ts";
import { addCases, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { newStudy, PASSPHRASE, writeArchive } from "../test-study.ts";
import { readFunnel } from "./funnel.ts";
import { screenCases } from "./screen-cases.ts";

const REPORTS = [
  "Fracture of the distal fibula, Weber B.",
  "Geen aanwijzingen voor fractuur, bij mevrouw Name1.",
  "No fracture of the fibula, old tibial fracture.",
  "Possible fracture of the lateral malleolus.",
];

/** A study of five cases, of which the first four have a report. */
async function screenedStudy(context: Parameters<typeof newStudy>[0]) {
  const { folder, study: path } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 5, 2);
  const csv = join(folder, "reports.csv");
  const rows = REPORTS.map((report, index) => `ACC${1000 + index};"${report}"`);
  writeFileSync(csv, ["Accession Number;Report", ...rows, "ACC9;absent", ""].join("\r\n"));
  const study = await openStudy(path);
  const keys = await openKeys(study, PASSPHRASE);
  context.after(() => {
    keys.close();
    void closeStudy(study);
  });
  const given = { hospital: findHospital(study, undefined), keys, who: "tester" };
  await importDicom(study, { ...given, paths: [archive] });
  return { study, csv, given };
}

test("a study from archive to funnel", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  const reports = await importReports(study, { ...given, path: csv });
  assert.deepEqual(reports, {
    imported: 4,
    known: 0,
    unmatchedLines: [6],
    emptyLines: [],
    refusedLines: [],
    remarks: [],
  });
  const again = await importReports(study, { ...given, path: csv });
  assert.deepEqual([again.imported, again.known], [0, 4]);

  const counts = await screenCases(study, "tester");
  assert.deepEqual(counts, { run: 1, screened: 4, moved: 4, withoutReport: 1 });
  assert.deepEqual(await readFunnel(study), [
    {
      hospital: "a",
      patients: 5,
      cases: 5,
      images: 10,
      withReport: 4,
      screened: {
        "candidate fracture": 2,
        "candidate no fracture": 1,
        "excluded by keyword": 1,
      },
      excluded: { "old-fracture": 1 },
    },
  ]);

  // The same words again: another run, and nobody moves.
  assert.deepEqual(await screenCases(study, "tester"), {
    run: 2,
    screened: 4,
    moved: 0,
    withoutReport: 1,
  });
  const [funnel] = await readFunnel(study);
  assert.equal(funnel.screened["candidate fracture"], 2);
});

test("screenCases: keeps the words, and says them in the audit trail", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  await importReports(study, { ...given, path: csv });
  await screenCases(study, "tester");
  const rows = await study.database
    .selectFrom("screenings")
    .innerJoin("reports", "reports.case_id", "screenings.case_id")
    .select(["reports.text", "screenings.decision"])
    .execute();
  assert.equal(rows.length, 4);
  for (const { text, decision } of rows) {
    const { evidence } = screeningDecisionColumn.read(decision, "screening");
    assert.ok(evidence.length > 0);
    for (const { words } of evidence) assert.equal(text.slice(words.start, words.end), words.text);
  }
  assert.ok(
    rows.some(({ text }) => text === "Geen aanwijzingen voor fractuur, bij mevrouw [name]."),
  );
  const { why } = await study.database
    .selectFrom("transitions")
    .select("why")
    .where("to_state", "=", "excluded by keyword")
    .executeTakeFirstOrThrow();
  assert.equal(why, 'screening run 1: old-fracture by "old", "fracture", "tibial"');
});

test("screenCases: a case that was read stays as it is", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  await importReports(study, { ...given, path: csv });
  await screenCases(study, "tester");
  const { id } = await study.database
    .selectFrom("cases")
    .select("id")
    .where("state", "=", "candidate no fracture")
    .executeTakeFirstOrThrow();
  const move = { caseId: id, to: "read", why: "test", who: "tester", at: "2026-01-01" } as const;
  await inTransaction(study.database, (transaction) => transitionCase(transaction, move));
  assert.equal((await screenCases(study, "tester")).screened, 3);
  await assert.rejects(
    inTransaction(study.database, (transaction) => transitionCase(transaction, move)),
    /is "read" and cannot become "read"/,
  );
});

test("screenCases: a case that one of its observers has read stays as it is", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "half read" }, { id: "not read" }]);
  const said = { language: "en", text: "Old fracture of the tibia.", at: "2026-01-01", who: "me" };
  const rows = ["half read", "not read"].map((id) => ({
    ...said,
    id: `report of ${id}`,
    case_id: id,
  }));
  await study.database.insertInto("reports").values(rows).execute();
  await assignReaders(study, "curation");
  await submitReading(study, reading("half read", OBSERVERS[0], "weber_b"));

  const counts = await screenCases(study, "tester");
  assert.deepEqual(counts, { run: 1, screened: 1, moved: 1, withoutReport: 0 });
  const cases = await study.database.selectFrom("cases").select(["id", "state"]).execute();
  assert.deepEqual(Object.fromEntries(cases.map(({ id, state }) => [id, state])), {
    "half read": "candidate fracture",
    "not read": "excluded by keyword",
  });
});

test("importReports: a file without the columns says which it needs", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  writeFileSync(csv, "a,b\n1,2\n");
  await assert.rejects(importReports(study, { ...given, path: csv }), /"report" and "accession"/);
});

test("importReports: a file of which nothing matches says what to do", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  writeFileSync(csv, `accession,report\n${"ACC9,No fracture.\n".repeat(12)}`);
  await assert.rejects(importReports(study, { ...given, path: csv }), (error) => {
    assert.ok(error instanceof StudyError && error.code === "source");
    assert.match(error.message, /got none of hospital "a" \(lines 2, .*11, …\); import the radio/);
    assert.match(error.message, /--hospital$/);
    return true;
  });
  writeFileSync(csv, "accession,report\nACC1000,\n");
  assert.deepEqual((await importReports(study, { ...given, path: csv })).emptyLines, [2]);
});

test("importReports: reports in an older character set are read", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  const text = "accessienummer,verslag\nACC1000,geen fractuur; oedeem ++ coördinatie\n";
  writeFileSync(csv, Buffer.from(text, "latin1"));
  assert.equal((await importReports(study, { ...given, path: csv })).imported, 1);
  const { text: stored } = await study.database
    .selectFrom("reports")
    .select("text")
    .executeTakeFirstOrThrow();
  assert.match(stored, /coördinatie/);
  assert.match(readFileSync(csv, "latin1"), /coördinatie/);
});

test("screenCases: reports of one examination are read in the order of their file", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  const parts = Array.from({ length: 40 }, (_, index) => `Part ${index} of the report.`);
  writeFileSync(csv, `accession,report\n${parts.map((part) => `ACC1000,${part}\n`).join("")}`);
  await importReports(study, { ...given, path: csv });
  await screenCases(study, "tester");
  const { report_ids } = await study.database
    .selectFrom("screenings")
    .select("report_ids")
    .executeTakeFirstOrThrow();
  const reports = await study.database.selectFrom("reports").select(["id", "text"]).execute();
  const textOf = new Map(reports.map(({ id, text }) => [id, text]));
  const ids = reportIdsColumn.read(report_ids, "screening");
  assert.deepEqual(
    ids.map((id) => textOf.get(id)),
    parts,
  );
});

test("importReports: a line that cannot be used costs no other, and none of its text is told", async (context) => {
  const { study, csv, given } = await screenedStudy(context);
  const rows = [
    "accession,report",
    "ACC1000,Fracture, of the fibula of Zwaluwenburg",
    "ACC1001,No fracture.",
    "1.23E+13,Zwaluwenburg has no fracture.",
    'ACC1002,"Zwaluwenburg: a quote that nobody closes',
    "ACC1003,No fracture seen.",
  ];
  writeFileSync(csv, rows.join("\n"));
  const counts = await importReports(study, { ...given, path: csv });
  assert.equal(counts.imported, 2);
  assert.deepEqual(
    counts.refusedLines.map(({ line }) => line),
    [2, 4, 5],
  );
  assert.doesNotMatch(JSON.stringify(counts), /Zwaluwenburg/);
});
