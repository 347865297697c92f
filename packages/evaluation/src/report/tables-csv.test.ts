import assert from "node:assert/strict";
import { test } from "node:test";
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
