/**
 * A whole report against one that was looked at: a figure that moves, a word that changes and a row that goes show in
 * it. `UPDATE_GOLDEN=1` writes `golden/` anew: then look at what differs, and at a report in a browser.
 */
import assert from "node:assert/strict";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { analyzeTest, type PatientAttributes } from "./analyses-of-test.ts";
import { type AuthorAnswer, fillChecklists } from "./checklists/checklist.ts";
import { checklistCsv } from "./checklists/checklist-csv.ts";
import { KNOWN_CHECKLISTS } from "./checklists/known-checklists.ts";
import type { ReportContent } from "./content.ts";
import { figureFiles } from "./figure-files.ts";
import { htmlReport } from "./html-report.ts";
import { outlineMeasures } from "./outline-measures.ts";
import { tablesCsv } from "./tables-csv.ts";
import { ankleReport } from "./test-ankle-report.ts";
import {
  fullReport,
  testEvaluation,
  testOptions,
  testPatients,
  testProvenance,
} from "./test-report.ts";

const folder = join(import.meta.dirname, "golden");
/** Characters of a kept file. */
const MOST_KEPT = 40_000;
const content = wholeReport();
const ankles = ankleReport();
/** Without the style and the lists of cases, which the other page has. */
const anklesPage = htmlReport(ankles)
  .replace(/<style>.*?<\/style>/s, "")
  .replace(/<section class="cases".*?<\/section>/s, "");
const kept = new Map(
  [
    ...pageFiles("report", htmlReport(content)),
    ["tables.csv", tablesCsv(content)],
    ["checklists.csv", checklistCsv(content.checklists)],
    [
      "figures.txt",
      figureFiles(content)
        .map(({ name, svg }) => `${name}\n${svg.replaceAll("><", ">\n<")}\n`)
        .join("\n"),
    ],
    ...pageFiles("ankles", anklesPage),
    [
      "ankles.csv",
      tablesCsv(ankles).replaceAll(/^[^,]*,(patients|fractures|readers' scores),.*\r\n/gm, ""),
    ],
    [
      "ankles-figures.txt",
      figureFiles(ankles)
        .map(
          ({ name, svg }) =>
            `${name}\n${svg.replace(/<style>.*?<\/style>/s, "").replaceAll("><", ">\n<")}\n`,
        )
        .join("\n"),
    ],
  ].flatMap(([name, text]) => fileParts(name, text)),
);

if (process.env.UPDATE_GOLDEN === "1") {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of kept) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

test("report: as many files as were looked at, none of them too large to look at", () => {
  const there = globSync("**/*.*", { cwd: folder }).toSorted();
  assert.deepEqual(there, [...kept.keys()].toSorted());
  for (const [name, text] of kept) assert.ok(text.length < 50_000, `${name}: ${text.length}`);
});

for (const [name, text] of kept) {
  test(`report: ${name} is the one that was looked at`, () => {
    assert.equal(text, readFileSync(join(folder, name), "utf8"));
  });
}

/** A file a section, an element a line. */
function pageFiles(folderName: string, page: string): [name: string, text: string][] {
  const sections = page.replaceAll("><", ">\n<").split(/(?=<section )/);
  return sections.map((section, i) => {
    const id = section.match(/^<section [^>]*id="([^"]+)"/)?.[1] ?? (i === 0 ? "head" : "headline");
    return [`${folderName}/${id}.html`, section];
  });
}

/** Lines by lines in parts of a size that can be looked at. */
function fileParts(name: string, text: string): [name: string, text: string][] {
  const parts = [""];
  for (const line of text.split(/(?<=\n)/)) {
    if (parts[parts.length - 1].length + line.length > MOST_KEPT) parts.push("");
    parts[parts.length - 1] += line;
  }
  return parts.map((part, i) => [i === 0 ? name : name.replace(/(\.\w+)$/, `-${i + 1}$1`), part]);
}

/** Twenty patients with everything that a report can say of them. */
function wholeReport(): ReportContent {
  const evaluation = { ...testEvaluation(10), rule: "calibrated" as const };
  const attributes: PatientAttributes = Object.fromEntries(
    evaluation.outcomes.map(({ patient }, i) => [
      patient,
      { Sex: i % 2 === 0 ? "F" : "M", Age: i < 4 ? "65 and over" : "18 to 39" },
    ]),
  );
  const [one] = fullReport.tests;
  const agreement = Object.fromEntries(
    evaluation.outcomes.map(({ patient, truth }, i) => {
      const agreeing = i % 3 === 0 ? 2 : 3;
      return [patient, { agreeing, readings: 3, said: Array(agreeing).fill(truth) }];
    }),
  );
  const readers = one.people?.readers ?? [];
  const analyses = analyzeTest(evaluation, attributes, { agreement, readers }, evaluation.outcomes);
  const spacings = new Map(
    testPatients(10).map(({ images: [{ id }] }) => [id, [0.5, 0.5] as const]),
  );
  const outlines = outlineMeasures(testPatients(10), spacings, [], testOptions);
  const people = one.people === null ? null : { ...one.people, agreement };
  const report: ReportContent = {
    ...fullReport,
    provenance: testProvenance,
    tests: [{ ...one, evaluation, analyses, outlines, people }],
  };
  const [{ name: checklist, items }] = KNOWN_CHECKLISTS;
  const answers: AuthorAnswer[] = [
    { checklist, item: items[0].id, status: "answered", text: "In the title." },
    { checklist, item: items[1].id, status: "not applicable", text: "No abstract." },
  ];
  const checklists = fillChecklists(KNOWN_CHECKLISTS, report, answers, "retrospective evaluation");
  return { ...report, checklists };
}
