import assert from "node:assert/strict";
import { test } from "node:test";
import { readerStudyResult } from "./reader-study-result.ts";
import { tablesCsv } from "./tables-csv.ts";
import { EVIL, fullReport, testEvaluation } from "./test-report.ts";

const lines = tablesCsv({
  ...fullReport,
  readers: [],
  tests: [{ ...fullReport.tests[0], people: null }],
})
  .trimEnd()
  .split("\r\n");

test("tablesCsv: a figure a line, with its interval and what was counted", () => {
  assert.equal(lines[0], "test,table,row,measure,value,low,high,count,total");
  const find = (start: string) => lines.filter((line) => line.startsWith(start));
  const { accuracy } = testEvaluation(10).classification;
  assert.deepEqual(find("internal-difficult,classes,all,accuracy,"), [
    `internal-difficult,classes,all,accuracy,0.95,${accuracy.interval?.join(",")},19,20`,
  ]);
  assert.deepEqual(find("internal-difficult,confusion,weber-b,called none"), [
    "internal-difficult,confusion,weber-b,called none,1,,,1,10",
  ]);
  assert.equal(find("internal-difficult,patients,weber-b 9,called,none")[0].split(",")[4], "none");
  assert.equal(find("internal-difficult,fractures,weber-b 9 ap,").length, 1);
  assert.match(find("internal-difficult,fractures,weber-b 9 ap,")[0], /weber-b, missed/);
  const columns = new Set(
    lines.filter((line) => !line.includes('"')).map((line) => line.split(",").length),
  );
  assert.deepEqual([...columns], [9]);
});

test("tablesCsv: sets and readers stand in it, and a name with quotes stays one cell", () => {
  const all = tablesCsv(fullReport);
  const quoted = `"${EVIL.replaceAll('"', '""')}"`;
  assert.ok(all.includes(`,sets,${quoted},all: patients,2,,,2,`));
  assert.ok(all.includes(`,readers,${quoted},Fleiss' kappa,`));
  assert.ok(all.includes(`readers alone,${quoted},accuracy,`));
});

test("tablesCsv: a reader study's areas, differences and every score", () => {
  const said = { alone: ["123", "223"], helped: ["133", "123"] };
  const truth = new Map(["p", "q", "r"].map((patient) => [patient, patient !== "p"]));
  const scores = Object.entries(said).flatMap(([condition, readers]) =>
    readers.flatMap((digits, reader) =>
      [...digits].map((digit, i) => ({
        patient: "pqr"[i],
        reader: `reader ${reader + 1}`,
        condition,
        score: Number(digit),
      })),
    ),
  );
  // A second patient without a fracture, since one has no variance.
  for (const one of scores.filter(({ patient }) => patient === "p")) {
    scores.push({ ...one, patient: "s", score: 2 });
  }
  const readerStudy = readerStudyResult(scores, truth.set("s", false));
  const own = tablesCsv({ ...fullReport, readerStudy }).split("\r\n");
  const { analysis } = readerStudy;
  const [difference] = analysis.fixedReaders.differences;
  for (const line of [
    `,reader study,"alone, reader 2",AUC,${analysis.aucs[0][1]},,,,`,
    `,reader study,helped,"AUC, other readers, these patients",${analysis.fixedCases.conditions[1].auc},${analysis.fixedCases.conditions[1].interval.join(",")},,`,
    `,reader study,alone less helped,"AUC, these readers, other patients",${difference.difference},${difference.interval.join(",")},,`,
    `,reader study,alone less helped,"p after Holm, these readers, other patients",${difference.holmP},,,,`,
    `,readers' scores,q,truth,fracture,,,,`,
    `,readers' scores,s,truth,none,,,,`,
    `,readers' scores,q,"helped, reader 1",3,,,,`,
    `,readers' scores,q,"helped, reader 2",2,,,,`,
  ]) {
    assert.ok(own.includes(line), line);
  }
});
