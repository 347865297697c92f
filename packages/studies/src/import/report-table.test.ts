import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { StudyError } from "../errors.ts";
import { readReportTable } from "./report-table.ts";

function tableFile(context: TestContext, bytes: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "report-table-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "reports.csv");
  writeFileSync(path, bytes);
  return path;
}

function read(context: TestContext, bytes: string | Buffer) {
  const table = readReportTable(tableFile(context, bytes), ["en", "nl"]);
  const rows = [...table.rows()];
  return { rows, remarks: table.remarks() };
}

const PLAIN = "accession;report\r\n007;Géén fractuur.\r\n";
const ONE_ROW: readonly (readonly [what: string, bytes: string | Buffer])[] = [
  ["UTF-8", PLAIN],
  ["UTF-8 with a byte order mark", `\ufeff${PLAIN}`],
  ["UTF-16, little end first", Buffer.from(`\ufeff${PLAIN}`, "utf16le")],
  ["UTF-16, big end first", Buffer.from(`\ufeff${PLAIN}`, "utf16le").swap16()],
  ["UTF-16 without a mark", Buffer.from(PLAIN, "utf16le")],
  ["a line that names the separator", `sep=;\r\n${PLAIN}`],
  ["tabs", PLAIN.replaceAll(";", "\t")],
  ["bars", PLAIN.replaceAll(";", "|")],
  ["line ends of old Macs", PLAIN.replaceAll("\r\n", "\r")],
  ["blank lines and a title above the heading", `\r\nExport of 2024;\r\n${PLAIN}`],
  ["the end mark of DOS", `${PLAIN}\u001a`],
  ["a heading between quotes, of two lines", PLAIN.replace("accession;", '"Accession\nNumber";')],
  ["other separators in the heading", PLAIN.replace("report", 'report;"a,b,c,d"')],
  ["blanks that do not break", PLAIN.replace("report", "report\u00a0text")],
  ["separators at the ends of rows", PLAIN.replaceAll(".\r", ".;;\r")],
  ["a number as Excel keeps it", PLAIN.replace("007", '"=""007"""')],
  ["a number behind an apostrophe", PLAIN.replace("007", "'007")],
  ["a number with decimals", PLAIN.replace("007", "007.0")],
];

for (const [what, bytes] of ONE_ROW) {
  test(`readReportTable: ${what}`, (context) => {
    const { rows, remarks } = read(context, bytes);
    assert.equal(rows.length, 1);
    assert.equal(rows[0].accessions.at(-1), "007");
    assert.equal(rows[0].report, "Géén fractuur.");
    assert.deepEqual([rows[0].problem, remarks], [null, []]);
  });
}

test("readReportTable: one byte of another character set changes no other letter", (context) => {
  const before = Buffer.from('accession,report\n1,"patiënt"\n2,"xx');
  const { rows, remarks } = read(
    context,
    Buffer.concat([before, Buffer.from([0xe9]), Buffer.from(' yy"\n')]),
  );
  assert.deepEqual(
    rows.map(({ report }) => report),
    ["patiënt", "xxé yy"],
  );
  assert.match(remarks.join(), /^1 line read as windows-1252 in part, .*: 3$/);
});

test("readReportTable: an older character set is read, and told", (context) => {
  const { rows, remarks } = read(context, Buffer.from(PLAIN, "latin1"));
  assert.equal(rows[0].report, "Géén fractuur.");
  assert.match(remarks.join(), /windows-1252; see that its accents are right/);
});

test("readReportTable: languages by other names, and unknown ones told", (context) => {
  const written = ["NL-nl", "Nederlands", "en-US", "dut", "EN", "", "klingon"];
  const { rows, remarks } = read(
    context,
    `accession,report,language\n${written.map((one) => `1,x,${one}\n`).join("")}`,
  );
  assert.deepEqual(
    rows.map(({ language }) => language),
    ["nl", "nl", "en", "nl", "en", "", ""],
  );
  assert.match(remarks.join(), /1 line with a language .*: 8$/);
});

test("readReportTable: parts of a report and two columns of one name are read one after the other", (context) => {
  const parts = read(context, "Accession,Findings,Impression\n1,A lucency.,Weber B.\n");
  assert.equal(parts.rows[0].report, "Findings:\nA lucency.\n\nImpression:\nWeber B.");
  const twice = read(context, "accession,report,report\n1,No effusion.,A fracture.\n");
  assert.match(twice.rows[0].report, /No effusion\.[\s\S]*A fracture\./);
});

test("readReportTable: rows that cannot be used say why", (context) => {
  const { rows } = read(
    context,
    'accession,report\n1,A fracture, of the fibula\n2.023E+13,x\n3,"open\n4,right\n',
  );
  assert.deepEqual(
    rows.map(({ line, problem }) => [line, problem?.slice(0, 24) ?? null]),
    [
      [2, "it has more cells than t"],
      [3, "its accession number is "],
      [4, "a quote is opened that n"],
      [5, null],
    ],
  );
});

test("readReportTable: a file without a heading is refused without a word of it", (context) => {
  const path = tableFile(context, "12345,Zwaluwenburg has no fracture.\n".repeat(30));
  assert.throws(
    () => readReportTable(path, ["en"]),
    (error) => {
      assert.ok(error instanceof StudyError && error.code === "source");
      assert.match(error.message, /"report" and "accession" or "study_uid"/);
      assert.doesNotMatch(error.message, /Zwaluwenburg/);
      return true;
    },
  );
  assert.throws(
    () => readReportTable(join(path, "..", "absent.csv"), ["en"]),
    /expected a CSV file/,
  );
});
