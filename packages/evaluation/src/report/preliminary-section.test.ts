import assert from "node:assert/strict";
import { test } from "node:test";
import { htmlReport } from "./html-report.ts";
import { jsonReport } from "./json-report.ts";
import { testPreliminary as preliminary } from "./test-preliminary.ts";
import { EVIL, fullReport } from "./test-report.ts";

test("preliminarySection: proposals, choice and both audits, each with its figures, also where it did not help", () => {
  const page = htmlReport({ ...fullReport, preliminary });
  const text = page.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  assert.match(text, /held against what was simulated: 123 radiographs of 45 patients/);
  assert.match(text, /fibula 10 0\.90 0\.80–1\.00/);
  assert.match(text, /another class than the readers 60% 0–100 10% 0–100/);
  assert.match(text, /Seconds a drawing 41\.0 .* 63\.5/);
  assert.match(text, /of the outlines that were wrong 22% \(2\/9, 0–100\) were accepted/);
  assert.match(
    text,
    /By macro AUC, .*, hard is not shown to differ from random\. By fracture Dice it is worse than random\./,
  );
  assert.match(page, /href="#preliminary"/);
  const section = page.slice(page.indexOf('<section id="preliminary"'));
  const cells = [...section.slice(0, section.indexOf("</section>")).matchAll(/<td>(.*?)<\/td>/gs)];
  const bare = cells.map(([, cell]) => cell).filter((cell) => !cell.includes('class="figure"'));
  // Of the audit, whose tuning patients no set names, and of what was proposed in vain on nobody's.
  assert.equal(bare.filter((cell) => /\d/.test(cell.replaceAll(/<[^>]+>/g, ""))).length, 15);
  for (const to of section.matchAll(/href="#([^"]+)"/g)) assert.ok(page.includes(` id="${to[1]}"`));
  assert.match(
    page,
    /<li id="preliminary-proposed-0-missed"><b>[^<]*not proposed where it is<\/b> 1: <a/,
  );
  assert.ok(!page.includes(EVIL));
});

test("preliminarySection: a study without preliminary networks has none, and JSON has no picture's bytes", () => {
  assert.doesNotMatch(htmlReport(fullReport), /id="preliminary"/);
  const json = JSON.parse(jsonReport({ ...fullReport, preliminary }));
  assert.equal(json.preliminary.pictures.items[0].caption, "lateral, patient 000001");
  assert.equal(json.preliminary.selection.pictures.items[0].picture, undefined);
  assert.equal(json.preliminary.pictures.items[0].picture, undefined);
});

test("preliminarySection: an audit on the study's own tuning patients leads to them", () => {
  const [set] = fullReport.sets;
  const sets = [set, { ...set, name: "Tuning" }];
  const page = htmlReport({ ...fullReport, sets, preliminary });
  assert.match(page, /measured on <a class="figure" href="#set-2-all">60 tuning patients<\/a>/);
  const { selectionAudit } = preliminary;
  const elsewhere = selectionAudit && { ...selectionAudit, on: "of another study" };
  const other = htmlReport({
    ...fullReport,
    sets,
    preliminary: { ...preliminary, selectionAudit: elsewhere },
  });
  assert.match(other, /measured on 60 tuning patients, of another study/);
});

test("preliminarySection: where nothing was drawn without a proposal, it says so and shows no table", () => {
  const none = { ...preliminary, radiographs: 0, patients: 0, pictures: null };
  const page = htmlReport({ ...fullReport, preliminary: none });
  assert.match(page, /of which there are none: nothing is said of how good it is/);
  assert.doesNotMatch(page, /aria-label="Proposed outlines"/);
  assert.match(page, /aria-label="Learning curves"/);
});
